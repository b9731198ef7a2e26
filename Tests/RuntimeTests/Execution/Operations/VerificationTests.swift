import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §5.6; recorded scenarios verify-*, reply-code-unverified-*; observed on 3.7.11.
@Suite struct `Address verification` {
  private static let answers: [(VerifyAnswer, String?)] = [
    (.status(0, text: Bytes("ok")), nil),
    (
      .status(1, text: Bytes("later")),
      "450 4.1.7 <sender@example.net>: Sender address rejected: unverified address: later"
    ),
    (
      .status(2, text: Bytes("gone")),
      "450 4.1.7 <sender@example.net>: Sender address rejected: unverified address: gone"
    ),
    (
      .status(3, text: Bytes("in progress")),
      "450 4.1.7 <sender@example.net>: Sender address rejected: unverified address: in progress"
    ),
    (
      .failed,
      "450 4.1.7 <sender@example.net>: Sender address rejected: address verification problem"
    ),
  ]

  @Test(arguments: answers)
  func `of the sender`(answer: VerifyAnswer, reply: String?) {
    let bench = PolicyBench(["smtpd_sender_restrictions": "reject_unverified_sender"])
    bench.verify = ["sender@example.net": [answer]]
    #expect(bench.decide().verdict == reply ?? "accept")
  }

  @Test(arguments: [("450", "unverified address"), ("550", "undeliverable address"), ("250", nil)])
  func `of the recipient, undeliverable`(code: String, text: String?) {
    let bench = PolicyBench([
      "unverified_recipient_reject_code": code,
      "smtpd_recipient_restrictions": "reject_unverified_recipient",
    ])
    bench.verify = ["alice@example.com": [.status(2, text: Bytes("no"))]]
    #expect(
      bench.decide().verdict
        == (text.map {
          "\(code) \(code.prefix(1)).1.1 <alice@example.com>: Recipient address rejected: \($0): no"
        } ?? "accept"))
  }

  @Test(arguments: [
    ("250", "accept"),
    ("451", "451 4.1.1 <alice@example.com>: Recipient address rejected: unverified address: later"),
  ])
  func `of the recipient, deferred`(code: String, verdict: String) {
    let bench = PolicyBench([
      "unverified_recipient_defer_code": code,
      "smtpd_recipient_restrictions": "reject_unverified_recipient",
    ])
    bench.verify = ["alice@example.com": [.status(1, text: Bytes("later"))]]
    #expect(bench.decide().verdict == verdict)
  }

  @Test func `polls a probe that is not finished`() {
    let bench = PolicyBench([
      "address_verify_poll_count": "3", "address_verify_poll_delay": "2s",
      "smtpd_recipient_restrictions": "reject_unverified_recipient",
    ])
    let address = Bytes("alice@example.com")
    bench.verify = ["alice@example.com": [.status(3, text: []), .status(0, text: [])]]
    #expect(bench.decide().verdict == "accept")
    #expect(
      bench.asked == [
        .verify(address: address, attempt: 1), .pause(milliseconds: 2000, serial: 1),
        .verify(address: address, attempt: 2),
      ])
  }

  @Test func `gives up after address_verify_poll_count questions`() {
    let bench = PolicyBench([
      "address_verify_poll_count": "2",
      "smtpd_recipient_restrictions": "reject_unverified_recipient",
    ])
    bench.verify = ["alice@example.com": [.status(3, text: Bytes("in progress"))]]
    #expect(bench.decide().verdict.hasSuffix("unverified address: in progress"))
    #expect(bench.asked.count == 3)
  }

  @Test(arguments: [("defer", "450 4.1.1"), ("defer_if_permit", "554 5.7.1")])
  func `does as its tempfail action says`(action: String, code: String) {
    let bench = PolicyBench([
      "unverified_recipient_tempfail_action": action,
      "smtpd_recipient_restrictions": "reject_unverified_recipient, reject",
    ])
    bench.verify = ["alice@example.com": [.status(1, text: Bytes("later"))]]
    #expect(bench.decide().verdict.hasPrefix(code))
  }

  @Test func `may hide its reason`() {
    let bench = PolicyBench([
      "unverified_recipient_reject_reason": "Address lookup failed",
      "smtpd_recipient_restrictions": "reject_unverified_recipient",
    ])
    bench.verify = ["alice@example.com": [.status(2, text: Bytes("secret"))]]
    #expect(bench.decide().verdict.hasSuffix("unverified address: Address lookup failed"))
  }

  @Test func `of the null sender does not happen`() {
    let bench = PolicyBench(["smtpd_sender_restrictions": "reject_unverified_sender"])
    bench.facts.sender = []
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
    #expect(bench.asked == [])
  }
}
