import Foundation
import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `The shadow` {
  /// A running server whose shadow has these settings.
  private func stage(
    _ running: [String: String] = [:], shadow: [String: String], dns: FakeNameServer? = nil
  ) throws -> ServerStage {
    // The client of these tests is a stranger.
    let base = ["mynetworks": "192.0.2.0/24"]
    return try ServerStage(base.merging(running) { $1 }) { options in
      let directory = try ServerStage.makeDirectory()
      try ServerStage.write(base.merging(shadow) { $1 }, to: directory)
      options.shadow = directory
      if let dns {
        let file = directory + "/resolv.conf"
        try "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n".write(
          toFile: file, atomically: true, encoding: .utf8)
        options.resolver = (file, dns.port)
      }
    }
  }

  /// The replies to a message from a sender, up to DATA.
  private func dialogue(_ stage: ServerStage, sender: String = "a@bad.example") throws -> [String] {
    let client = try stage.connect()
    return try [
      nil, "HELO c", "MAIL FROM:<\(sender)>", "RCPT TO:<alice@example.com>",
      "RCPT TO:<x@elsewhere.example>", "RSET", "QUIT",
    ].map { try stage.ask(client, $0) }
  }

  private func shadowLines(_ stage: ServerStage) -> [String] {
    stage.log.lines.filter { $0.contains(": shadow: ") }
      .map { String($0.dropFirst("postfix/master: shadow: ".count)) }
  }

  private func finish(_ stage: ServerStage) throws -> [String] {
    try stage.run { stage.server.shadows.values.allSatisfy { $0.pending == 0 } }
    stage.server.logShadowSummary()
    return shadowLines(stage)
  }

  private static let refusal = [
    "smtpd_sender_restrictions": "check_sender_access inline:{bad.example=REJECT}"
  ]

  @Test func `logs and counts what it would have decided differently`() throws {
    let stage = try stage(shadow: Self.refusal)
    let replies = try dialogue(stage)
    #expect(replies[3] == "250 2.1.5 Ok")
    #expect(replies[4] == "454 4.7.1 <x@elsewhere.example>: Relay access denied")
    let name = try #require(stage.server.slots.keys.first)
    let refused = "554 5.7.1 <a@bad.example>: Sender address rejected: Access denied (sender)"
    let about = "proto=SMTP helo=<c>"
    #expect(
      try finish(stage) == [
        "NARROWER: RCPT from unknown[127.0.0.1]: accepted -> \(refused);"
          + " from=<a@bad.example> to=<alice@example.com> \(about)",
        "TEXT: RCPT from unknown[127.0.0.1]: 454 4.7.1 <x@elsewhere.example>: Relay access denied"
          + " -> \(refused); from=<a@bad.example> to=<x@elsewhere.example> \(about)",
        "service \(name): RCPT 2 compared: 0 equal, 0 WIDER, 1 NARROWER, 0 EFFECT, 1 TEXT, 0 not compared",
      ])
  }

  @Test func `changes no reply and no log line of the session`() throws {
    let shadow = Self.refusal.merging(["smtpd_recipient_restrictions": "reject"]) { $1 }
    let stages = [
      try stage(shadow: shadow), try ServerStage(["mynetworks": "192.0.2.0/24"]),
    ]
    let replies = try stages.map { try dialogue($0) }
    #expect(replies[0] == replies[1])
    let lines = stages.map { stage in
      stage.log.lines.filter { $0.hasPrefix("postfix/smtpd: ") }.map { line in
        line.replacing(#/: [0-9A-F]{10,}: /#, with: ": QUEUEID: ")
      }
    }
    #expect(lines[0] == lines[1])
    #expect(lines[0].count == 4)
  }

  @Test func `that accepts more is wider, that holds mail is another effect`() throws {
    let wide = try stage(
      Self.refusal, shadow: ["smtpd_relay_restrictions": "permit"])
    _ = try dialogue(wide)
    #expect(try finish(wide).last?.contains("0 equal, 2 WIDER, 0 NARROWER") == true)
    let hold = try stage(
      shadow: ["smtpd_sender_restrictions": "check_sender_access inline:{bad.example=HOLD}"])
    _ = try dialogue(hold)
    let lines = try finish(hold)
    #expect(
      lines.first?.contains("EFFECT: RCPT from unknown[127.0.0.1]: accepted -> accepted, HOLD;")
        == true)
    #expect(lines.last?.contains("1 equal, 0 WIDER, 0 NARROWER, 1 EFFECT") == true)
  }

  @Test func `that does not delay rejections asks all lists at RCPT`() throws {
    let stage = try stage(
      shadow: [
        "smtpd_delay_reject": "no",
        "smtpd_client_restrictions": "check_client_access cidr:{ {127.0.0.0/8 REJECT} }",
      ])
    _ = try dialogue(stage)
    #expect(
      try finish(stage).last?.contains("0 equal, 0 WIDER, 1 NARROWER, 0 EFFECT, 1 TEXT") == true)
  }

  // MARK: DNS

  private static let list = ["smtpd_recipient_restrictions": "reject_rbl_client bl.test"]

  @Test func `that waits for a silent name server delays nobody`() throws {
    let dns = try FakeNameServer { _ in [] }
    defer { dns.stop() }
    let stage = try stage(shadow: Self.list, dns: dns)
    let replies = try dialogue(stage)
    #expect(replies[3] == "250 2.1.5 Ok")
    // The whole dialogue is over before the first question has failed.
    #expect(stage.server.shadows.values.map(\.pending) == [2])
    #expect(try finish(stage).last?.contains("RCPT 2 compared: 2 equal") == true)
    #expect(dns.queries.isEmpty == false)
  }

  @Test func `asks what the running policy does not ask`() throws {
    let dns = try FakeNameServer { [$0.reply([record(.a, [127, 0, 0, 2])])] }
    defer { dns.stop() }
    let stage = try stage(shadow: Self.list, dns: dns)
    #expect(try dialogue(stage)[3] == "250 2.1.5 Ok")
    #expect(
      try finish(stage).first?.contains(
        "accepted -> 554 5.7.1 Service unavailable; Client host [127.0.0.1] blocked using bl.test")
        == true)
  }

  @Test func `is told what the running policy was told`() throws {
    // An answer without time to live: whoever asks again asks the server.
    let dns = try FakeNameServer { query in
      query.type == 1 ? [query.reply([record(.a, ttl: 0, [127, 0, 0, 2])])] : [query.reply()]
    }
    defer { dns.stop() }
    let filtered = ["smtpd_recipient_restrictions": "reject_rbl_client bl.test=127.0.0.9"]
    let stage = try stage(filtered, shadow: Self.list, dns: dns)
    let client = try stage.connect()
    for line in [nil, "HELO c", "MAIL FROM:<>"] { _ = try stage.ask(client, line) }
    #expect(try stage.ask(client, "RCPT TO:<alice@example.com>") == "250 2.1.5 Ok")
    #expect(try finish(stage).last?.contains("1 NARROWER") == true)
    #expect(dns.queries.filter { $0.hasSuffix("/1") }.count == 1)
  }

  /// A service may count its requests, as greylisting does.
  ///
  /// The first recipient's answer is shared, the
  /// second one is refused before the running policy asks.
  @Test func `asks no policy service that the running policy asks`() throws {
    let service = "check_policy_service inet:127.0.0.1:1"
    let running = [
      "smtpd_recipient_restrictions": service,
      "smtpd_policy_service_try_limit": "1", "smtpd_policy_service_default_action": "DUNNO",
    ]
    let shadow = [
      "smtpd_sender_restrictions": service, "smtpd_policy_service_default_action": "DUNNO",
    ]
    let stage = try stage(running, shadow: shadow)
    _ = try dialogue(stage)
    #expect(
      try finish(stage).last?.hasSuffix(
        "RCPT 1 compared: 1 equal, 0 WIDER, 0 NARROWER, 0 EFFECT, 0 TEXT, 1 not compared") == true)
  }

  // MARK: Counts

  @Test func `logs few lines at once, and says how many it left out`() {
    var tally = ShadowTally()
    let admitted = (0..<100).filter { _ in tally.admitsLine(now: 1000) }
    #expect(admitted.count == 20)
    #expect(tally.unlogged == 80)
    let later = [1200, 1200, 1400].map { tally.admitsLine(now: $0) }
    #expect(later == [true, false, true])
    let missed = [tally.takeUnlogged(), tally.takeUnlogged()]
    #expect(missed == [81, 0])
  }

  @Test func `that cannot be read keeps the server from starting`() throws {
    #expect(throws: StartFailure.self) {
      _ = try ServerStage { $0.shadow = "/nonexistent" }
    }
  }

  @Test func `follows a reload of either configuration`() throws {
    let stage = try stage(shadow: Self.refusal)
    let directory = try #require(stage.server.options.shadow)
    _ = try dialogue(stage)
    _ = try finish(stage)
    try ServerStage.write(["mynetworks": "192.0.2.0/24"], to: directory)
    stage.server.reload()
    try stage.run { stage.log.lines.contains { $0.contains("reload --") } }
    let before = shadowLines(stage).count
    _ = try dialogue(stage)
    let lines = try finish(stage)
    #expect(lines.count == before + 1)
    #expect(lines.last?.contains("RCPT 2 compared: 2 equal") == true)
  }
}
