import Foundation
import PolicySamples
import RestrictionDSL
import Runtime
import TestSupport
import Testing

@testable import Analysis

@Suite struct `Comparison` {
  private func service(_ values: [String: String]) -> AnalysedConfiguration.Service {
    AnalysedConfiguration.Service(name: "smtp/inet", settings: .forTesting(values))
  }

  private static let base = [
    "mydestination": "ours.example", "mynetworks": "192.0.2.0/24", "alias_maps": "",
    "local_recipient_maps": "inline:{alice=1}", "inet_interfaces": "127.0.0.1",
    "myhostname": "mx.ours.example", "smtpd_peername_lookup": "no",
    "smtpd_recipient_restrictions":
      "reject_non_fqdn_sender, check_sender_access inline:{a.example=REJECT}",
  ]

  @Test func `finds a reordering without effect equal`() {
    var other = Self.base
    other["smtpd_recipient_restrictions"] =
      "check_sender_access inline:{a.example=REJECT}, reject_non_fqdn_sender, permit_mynetworks"
    let difference = PolicyComparison(service(Self.base), service(other)).run()
    #expect(difference.changes.isEmpty)
    #expect(difference.gaps == [])
  }

  @Test func `tells wider, narrower and other words apart`() throws {
    var other = Self.base
    other["smtpd_recipient_restrictions"] =
      "reject_non_fqdn_sender, check_sender_access inline:{ {a.example=REJECT go away}, {b.example=REJECT} }"
    other["smtpd_relay_restrictions"] =
      "permit_mynetworks, check_sender_access inline:{friend@c.example=OK}, reject_unauth_destination"
    let difference = PolicyComparison(service(Self.base), service(other)).run()
    #expect(Set(difference.changes.map(\.kind)) == [.wider, .narrower, .text])
    #expect(difference.changes.filter { $0.isIntended }.isEmpty)
    let wider = try #require(difference.changes.first { $0.kind == .wider })
    #expect(wider.witness.conversation.sender?.text == "<friend@c.example>")
  }

  /// A pattern may be thought to match where it does not; what such a session does when it is played
  /// says nothing about the change.
  @Test func `shows a message taken and thrown away as taken`() throws {
    var old = Self.base
    old["smtpd_sender_restrictions"] =
      "check_sender_access regexp:{ { /^alice/ OK }, { /bad/ DISCARD } }"
    old["smtpd_recipient_restrictions"] = "reject_unlisted_recipient, reject_unauth_destination"
    old["smtpd_relay_restrictions"] = "permit_mynetworks"
    var new = old
    old["smtpd_helo_restrictions"] = "reject_unauth_destination"
    new["smtpd_helo_restrictions"] = ""
    let difference = PolicyComparison(service(old), service(new)).run()
    let wider = try #require(difference.changes.first { $0.kind == .wider })
    #expect(wider.old.hasPrefix("554 5.7.1 "))
    #expect(wider.new == "accepted, DISCARD")
    #expect(wider.witness.conversation.sender?.text.contains("bad") == true)
  }

  @Test func `holds changes against an intent`() throws {
    var other = Self.base
    other["smtpd_recipient_restrictions"] =
      "reject_non_fqdn_sender, check_sender_access inline:{ {a.example=REJECT}, {b.example=REJECT} }"
    let exact = try Intent("# b is out\nnarrower sender=@b.example\n")
    let difference = PolicyComparison(service(Self.base), service(other), intent: exact).run()
    // Mail for unknown recipients was refused before, in other words.
    #expect(difference.changes.map(\.kind) == [.narrower, .text])
    // Domains below b.example change too.
    #expect(difference.hasCollateral)
    let all = try Intent("any sender=b.example\nany sender=@b.example\nany")
    #expect(!PolicyComparison(service(Self.base), service(other), intent: all).run().hasCollateral)
  }

  @Test func `refuses an intent that it does not understand`() {
    var reason = ""
    do { _ = try Intent("louder") } catch { reason = "\(error)" }
    #expect(reason == "line 1: 'louder': need wider, narrower, text, effect or any")
  }

  static let pairs =
    Int(ProcessInfo.processInfo.environment["ANALYSIS_PAIRS"] ?? "") ?? 10

  /// Neighbouring configurations, sampled: a session that ends differently was announced.
  ///
  /// A restriction that is gone lets many sessions through to many other refusals.
  @Test func `says once what many other refusals take the place of`() {
    var old = Self.base
    let senders = (0..<20).map {
      "check_sender_access inline:{ {s\($0).example=REJECT reason \($0)} }"
    }
    old["smtpd_sender_restrictions"] = senders.joined(separator: ", ")
    old["smtpd_client_restrictions"] = "check_client_access inline:{198.51.100.7=REJECT}"
    var new = old
    new["smtpd_client_restrictions"] = ""
    let difference = PolicyComparison(service(old), service(new)).run()
    #expect(difference.changes.count { $0.kind == .wider } == 1)
    #expect(difference.changes.count { $0.kind == .text } > 20)
    let lines = DifferenceText.text([difference]).split(separator: "\n")
    #expect(lines.count { $0.contains("TEXT") } == 4)
    #expect(lines.contains { $0.contains("more in place of the same old refusal") })
  }

  /// MAIL without HELO is refused, in words that depend on whether the client was let in.
  @Test func `follows clients without a name where one is required`() {
    var old = Self.base
    old["smtpd_helo_required"] = "yes"
    old["smtpd_delay_reject"] = "no"
    var new = old
    new["smtpd_client_restrictions"] = "reject_unknown_client_hostname"
    let changes = PolicyComparison(service(old), service(new)).run().changes
    #expect(changes.contains { $0.old.hasPrefix("503 5.5.1") && $0.new.hasPrefix("450") })
  }

  @Test func `agrees with sampled sessions`() throws {
    let seed = SplitMix.propertySeed
    print("seed \(seed)")
    var attack = DifferenceAttack()
    for number in 0..<Self.pairs { attack.run(seed: seed, number: number, sessions: 40) }
    print("diff: \(attack.equal) of \(Self.pairs) pairs equal, \(attack.played) sessions played")
    #expect(attack.failures.isEmpty, "\(attack.failures.joined(separator: "\n"))")
    #expect(attack.equal < Self.pairs)
  }
}
