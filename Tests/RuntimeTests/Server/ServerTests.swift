import Foundation
import Glibc
import RestrictionDSL
import Testing

@testable import Runtime

/// Keeps the lines that a server logs.
final class RecordedLog: LogOutput {
  /// Each as `tag: line`.
  private(set) var lines: [String] = []

  func write(_ line: Span<UInt8>, _ rest: Span<UInt8>, tag: Span<UInt8>) {
    let text = Bytes(copying: line) + Bytes(copying: rest)
    lines.append("\(Bytes(copying: tag).text): \(text.text)")
  }
  func flush() {}
  func reopen() {}
}

@Suite struct `The server` {
  typealias Stage = ServerStage

  @Test func `serves a session and logs it`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    #expect(try stage.ask(client, nil) == "220 mail.example.com ESMTP Postfix")
    #expect(try stage.ask(client, "HELO client.example") == "250 mail.example.com")
    #expect(try stage.ask(client, "QUIT") == "221 2.0.0 Bye")
    #expect(try stage.ask(client, nil) == "")
    #expect(
      stage.log.lines.filter { $0.hasPrefix("postfix/smtpd: ") } == [
        "postfix/smtpd: connect from unknown[127.0.0.1]",
        "postfix/smtpd: disconnect from unknown[127.0.0.1] helo=1 quit=1 commands=2",
      ])
  }

  @Test func `queues a message before it says so`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    _ = try stage.ask(client, nil)
    for line in ["HELO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice@example.com>", "DATA"] {
      let reply = try stage.ask(client, line)
      #expect(reply.first == "2" || reply.hasPrefix("354"), "\(line): \(reply)")
    }
    let reply = try stage.ask(client, "Subject: x\r\n\r\nx\r\n.")
    #expect(reply.hasPrefix("250 2.0.0 Ok: queued as "))
    let id = try #require(reply.split(separator: " ").last.map(String.init))
    var status = stat()
    #expect(stat(stage.directory + "/incoming/" + id, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
  }

  @Test func `goes over to a new configuration between transactions`() throws {
    let stage = try Stage()
    let inside = try stage.connect()
    _ = try stage.ask(inside, nil)
    _ = try stage.ask(inside, "HELO c")
    #expect(try stage.ask(inside, "MAIL FROM:<a@example.net>") == "250 2.1.0 Ok")
    try Stage.write(["smtpd_recipient_restrictions": "reject"], to: stage.directory)
    stage.server.reload()
    try stage.run { stage.log.lines.last?.contains("reload --") == true }
    #expect(try stage.ask(inside, "RCPT TO:<alice@example.com>") == "250 2.1.5 Ok")
    _ = try stage.ask(inside, "RSET")
    _ = try stage.ask(inside, "MAIL FROM:<a@example.net>")
    let refused = "554 5.7.1 <alice@example.com>: Recipient address rejected: Access denied"
    #expect(try stage.ask(inside, "RCPT TO:<alice@example.com>") == refused)
    let fresh = try stage.connect()
    _ = try stage.ask(fresh, nil)
    _ = try stage.ask(fresh, "HELO c")
    _ = try stage.ask(fresh, "MAIL FROM:<a@example.net>")
    #expect(try stage.ask(fresh, "RCPT TO:<alice@example.com>") == refused)
  }

  @Test func `keeps what it has where the new configuration is wrong`() throws {
    let stage = try Stage()
    try Stage.write(["smtpd_recipient_limit": "many"], to: stage.directory)
    stage.server.reload()
    try stage.run { stage.log.lines.last?.contains("refused") == true }
    #expect(
      stage.log.lines.suffix(2) == [
        "postfix/master: fatal: bad numerical configuration: smtpd_recipient_limit = many",
        "postfix/master: error: new configuration refused, the old one stays in use",
      ])
    let client = try stage.connect()
    #expect(try stage.ask(client, nil) == "220 mail.example.com ESMTP Postfix")
  }

  @Test func `survives a storm of reloads`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    _ = try stage.ask(client, nil)
    for _ in 0..<50 { stage.server.reload() }
    #expect(try stage.ask(client, "NOOP") == "250 2.0.0 Ok")
    try stage.run { stage.log.lines.filter { $0.contains("reload --") }.count >= 2 }
    #expect(try stage.ask(client, "QUIT") == "221 2.0.0 Bye")
  }

  @Test func `does not start with a parameter that it cannot honour`() throws {
    let log = RecordedLog()
    let directory = try Stage.makeDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try Stage.write(["smtpd_milters": "inet:127.0.0.1:1"], to: directory)
    #expect(throws: StartFailure.self) {
      _ = try Server(
        Server.Options(
          directory: directory, addresses: [ListenAddress(.v4(0x7F00_0001), port: 0)],
          isStrict: false), output: log, ownsProcess: false)
    }
    #expect(
      log.lines == [
        "postfix/smtpd: fatal: smtpd_milters = inet:127.0.0.1:1: not supported by this server yet"
      ])
  }

  @Test func `does not start without the verify service that a restriction needs`() throws {
    let log = RecordedLog()
    let directory = try Stage.makeDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try Stage.write(["smtpd_sender_restrictions": "reject_unverified_sender"], to: directory)
    #expect(throws: StartFailure.self) {
      _ = try Server(
        Server.Options(
          directory: directory, addresses: [ListenAddress(.v4(0x7F00_0001), port: 0)],
          isStrict: false), output: log, ownsProcess: false)
    }
    #expect(
      log.lines == [
        "postfix/smtpd: fatal: reject_unverified_sender: "
          + "no verify service listens at private/verify"
      ])
  }

  // Line: recorded scenario config-error-missing-table.
  @Test func `tells of a missing table before its first client`() throws {
    let stage = try Stage(["smtpd_client_restrictions": "check_client_access hash:/nonexistent"])
    #expect(
      stage.log.lines.first
        == "postfix/smtpd: error: open database /nonexistent.db: No such file or directory")
  }

  // Needs postmap(1) of Postfix. Line: facts restrictions.md §9.
  @Test func `opens a changed table before the next client`() throws {
    let directory = try Stage.makeDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let table = directory + "/access"
    func build(_ text: String, time: Int) throws {
      try text.write(toFile: table, atomically: true, encoding: .utf8)
      let postmap = Process()
      postmap.executableURL = URL(filePath: "/usr/sbin/postmap")
      postmap.arguments = ["hash:" + table]
      try postmap.run()
      postmap.waitUntilExit()
      try #require(postmap.terminationStatus == 0)
      let times = [timeval(tv_sec: time, tv_usec: 0), timeval(tv_sec: time, tv_usec: 0)]
      try #require(utimes(table + ".db", times) == 0)
    }
    try build("127.0.0.1 OK\n", time: 1_700_000_000)
    let stage = try Stage([
      "smtpd_delay_reject": "no", "smtpd_client_restrictions": "check_client_access hash:\(table)",
    ])
    let greeted = try stage.connect()
    #expect(try stage.ask(greeted, nil) == "220 mail.example.com ESMTP Postfix")
    try build("127.0.0.1 REJECT\n", time: 1_700_000_100)
    let end = EventLoop.clock() + 300
    try stage.run { EventLoop.clock() > end }
    let refused = try stage.connect()
    #expect(
      try stage.ask(refused, nil)
        == "554 5.7.1 <unknown[127.0.0.1]>: Client host rejected: Access denied")
    #expect(
      stage.log.lines.contains(
        "postfix/smtpd: table hash:\(table)(0,lock|fold_fix|utf8_request) has changed -- restarting"
      ))
  }

  @Test func `ends when its last session has ended`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    _ = try stage.ask(client, nil)
    stage.server.drain()
    let late = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(late) }
    #expect(try stage.ask(client, "NOOP") == "250 2.0.0 Ok")
    #expect(try stage.ask(client, "QUIT") == "221 2.0.0 Bye")
    #expect(stage.server.connectionCount == 0)
  }
}

