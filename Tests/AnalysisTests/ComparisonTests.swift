import Foundation
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
  @Test func `agrees with sampled sessions`() throws {
    let seed = SplitMix.propertySeed
    print("seed \(seed)")
    var changed = 0
    var played = 0
    for number in 0..<Self.pairs {
      var generator = ConfigurationGenerator(seed: seed &+ UInt64(number))
      let old = generator.next()
      var new = old
      let source = generator.next()
      let parameter = generator.random.pick([
        "smtpd_relay_restrictions", "smtpd_recipient_restrictions", "smtpd_sender_restrictions",
        "smtpd_client_restrictions", "smtpd_helo_restrictions",
      ])
      new[parameter] = source[parameter]
      let difference = PolicyComparison(service(old), service(new)).run()
      if !difference.changes.isEmpty { changed += 1 }
      let sides = [Rehearsal(settings: .forTesting(old)), Rehearsal(settings: .forTesting(new))]
      var sampler = SessionSampler(seed: seed &* 31 &+ UInt64(number))
      for _ in 0..<40 {
        let (conversation, _, _) = sampler.conversation()
        var answers: [Question: Answer] = [:]
        let replies = sides.map { side in
          side.play(conversation) { question in
            if let known = answers[question] { return known }
            let answer = sampler.answer(question)
            answers[question] = answer
            return answer
          }.map(\.replies)
        }
        played += 1
        let isDifferent = replies[0] != replies[1]
        #expect(
          !isDifferent || !difference.changes.isEmpty,
          "seed \(seed) + \(number): \(conversation.client) \(conversation.sender?.text ?? "") \(conversation.recipients.map(\.text))\n\(replies)\n\(old)\n\(parameter) = \(new[parameter] ?? "")"
        )
      }
    }
    print("diff: \(changed) of \(Self.pairs) pairs differ, \(played) sessions played")
    #expect(changed > 0 && changed < Self.pairs)
  }
}
