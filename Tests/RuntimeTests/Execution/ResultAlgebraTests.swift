import Testing

@testable import Runtime

// Source: facts restrictions.md §2; recorded scenarios soft-reject-*, soft-bounce-*, reply-code-*.
@Suite struct `The result algebra` {
  private let client = "<client.example.net[192.0.2.10]>: Client host rejected:"

  /// `check_client_access` with one action for the usual client.
  private func action(_ text: String) -> String {
    "check_client_access inline:{{192.0.2.10 = \(text)}}"
  }

  @Test func `defer_if_permit turns a permit into the deferral`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "defer_if_permit"])
    let reply = "450 4.7.0 \(client) defer_if_permit requested"
    #expect(bench.decide() == PolicyDecision(verdict: reply, log: [PolicyBench.line(reply)]))
  }

  @Test func `defer_if_permit leaves a later reject alone`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions": "defer_if_permit", "smtpd_recipient_restrictions": "reject",
    ])
    #expect(
      bench.decide().verdict
        == "554 5.7.1 <alice@example.com>: Recipient address rejected: Access denied")
  }

  @Test func `defer_if_permit keeps the first reason`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions":
        "\(action("DEFER_IF_PERMIT one")), \(action("DEFER_IF_PERMIT two"))"
    ])
    #expect(bench.decide().verdict == "450 4.7.1 \(client) one")
  }

  @Test func `defer_if_permit does not outlive the recipient`() {
    let bench = PolicyBench([
      "smtpd_recipient_restrictions":
        "check_recipient_access inline:{{alice@example.com = DEFER_IF_PERMIT}}"
    ])
    #expect(bench.decide().verdict.hasPrefix("450 4.7.1"))
    #expect(bench.decide(recipient: "bob@example.com").verdict == "accept")
  }

  @Test func `defer_if_reject turns a 5xx reject of its stage into the deferral`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions": "\(action("DEFER_IF_REJECT why")), reject"
    ])
    let reply = "450 4.7.1 \(client) why"
    #expect(bench.decide() == PolicyDecision(verdict: reply, log: [PolicyBench.line(reply)]))
  }

  @Test func `defer_if_reject leaves a 4xx reject alone`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "\(action("DEFER_IF_REJECT why")), defer"]
    )
    #expect(bench.decide().verdict == "450 4.3.2 \(client) Try again later")
  }

  @Test func `defer_if_reject is forgotten at the next stage`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions": action("DEFER_IF_REJECT"),
      "smtpd_relay_restrictions": "reject_unauth_destination",
    ])
    #expect(
      bench.decide(recipient: "x@example.org").verdict
        == "554 5.7.1 <x@example.org>: Relay access denied")
  }

  // Observed on 3.7.11: the second of the two lists still evaluates its first element.
  @Test func `both deferrals pending stop the lists`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions": action("DEFER_IF_PERMIT first"),
      "smtpd_relay_restrictions":
        "\(action("DEFER_IF_REJECT second")), check_recipient_access static:WARN, reject",
      "smtpd_recipient_restrictions": "\(action("INFO one")), \(action("INFO two")), reject",
    ])
    let reply = "450 4.7.1 \(client) first"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply, log: [PolicyBench.line("info", "one"), PolicyBench.line(reply)]))
  }

  // Observed on 3.7.11.
  @Test func `under warn_if_reject a deferral for permit is a warning, one for reject stays`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions":
        "warn_if_reject defer_if_permit, warn_if_reject defer_if_reject, reject"
    ])
    let reply = "450 4.7.0 \(client) defer_if_reject requested"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            PolicyBench.line("reject_warning", "450 4.7.0 \(client) defer_if_permit requested"),
            PolicyBench.line(reply),
          ]))
  }

  @Test func `warn_if_reject covers a class and lists inside it`() {
    let bench = PolicyBench([
      "smtpd_restriction_classes": "c, d", "c": "warn_if_reject d, permit",
      "d": "\(action("reject_non_fqdn_sender, defer")), defer",
      "smtpd_client_restrictions": "c, reject",
    ])
    bench.facts.sender = Array("user@nodots".utf8)
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            PolicyBench.line(
              "reject_warning",
              "504 5.5.2 <user@nodots>: Sender address rejected: need fully-qualified address",
              from: "user@nodots"),
            PolicyBench.line(
              "reject_warning", "450 4.3.2 \(client) Try again later", from: "user@nodots"),
            PolicyBench.line(
              "reject_warning", "450 4.3.2 \(client) Try again later", from: "user@nodots"),
          ]))
  }

  @Test(arguments: [("no", "554 5.7.1"), ("yes", "454 4.7.1")])
  func `soft_bounce changes the reply before it is logged`(softBounce: String, code: String) {
    let bench = PolicyBench(["soft_bounce": softBounce, "smtpd_client_restrictions": "reject"])
    let reply = "\(code) \(client) Access denied"
    #expect(bench.decide() == PolicyDecision(verdict: reply, log: [PolicyBench.line(reply)]))
  }

  @Test func `a reply code outside 400 to 599 is not sent`() {
    let bench = PolicyBench(["reject_code": "99", "smtpd_client_restrictions": "reject"])
    let reply = "450 4.7.1 Service unavailable"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: SMTP reply code configuration error: 99 5.7.1 \(client) Access denied",
            PolicyBench.line(reply),
          ]))
  }

  @Test func `control characters in a reply become blanks`() {
    let bench = PolicyBench(["smtpd_client_restrictions": action("REJECT a\u{7}b é")])
    #expect(bench.decide().verdict == "554 5.7.1 \(client) a b é")
  }

  // Observed on 3.7.11.
  @Test func `a long reply is not cut`() {
    let text = String(repeating: "x", count: 2000)
    let bench = PolicyBench(["smtpd_client_restrictions": action("REJECT \(text)")])
    #expect(bench.decide().verdict == "554 5.7.1 \(client) \(text)")
  }
}
