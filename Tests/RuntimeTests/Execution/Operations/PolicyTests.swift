import Compiler
import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §5.9, postfix-ipc.md §11; recorded scenarios policy-*; observed on 3.7.11 where said.
@Suite struct `A policy service` {
  private let list = ["smtpd_recipient_restrictions": "check_policy_service inet:127.0.0.1:10040"]

  @Test(arguments: [
    ("DUNNO", "accept"),
    ("REJECT no", "554 5.7.1 <alice@example.com>: Recipient address rejected: no"),
    ("421 4.7.0 bye", "421 4.7.0 <alice@example.com>: Recipient address rejected: bye"),
    ("DEFER_IF_PERMIT g", "450 4.7.1 <alice@example.com>: Recipient address rejected: g"),
    ("reject", "554 5.7.1 <alice@example.com>: Recipient address rejected: Access denied"),
  ])
  func `answers with an access action`(action: String, verdict: String) {
    let bench = PolicyBench(list)
    bench.policy = [.action(Bytes(action))]
    #expect(bench.decide().verdict == verdict)
  }

  // Observed on 3.7.11.
  @Test func `is named by its query where its action is wrong`() {
    let bench = PolicyBench(list)
    bench.policy = [.action(Bytes("FILTER"))]
    let line =
      "warning: access table inet:127.0.0.1:10040 entry \"policy query\" has FILTER entry without value"
    #expect(bench.decide() == PolicyDecision(verdict: "accept", log: [line]))
  }

  @Test func `gets every attribute in order`() {
    let bench = PolicyBench(list.merging(["stress": "yes"]) { $1 })
    bench.policy = [.action(Bytes("DUNNO"))]
    bench.facts.login = Login(method: Bytes("PLAIN"), user: Bytes("alice"))
    bench.facts.recipientCount = 3
    bench.facts.size = 42
    #expect(bench.decide().verdict == "accept")
    let request = """
      request=smtpd_access_policy
      protocol_state=RCPT
      protocol_name=ESMTP
      client_address=192.0.2.10
      client_name=client.example.net
      client_port=1234
      reverse_client_name=client.example.net
      server_address=127.0.0.1
      server_port=25
      helo_name=client.example.net
      sender=sender@example.net
      recipient=alice@example.com
      recipient_count=0
      queue_id=
      instance=1.2.3.0
      size=42
      etrn_domain=
      stress=yes
      sasl_method=PLAIN
      sasl_username=alice
      sasl_sender=
      ccert_subject=
      ccert_issuer=
      ccert_fingerprint=
      ccert_pubkey_fingerprint=
      encryption_protocol=
      encryption_cipher=
      encryption_keysize=0
      policy_context=


      """
    #expect(
      bench.asked == [
        .policy(endpoint: "inet:127.0.0.1:10040", request: Bytes(request), serial: 1)
      ])
  }

  @Test(arguments: [
    ("DATA", "DATA", 2), ("BDAT", "DATA", 2), ("END-OF-MESSAGE", "END-OF-MESSAGE", 2),
    ("RCPT", "RCPT", 0),
  ])
  func `hears the count of recipients with the content`(command: String, state: String, count: Int)
  {
    let facts = PolicyBench().facts
    facts.command = Bytes(command)
    facts.recipientCount = 2
    let lines = PolicyRequest.bytes(facts, stress: [], context: []).split(separator: 0x0A).map(
      \.text)
    #expect(lines[1] == "protocol_state=\(state)")
    #expect(lines[12] == "recipient_count=\(count)")
  }

  @Test func `has options of its own`() {
    let text = "{ inet:127.0.0.1:10040, default_action=DEFER, policy_context=inner }"
    let bench = PolicyBench(["smtpd_recipient_restrictions": "check_policy_service \(text)"])
    bench.policy = [.failed]
    #expect(
      bench.decide().verdict
        == "450 4.7.1 <alice@example.com>: Recipient address rejected: Access denied")
    guard case .policy(let endpoint, let request, _)? = bench.asked.first else {
      Issue.record("not asked")
      return
    }
    #expect(endpoint == text)
    #expect(request.text.hasSuffix("\npolicy_context=inner\n\n"))
  }

  @Test func `that fails stands for its default action`() {
    let bench = PolicyBench(list)
    bench.policy = [.failed]
    let reply =
      "451 4.3.5 <alice@example.com>: Recipient address rejected: Server configuration problem"
    #expect(bench.decide() == PolicyDecision(verdict: reply, log: [PolicyBench.line(reply)]))
  }

  // Observed on 3.7.11.
  @Test func `that fails in a default action stands for the built-in one`() {
    let bench = PolicyBench([
      "smtpd_restriction_classes": "c", "c": "check_policy_service inet:127.0.0.1:10999",
      "smtpd_policy_service_default_action": "c",
      "smtpd_recipient_restrictions": "check_policy_service inet:127.0.0.1:10998",
    ])
    bench.policy = [.failed]
    #expect(
      bench.decide().verdict
        == "451 4.3.5 <alice@example.com>: Recipient address rejected: Server configuration problem"
    )
    #expect(bench.asked.count == 2)
  }

  @Test func `that answers in no language is taken for a failure`() {
    let bench = PolicyBench(list)
    bench.policy = [.action([0x4F, 0x4B, 0x20, 0xFF])]
    let decision = bench.decide()
    #expect(decision.verdict.hasPrefix("451 4.3.5"))
    #expect(
      decision.log.first?.hasPrefix(
        "warning: malformed UTF-8 in policy server inet:127.0.0.1:10040 response: \"OK ") == true)
  }

  // Observed on 3.7.11.
  @Test func `that answers nothing permits with a warning`() {
    let bench = PolicyBench(list)
    bench.policy = [.action([])]
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: ["warning: access table inet:127.0.0.1:10040 entry  has empty value"]))
  }

  @Test func `is asked for every recipient`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions": "check_policy_service inet:127.0.0.1:10040"
    ])
    bench.policy = [.action(Bytes("DUNNO"))]
    #expect(bench.decide().verdict == "accept")
    #expect(bench.decide().verdict == "accept")
    #expect(bench.asked.count == 2)
  }
}
