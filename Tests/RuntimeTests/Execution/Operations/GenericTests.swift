import Testing

@testable import Runtime

// Source: facts restrictions.md §5.1, §3; recorded scenarios stage-*, restriction-*, config-error-*.
@Suite struct `A restriction of every list` {
  private let client = "<client.example.net[192.0.2.10]>: Client host"

  @Test func `permit ends its own list and no other`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions": "permit, reject", "smtpd_recipient_restrictions": "reject",
    ])
    let text = "554 5.7.1 <alice@example.com>: Recipient address rejected: Access denied"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: text,
          log: [
            "warning: restriction `reject' after `permit' is ignored", PolicyBench.line(text),
          ]))
  }

  @Test(arguments: [
    ("reject", "554 5.7.1", "Access denied"), ("defer", "450 4.3.2", "Try again later"),
  ])
  func `reject and defer say so about the list they stand in`(
    restriction: String, code: String, text: String
  ) {
    let bench = PolicyBench(["smtpd_client_restrictions": "\(restriction), permit"])
    let reply = "\(code) \(client) rejected: \(text)"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            PolicyBench.line(reply),
            "warning: restriction `permit' after `\(restriction)' is ignored",
          ]))
  }

  @Test func `reject under warn_if_reject warns and goes on`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "warn_if_reject reject, permit"])
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            PolicyBench.line("reject_warning", "554 5.7.1 \(client) rejected: Access denied")
          ]))
  }

  @Test(arguments: [true, false])
  func `reject_unauth_pipelining looks at the session`(isFlagged: Bool) {
    let bench = PolicyBench(["smtpd_client_restrictions": "reject_unauth_pipelining"])
    bench.facts.improperPipelining = isFlagged
    #expect(
      bench.decide().verdict
        == (isFlagged
          ? "503 5.5.0 \(client) rejected: Improper use of SMTP command pipelining" : "accept"))
  }

  @Test(arguments: [true, false])
  func `reject_plaintext_session looks at TLS`(isEncrypted: Bool) {
    let bench = PolicyBench(["smtpd_client_restrictions": "reject_plaintext_session"])
    bench.facts.tlsIsActive = isEncrypted
    #expect(
      bench.decide().verdict
        == (isEncrypted ? "accept" : "450 4.7.1 Session encryption is required"))
  }

  @Test func `sleep pauses for every recipient`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "sleep 2"])
    #expect(bench.decide().verdict == "accept")
    #expect(bench.decide().verdict == "accept")
    #expect(
      bench.asked == [.pause(milliseconds: 2000, serial: 1), .pause(milliseconds: 2000, serial: 2)])
  }

  @Test(arguments: [
    ("smtpd_client_restrictions", "no_such", "unknown smtpd restriction: \"no_such\""),
    (
      "smtpd_sender_restrictions", "check_sender_access reject",
      "restriction check_sender_access: bad argument \"reject\": need maptype:mapname"
    ),
    (
      "smtpd_client_restrictions", "check_policy_service",
      "restriction check_policy_service must be followed by transport:server"
    ),
    ("smtpd_client_restrictions", "sleep x", "restriction sleep must be followed by number"),
  ])
  func `a mistake is reported when it is reached, also under warn_if_reject`(
    parameter: String, list: String, warning: String
  ) {
    let reply = "451 4.3.5 Server configuration error"
    for text in [list, "warn_if_reject \(list)"] {
      #expect(
        PolicyBench([parameter: text]).decide()
          == PolicyDecision(verdict: reply, log: ["warning: \(warning)", PolicyBench.line(reply)]))
    }
    #expect(PolicyBench([parameter: "permit, \(list)"]).decide().verdict == "accept")
  }

  @Test func `a bare table has no meaning at DATA`() {
    let bench = PolicyBench(["smtpd_data_restrictions": "static:REJECT"])
    let reply = "451 4.3.5 Server configuration error"
    #expect(
      bench.decide(.data)
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: specify one of (check_client_access, check_reverse_client_hostname_access, "
              + "check_helo_access, check_sender_access, check_recipient_access, "
              + "check_etrn_access) before Data command restriction \"static:REJECT\"",
            PolicyBench.line(reply, command: "DATA"),
          ]))
  }

  @Test func `a DNS list without domain says nothing about the client`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "reject_rbl_client"])
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: ["warning: restriction reject_rbl_client requires domain name argument"]))
  }
}
