import Foundation
import RestrictionDSL
import Testing

@testable import Analysis

/// Tables with more entries than are looked at one by one: what stands out must still be seen.
@Suite struct `Large tables` {
  private func status(
    _ restriction: String, _ lines: [String], mynetworks: String = "192.0.2.0/24"
  ) throws -> (ProofResult.Status, Witness?) {
    let path = NSTemporaryDirectory() + "large-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    let settings = Settings.forTesting([
      "mydestination": "ours.example", "mynetworks": mynetworks, "alias_maps": "",
      "local_recipient_maps": "inline:{alice=1}", "inet_interfaces": "127.0.0.1",
      "myhostname": "mx.ours.example", "smtpd_peername_lookup": "no",
      "smtpd_relay_restrictions":
        "permit_mynetworks, \(restriction) texthash:\(path), reject_unauth_destination",
    ])
    let service = AnalysedConfiguration.Service(name: "smtp/inet", settings: settings)
    let result = Prover(service, .noOpenRelay).run()
    return (result.status, result.witness)
  }

  private static let count = KeyCollector.limit + 1000

  @Test func `of senders: one OK among rejects`() throws {
    var lines = (0..<Self.count).map { "user\($0)@dom\($0 % 100).example REJECT" }
    #expect(try status("check_sender_access", lines).0 == .proved)
    lines.insert("friend@partner.example OK", at: Self.count - 7)
    let (found, witness) = try status("check_sender_access", lines)
    #expect(found == .refuted)
    #expect(witness?.conversation.sender?.text.hasPrefix("<friend") == true)
  }

  @Test func `of clients: one address, and one network that addresses hide`() throws {
    var lines = (0..<Self.count).map { "10.\($0 >> 8).\($0 & 255).1 DUNNO" }
    #expect(try status("check_client_access", lines).0 == .proved)
    lines.append("10.3.7.200 OK")
    let (found, witness) = try status("check_client_access", lines)
    #expect(found == .refuted)
    #expect(witness.map { "\($0.conversation.client)" } == "10.3.7.200")
    lines[lines.count - 1] = "10.3 OK"
    #expect(try status("check_client_access", lines).0 == .refuted)
  }

  /// The same value inside and outside mynetworks is not the same.
  @Test func `of clients: trusted ones do not stand for others`() throws {
    let trusted = (0..<Self.count).map { "10.\($0 >> 8).\($0 & 255).1 OK" }
    #expect(try status("check_client_access", trusted, mynetworks: "10.0.0.0/8").0 == .proved)
    let other = trusted + ["11.0.0.1 OK"]
    #expect(try status("check_client_access", other, mynetworks: "10.0.0.0/8").0 == .refuted)
  }

  private func withFile<Result>(
    _ lines: [String], _ body: (String) throws -> Result
  ) throws -> Result {
    let path = NSTemporaryDirectory() + "large-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    return try body(path)
  }

  private func service(_ restrictions: String) -> AnalysedConfiguration.Service {
    AnalysedConfiguration.Service(
      name: "smtp/inet",
      settings: .forTesting([
        "mydestination": "ours.example", "mynetworks": "192.0.2.0/24", "alias_maps": "",
        "local_recipient_maps": "inline:{alice=1}", "inet_interfaces": "127.0.0.1",
        "myhostname": "mx.ours.example", "smtpd_peername_lookup": "no",
        "smtpd_relay_restrictions": restrictions,
      ]))
  }

  @Test func `with the same keys: keys of which both say the same stand for each other`() throws {
    let keys = (0..<Self.count).map { "user\($0)@dom\($0 % 100).example" }
    try withFile(keys.map { $0 + " DUNNO" }) { first in
      var lines = keys.map { $0 + " REJECT" }
      func prover(_ second: String) -> Prover {
        Prover(
          service(
            "check_sender_access texthash:\(first), check_sender_access texthash:\(second), "
              + "reject_unauth_destination"), .noOpenRelay)
      }
      try withFile(lines) { second in
        let prover = prover(second)
        #expect(prover.run().status == .proved)
        #expect(prover.space.senders.count < 100)
      }
      lines[Self.count - 7] = keys[Self.count - 7] + " OK"
      try withFile(lines) { second in
        let result = prover(second).run()
        #expect(result.status == .refuted)
        #expect(
          result.witness?.conversation.sender?.text == "<\(keys[Self.count - 7])>")
      }
    }
  }

  @Test func `in two configurations: one file says the same in both`() throws {
    let lines = (0..<Self.count).map { "user\($0)@dom\($0 % 100).example REJECT no \($0 % 3)" }
    try withFile(lines) { path in
      let list = "check_sender_access texthash:\(path), reject_unauth_destination"
      let difference = PolicyComparison(
        service(list), service("permit_mynetworks, " + list)
      ).run()
      #expect(difference.gaps.isEmpty)
      #expect(difference.changes.contains { $0.kind == .wider })
      #expect(difference.changes.count < 20)
    }
  }
}
