import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §2, §3, §6.6 "anything else"; recorded scenarios class-*, action-restriction.
@Suite struct `A restriction list from an access table` {
  @Test func `is evaluated for the name of the table's restriction`() {
    let bench = PolicyBench([
      "smtpd_recipient_restrictions": "check_client_access inline:{{192.0.2.10 = reject}}, permit"
    ])
    #expect(
      bench.decide().verdict
        == "554 5.7.1 <client.example.net[192.0.2.10]>: Client host rejected: Access denied")
  }

  @Test func `permits for its list, or goes on behind the table`() {
    let main = [
      "smtpd_restriction_classes": "strict, open", "strict": "reject_non_fqdn_sender, permit",
      "open": "permit",
      "smtpd_recipient_restrictions":
        "check_recipient_access inline:{{alice@example.com = strict}, {bob@example.com = open}, "
        + "{dave@example.com = reject_non_fqdn_helo_hostname}}, reject",
    ]
    let bench = PolicyBench(main)
    bench.facts.sender = Bytes("user@nodots")
    #expect(
      bench.decide().verdict
        == "504 5.5.2 <user@nodots>: Sender address rejected: need fully-qualified address")
    #expect(bench.decide(recipient: "bob@example.com").verdict == "accept")
    for other in ["carol@example.com", "dave@example.com"] {
      #expect(
        bench.decide(recipient: other).verdict
          == "554 5.7.1 <\(other)>: Recipient address rejected: Access denied")
    }
  }

  @Test(arguments: ["200 text", "STRIP", "250 ok"])
  func `with an unknown word is a configuration error`(action: String) {
    let bench = PolicyBench([
      "smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10 = \(action)}}"
    ])
    let reply = "451 4.3.5 Server configuration error"
    let word = action.prefix { $0 != " " }
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: ["warning: unknown smtpd restriction: \"\(word)\"", PolicyBench.line(reply)]))
  }

  // Observed on 3.7.11.
  @Test func `that comes back to its table ends with a warning`() {
    let table = "inline:{{192.0.2.10=c}}"
    let bench = PolicyBench([
      "smtpd_restriction_classes": "c", "c": "check_client_access \(table)",
      "smtpd_client_restrictions": "c",
    ])
    let reply = "451 4.3.5 Server configuration error"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: access table \(table) entry c causes unreasonable recursion",
            PolicyBench.line(reply),
          ]))
  }

  @Test func `may ask questions and then go on`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions":
        "check_client_access inline:{{192.0.2.10 = reject_rbl_client bl.example}}, reject"
    ])
    #expect(
      bench.decide().verdict
        == "554 5.7.1 <client.example.net[192.0.2.10]>: Client host rejected: Access denied")
    bench.dns = ["10.2.0.192.bl.example A": .a("127.0.0.2")]
    #expect(
      bench.decide().verdict
        == "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using bl.example")
  }

  @Test func `warns where its table is under warn_if_reject`() {
    let text = "554 5.7.1 <sender@example.net>: Sender address rejected: Access denied"
    let table = "check_sender_access inline:{{sender@example.net = reject}}"
    for (prefix, event, verdict) in [
      ("warn_if_reject ", "reject_warning", "accept"), ("", "reject", text),
    ] {
      #expect(
        PolicyBench(["smtpd_sender_restrictions": prefix + table]).decide()
          == PolicyDecision(verdict: verdict, log: [PolicyBench.line(event, text)]))
    }
  }
}
