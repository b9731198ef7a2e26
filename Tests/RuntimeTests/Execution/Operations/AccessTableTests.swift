import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §6.1–6.5; recorded scenarios key-order-*; observed on 3.7.11 where said.
@Suite struct `An access table` {
  /// The text of the entry that decides, or `nil` where none does.
  private func entry(_ decision: PolicyDecision) -> String? {
    decision.verdict == "accept" ? nil : decision.verdict.components(": ").last
  }

  @Test(arguments: [
    ("a.b.example.net", "192.0.2.11", "parent"), ("x.example", "192.0.2.10", "address"),
    ("x.example", "192.0.2.9", "net"), ("unknown", "198.51.100.1", "nameless"),
    ("x.example", "2001:db8:1:2:3:4:5:6", "four groups"), ("x.example", "198.51.100.1", nil),
  ])
  func `of clients takes name, parents, address, networks`(
    name: String, address: String, text: String?
  ) {
    let bench = PolicyBench([
      "smtpd_client_restrictions":
        "check_client_access inline:{{192.0.2.10=REJECT address}, {example.net=REJECT parent}, "
        + "{192.0.2=REJECT net}, {unknown=REJECT nameless}, {2001:db8:1:2=REJECT four groups}}"
    ])
    bench.client(address, name: name)
    #expect(entry(bench.decide()) == text)
  }

  @Test(arguments: [
    ("example.org", "plain"), ("a.example.org", nil), ("x.dotted.example", "dotted"),
  ])
  func `without parent matching wants dots`(name: String, text: String?) {
    let bench = PolicyBench([
      "parent_domain_matches_subdomains": "",
      "smtpd_client_restrictions":
        "check_client_access inline:{{example.org=REJECT plain}, {.dotted.example=REJECT dotted}}",
    ])
    bench.client("198.51.100.1", name: name)
    #expect(entry(bench.decide()) == text)
  }

