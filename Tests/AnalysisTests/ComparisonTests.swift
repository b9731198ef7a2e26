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

  private static func isAccepted(_ dialogue: [Exchange]) -> Bool {
    dialogue.last { $0.command.hasPrefix("RCPT") }?.isAccepted == true
      && dialogue.last?.command == "." && dialogue.last?.isAccepted == true
  }

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
        var (conversation, _, _) = sampler.conversation()
        // An earlier recipient that fares differently is another session's change.
        conversation.recipients = conversation.recipients.suffix(1)
        var answers: [Question: Answer] = [:]
        let dialogues = sides.map { side in
          side.play(conversation) { question in
            if let known = answers[question] { return known }
            let answer = sampler.answer(question)
            answers[question] = answer
            return answer
          }
        }
        played += 1
        guard dialogues[0].map(\.replies) != dialogues[1].map(\.replies) else { continue }
        let kind: PolicyChange.Kind =
          switch (Self.isAccepted(dialogues[0]), Self.isAccepted(dialogues[1])) {
          case (false, true): .wider
          case (true, false): .narrower
          case (true, true): .effect
          case (false, false): .text
          }
        let kinds = Set(difference.changes.map(\.kind))
        #expect(
          kinds.contains(kind),
          """
          seed \(seed) + \(number): \(kind) not in \(kinds)
          \(conversation)
          \(dialogues[0].map(\.replies))
          \(dialogues[1].map(\.replies))
          \(old)
          \(parameter) = \(new[parameter] ?? "")
          """)
      }
    }
    print("diff: \(changed) of \(Self.pairs) pairs differ, \(played) sessions played")
    #expect(changed > 0 && changed < Self.pairs)
  }
}