@Suite struct `Start lines` {
  // facts real-configurations.md, "many failing tables"
  @Test func `end with the thirteenth error`() {
    let errors = (1...20).map { "error: open database \($0)" }
    let lines = StartLines(["warning: x"] + errors)
    #expect(lines.isFatal)
    #expect(
      lines.all == ["warning: x"] + errors.prefix(13)
        + ["fatal: too many errors - program terminated"])
    #expect(!StartLines(Array(errors.prefix(12))).isFatal)
  }

  @Test func `end with the first fatal one`() {
    let lines = StartLines(["warning: x", "fatal: y", "warning: z"])
    #expect(lines.all == ["warning: x", "fatal: y"])
    #expect(lines.isFatal)
  }
}

@Suite struct `Listen address` {
  @Test(arguments: [
    ("127.0.0.1:25", "127.0.0.1:25"), ("[::1]:2525", "[::1]:2525"), ("0.0.0.0:smtp", "0.0.0.0:25"),
  ])
  func `is read and written`(text: String, shown: String) {
    #expect(ListenAddress(text)?.text == shown)
  }

  @Test(arguments: ["127.0.0.1", "localhost:25", "127.0.0.1:99999", "127.0.0.1:nosuch", ":25"])
  func `is refused where it is none`(text: String) {
    #expect(ListenAddress(text) == nil)
  }
}