  @Test func `of reverse names shows the reverse name and may not permit`() {
    let bench = PolicyBench([
      "smtpd_client_restrictions":
        "check_reverse_client_hostname_access inline:{{rev.example.net=REJECT r}, {192.0.2.10=OK}}"
    ])
    bench.client("192.0.2.6", reverseName: "rev.example.net")
    #expect(
      bench.decide().verdict == "554 5.7.1 <rev.example.net>: Unverified Client host rejected: r")
    bench.client("192.0.2.10", name: "client.example.net")
    let reply = "451 4.3.5 Server configuration error"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: restriction check_reverse_client_hostname_access returns OK for"
              + " client.example.net",
            "warning: this is not allowed for security reasons",
            "warning: use DUNNO instead of OK if you want to make an exception",
            PolicyBench.line(reply),
          ]))
  }

  @Test(arguments: [
    ("mail.bad.example", "parent"), ("BAD.example", "parent"), ("[192.0.2.10]", "literal"),
    ("192.0.2.10", nil), ("x.dot.example", nil),
  ])
  func `of HELO names has no address keys`(helo: String, text: String?) {
    let bench = PolicyBench([
      "smtpd_helo_restrictions":
        "check_helo_access inline:{{bad.example=REJECT parent}, {[192.0.2.10]=REJECT literal}, "
        + "{192.0.2=REJECT net}, {.dot.example=REJECT dotted}}"
    ])
    bench.facts.helo = Bytes(helo)
    #expect(entry(bench.decide()) == text)
  }

  @Test(arguments: [
    ("example.com", nil), ("sub.example.net", "parent"), ("other.example", "Access denied"),
  ])
  func `of ETRN domains`(domain: String, text: String?) {
    let bench = PolicyBench([
      "smtpd_etrn_restrictions":
        "check_etrn_access inline:{{example.com=OK}, {example.net=REJECT parent}}, reject"
    ])
    bench.facts.sender = nil
    bench.facts.recipient = nil
    bench.facts.etrnDomain = Bytes(domain)
    #expect(entry(bench.decide(.etrn)) == text)
  }

  @Test(arguments: [
    ("full@dom.example", "address"), ("full+ext@dom.example", "address"),
    ("other@dom.example", "domain"),
    ("user@sub.par.example", "parent"), ("local@nowhere.example", "localpart"),
    ("joe", "completed"), ("a.example!user", "plain"), ("us er@q.example", "quoted"),
    ("+@nowhere.example", nil),
  ])
  func `of senders asks about the resolved address`(sender: String, text: String?) {
    let bench = PolicyBench([
      "recipient_delimiter": "+",
      "smtpd_sender_restrictions":
        "check_sender_access inline:{{full@dom.example=REJECT address}, {dom.example=REJECT domain}, "
        + "{par.example=REJECT parent}, {local@=REJECT localpart}, {joe@example.com=REJECT completed}, "
        + "{user@a.example=REJECT plain}, {\"us er\"@q.example=REJECT quoted}}",
    ])
    bench.facts.sender = Bytes(sender)
    #expect(entry(bench.decide()) == text)
  }

  @Test(arguments: [("", "null"), ("sender@example.net", nil)])
  func `of senders knows the null sender by its key`(sender: String, text: String?) {
    let bench = PolicyBench([
      "smtpd_sender_restrictions": "check_sender_access inline:{{<>=REJECT null}}"
    ])
    bench.facts.sender = Bytes(sender)
    #expect(entry(bench.decide()) == text)
  }

  @Test(arguments: [("no", "454 4.7.1"), ("yes", "accept")])
  func `of recipients does not permit source routes unless they are trusted`(
    trusts: String, verdict: String
  ) {
    let bench = PolicyBench([
      "allow_untrusted_routing": trusts, "relay_domains": "relay.test",
      "smtpd_relay_restrictions": "check_recipient_access static:OK, defer_unauth_destination",
    ])
    #expect(bench.decide(recipient: "x@other.test@relay.test").verdict.hasPrefix(verdict))
    #expect(bench.decide(recipient: "x@relay.test").verdict == "accept")
  }

  @Test(arguments: [("alice", "SASL"), ("bob", nil)])
  func `of logins`(user: String, text: String?) {
    let bench = PolicyBench([
      "smtpd_sasl_auth_enable": "yes",
      "smtpd_client_restrictions": "check_sasl_access inline:{{alice=REJECT SASL}}",
    ])
    bench.facts.login = Login(method: Bytes("PLAIN"), user: Bytes(user))
    #expect(
      bench.decide().verdict
        == (text.map { "554 5.7.1 <\(user)>: SASL login name rejected: \($0)" } ?? "accept"))
  }

  @Test func `of logins is ignored without SASL`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "check_sasl_access static:REJECT"])
    bench.facts.login = Login(method: Bytes("PLAIN"), user: Bytes("alice"))
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: ["warning: restriction `check_sasl_access' ignored: no SASL support"]))
  }

  @Test func `that fails rejects, which warn_if_reject turns into a warning`() {
    let reply =
      "451 4.3.5 <client.example.net[192.0.2.10]>: Client host rejected: Server configuration error"
    let warning = "warning: fail:x lookup error for \"client.example.net\""
    for (prefix, event, verdict) in [
      ("", "reject", reply), ("warn_if_reject ", "reject_warning", "accept"),
    ] {
      #expect(
        PolicyBench(["smtpd_client_restrictions": "\(prefix)check_client_access fail:x"]).decide()
          == PolicyDecision(verdict: verdict, log: [warning, PolicyBench.line(event, reply)]))
    }
  }

  @Test func `with an empty value fails`() {
    let table = "inline:{{client.example.net=}}"
    let decision = PolicyBench(["smtpd_client_restrictions": "check_client_access \(table)"])
      .decide()
    #expect(
      decision.log.dropLast() == [
        "warning: \(table) lookup of client.example.net returns an empty string result",
        "warning: \(table) should return NO RESULT in case of NOT FOUND",
      ])
    #expect(decision.verdict.hasPrefix("451 4.3.5 <client.example.net[192.0.2.10]>"))
  }

  // Observed on 3.7.11: only check_ccert_access understands the form in braces.
  @Test(arguments: [
    ("check_client_access", "check_domain_access", "Client host"),
    ("check_client_a_access", "check_addr_access", "Client host"),
    ("check_recipient_access", "check_mail_access", "Recipient address"),
  ])
  func `in braces is not found`(restriction: String, function: String, name: String) {
    let table = "{ inline:{{client.example.net=REJECT}} }"
    let bench = PolicyBench(["smtpd_client_restrictions": "\(restriction) \(table)"])
    bench.hosts = ["client.example.net": .a("192.0.2.10")]
    let decision = bench.decide()
    #expect(decision.log.first == "warning: \(function): unexpected dictionary: \(table)")
    #expect(decision.verdict.hasSuffix("\(name) rejected: Server configuration error"))
  }

  // Observed on 3.7.11: messages show what was looked up, not the part that was found.
  @Test func `names the whole key in its warnings`() {
    let table = "inline:{{example.net = REDIRECT x}}"
    for restriction in ["check_client_access", "check_sender_access"] {
      let key = restriction == "check_client_access" ? "client.example.net" : "sender@example.net"
      #expect(
        PolicyBench(["smtpd_sender_restrictions": "\(restriction) \(table)"]).decide().log == [
          "warning: access table \(table) entry \"\(key)\" requires user@domain target"
        ])
    }
  }
}

extension String {
  /// The parts between separators.
  fileprivate func components(_ separator: String) -> [String] {
    split(separator: separator).map(String.init)
  }
}
