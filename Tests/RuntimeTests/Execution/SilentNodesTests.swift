import Compiler
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

/// Policies and sessions in which most nodes have nothing to say, and some have.
private struct SilentCase {
  static let checks = [
    "permit_mynetworks", "permit_sasl_authenticated", "reject_unauth_destination",
    "defer_unauth_destination", "reject_non_fqdn_sender", "reject_non_fqdn_recipient",
    "reject_unlisted_recipient", "reject_unlisted_sender", "permit_auth_destination",
    "reject_unknown_sender_domain", "permit",
    "check_sender_access inline:{spam.example=REJECT,{a@example.net=WARN seen},x.net=OK}",
    "check_recipient_access inline:{{bob@=HOLD},{relay.example=DISCARD},{carol@example.com=soft}}",
    "check_recipient_access inline:{{dave@example.com=PREPEND X-Y: z},{postmaster@=OK}}",
    "check_sender_access inline:{{<>=DEFER_IF_PERMIT},{b@=DEFER_IF_REJECT},{net=DUNNO}}",
    "check_sender_access static:DUNNO", "check_sender_access fail:x",
    "check_recipient_access pcre:/nonexistent", "defer_if_permit", "defer_if_reject",
  ]
  static let senders = [
    "", "a@example.net", "A@Example.NET", "b@b.net", "b c@x.net", "user@spam.example", "bare",
    "x@relay.example", "alice@example.com", "no@example.com", "ü@example.net", "a@[192.0.2.1]",
  ]
  static let recipients = [
    "alice@example.com", "Bob@Example.com", "nobody@example.com", "carol@example.com",
    "dave@example.com", "postmaster", "x%y@example.com", "a@b@example.com", "u@relay.example",
    "known@relay.example", "v@virtual.example", "w@virtual.example", "far@away.example",
    "far@-bad-.example", "d@dom", "\"q q\"@example.com", "é@example.com", "m@box.example",
    "moved@example.com",
  ]

  var main: [String: String]
  var transactions: [(sender: String, recipients: [String])]

  init(_ random: inout SplitMix) {
    main = [
      "smtpd_restriction_classes": "soft",
      "soft": "warn_if_reject reject_unknown_sender_domain, reject_non_fqdn_sender",
      "virtual_alias_domains": "virtual.example", "virtual_mailbox_domains": "box.example",
      "virtual_alias_maps": "inline:{v@virtual.example=alice}",
      "virtual_mailbox_maps": "inline:{n@box.example=n}",
      "relay_recipient_maps": random.chance(50) ? "inline:{known@relay.example=1}" : "",
      "relocated_maps": "inline:{moved@example.com=elsewhere}",
      "smtpd_reject_unlisted_sender": random.pick(["yes", "no"]),
      "smtpd_reject_unlisted_recipient": random.pick(["yes", "yes", "no"]),
      "allow_untrusted_routing": random.pick(["yes", "no"]),
      "smtpd_delay_reject": random.pick(["yes", "yes", "no"]),
      "compatibility_level": random.pick(["0", "3.6"]),
      "recipient_delimiter": random.pick(["", "%"]),
      "smtputf8_enable": random.pick(["yes", "no"]),
    ]
    if random.chance(70) { main["relay_domains"] = "relay.example" }
    for list in ["client", "helo", "sender", "relay", "recipient", "data"] {
      var elements: [String] = []
      for _ in 0..<Int.random(in: 0...(list == "recipient" ? 6 : 3), using: &random) {
        let warns = random.chance(15) ? "warn_if_reject " : ""
        elements.append(warns + random.pick(SilentCase.checks))
      }
      if list != "relay" || !elements.isEmpty {
        main["smtpd_\(list)_restrictions"] = elements.joined(separator: ", ")
      }
    }
    transactions = []
    for _ in 0..<4 {
      let recipients = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        random.pick(SilentCase.recipients)
      }
      transactions.append((random.pick(SilentCase.senders), recipients))
    }
  }

  /// A decision, and what the session carries on after it.
  struct Step: Equatable {
    let decision: PolicyDecision
    let flags: PolicyState.Flags
    let slots: FactSlots
  }

  func steps(nodeByNode: Bool) -> [Step] {
    let bench = PolicyBench(main)
    bench.isNodeByNode = nodeByNode
    bench.dns = ["example.net MX": .temporary, "b.net MX": .mx((10, "mx.b.net"))]
    var steps: [Step] = []
    func note(_ decision: PolicyDecision) {
      steps.append(
        Step(decision: decision, flags: bench.state.flags, slots: bench.state.slots))
    }
    for entry in [Entry.connect, .helo] { note(bench.decide(entry)) }
    // Twice: where an address leads to is known the second time.
    for (sender, recipients) in transactions + transactions {
      bench.facts.sender = Bytes(sender)
      bench.facts.recipient = nil
      bench.facts.recipientCount = 0
      note(bench.decide(.mail))
      for recipient in recipients { note(bench.decide(recipient: recipient)) }
      note(bench.decide(.data))
      bench.state.endTransaction()
    }
    return steps
  }
}

@Suite struct `Silent nodes` {
  // Expected value: the same nodes done one by one by an Evaluation.
  @Test func `decide, log and keep the same whether they are passed or done`() {
    let seed = SplitMix.propertySeed
    var random = SplitMix(seed: seed)
    var ends: [String: Int] = [:]
    for number in 0..<300 {
      let policy = SilentCase(&random)
      let passed = policy.steps(nodeByNode: false)
      let done = policy.steps(nodeByNode: true)
      for step in done { ends[String(step.decision.verdict.prefix(3)), default: 0] += 1 }
      if passed != done {
        for (left, right) in zip(passed, done) where left != right {
          #expect(left == right, "seed \(seed), case \(number): \(policy)")
          return
        }
      }
    }
    print("seed \(seed): \(ends)")
    #expect(ends["acc", default: 0] > 500)
    #expect(ends["550", default: 0] + ends["554", default: 0] > 500)
    #expect(ends["450", default: 0] + ends["451", default: 0] > 200)
  }
}
