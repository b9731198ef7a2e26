import Testing

@testable import Runtime

// Source: facts restrictions.md §5.3; recorded scenarios restriction-reject-*-hostname, dns-*; observed on 3.7.11.
@Suite struct `A restriction about the HELO name` {
  private func verdict(_ restriction: String, _ helo: String, _ bench: PolicyBench? = nil) -> String
  {
    let bench = bench ?? PolicyBench(["smtpd_helo_restrictions": restriction])
    bench.facts.helo = Array(helo.utf8)
    return bench.decide().verdict
  }

  private static let invalid: [(String, String?)] = [
    ("client.example.net", nil), ("a_b.example.net", nil), ("192.0.2.10", nil), ("localhost", nil),
    ("[192.0.2.10]", nil), ("[IPv6:2001:db8::1]", nil), ("a.b.", nil),
    ("-bad.example.net", "Invalid name"), ("bad..example.net", "Invalid name"),
    ("a.b..", "Invalid name"), ("1.2.3", "Invalid name"), (".", "Invalid name"),
    ("foo@example.net", "Invalid name"), ("é.example", "Invalid name"),
    ("[192.0.2.300]", "invalid ip address"), ("[2001:db8::1]", "invalid ip address"),
    ("[1.2.3.4", "invalid ip address"), ("[]", "invalid ip address"), ("[", "invalid ip address"),
  ]

  @Test(arguments: invalid)
  func `reject_invalid_helo_hostname`(helo: String, text: String?) {
    #expect(
      verdict("reject_invalid_helo_hostname", helo)
        == (text.map { "501 5.5.2 <\(helo)>: Helo command rejected: \($0)" } ?? "accept"))
  }

  private static let unqualified: [(String, String?)] = [
    ("client.example.net", nil), ("example.net.", nil), ("[192.0.2.10]", nil),
    ("localhost", "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname"),
    ("localhost.", "504 5.5.2 <localhost.>: Helo command rejected: need fully-qualified hostname"),
    ("192.0.2.10", "504 5.5.2 <192.0.2.10>: Helo command rejected: need fully-qualified hostname"),
    ("[bogus]", "501 5.5.2 <[bogus]>: Helo command rejected: invalid ip address"),
  ]

  @Test(arguments: unqualified)
  func `reject_non_fqdn_helo_hostname`(helo: String, reply: String?) {
    #expect(verdict("reject_non_fqdn_helo_hostname", helo) == reply ?? "accept")
  }

  @Test(arguments: [true, false])
  func `reject_non_fqdn_helo_hostname takes Unicode where the client asked for it`(smtputf8: Bool) {
    let bench = PolicyBench(["smtpd_helo_restrictions": "reject_non_fqdn_helo_hostname"])
    bench.facts.smtputf8 = smtputf8
    #expect((verdict("", "bücher.example", bench) == "accept") == smtputf8)
  }

  private static let unknown: [([String: DNSAnswer], String)] = [
    (["x.example A": .a("192.0.2.1")], "accept"),
    (["x.example AAAA": .a("2001:db8::1")], "accept"),
    (["x.example MX": .mx((0, ""))], "accept"),
    (["x.example A": .temporary, "x.example MX": .mx((1, "mx.example"))], "accept"),
    ([:], "450 4.7.1 <x.example>: Helo command rejected: Host not found"),
    (
      ["x.example MX": .malformed],
      "450 4.7.1 <x.example>: Helo command rejected: Malformed DNS server reply"
    ),
    (
      ["x.example A": .temporary],
      "450 4.7.1 <x.example>: Helo command rejected: Host not found"
    ),
  ]

  @Test(arguments: unknown)
  func `reject_unknown_helo_hostname`(dns: [String: DNSAnswer], reply: String) {
    let bench = PolicyBench(["smtpd_helo_restrictions": "reject_unknown_helo_hostname"])
    bench.dns = dns
    #expect(verdict("", "x.example", bench) == reply)
  }

  @Test(arguments: [("defer", "450 4.7.1"), ("defer_if_permit", "554 5.7.1")])
  func `reject_unknown_helo_hostname does as its tempfail action says`(
    action: String, code: String
  ) {
    let bench = PolicyBench([
      "unknown_helo_hostname_tempfail_action": action,
      "smtpd_helo_restrictions": "reject_unknown_helo_hostname",
      "smtpd_recipient_restrictions": "reject",
    ])
    bench.dns = ["x.example A": .temporary]
    #expect(verdict("", "x.example", bench).hasPrefix(code))
  }

  @Test func `reject_unknown_helo_hostname asks nobody about what is no name`() {
    let bench = PolicyBench(["smtpd_helo_restrictions": "reject_unknown_helo_hostname"])
    #expect(
      verdict("", "192.0.2.10", bench)
        == "450 4.7.1 <192.0.2.10>: Helo command rejected: Host not found")
    #expect(bench.asked == [])
  }

  @Test func `a reply filter that drops everything is no reason to reject`() {
    let bench = PolicyBench([
      "smtpd_dns_reply_filter": "regexp:{{/./ IGNORE}}",
      "smtpd_helo_restrictions": "reject_unknown_helo_hostname",
    ])
    bench.dns = ["client.example.net A": .a("192.0.2.1")]
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            "ignoring DNS RR: client.example.net. 3600 IN A 192.0.2.1",
            "warning: client.example.net: address or MX lookup error: "
              + "DNS reply filter drops all results",
          ]))
  }

  @Test(arguments: [
    ("1.2.3.4", "accept"),
    ("1.2.3", "501 5.5.2 <1.2.3>: Helo command rejected: invalid ip address"),
    ("x", "554 5.7.1 <x>: Helo command rejected: Access denied"),
  ])
  func `permit_naked_ip_address`(helo: String, reply: String) {
    let bench = PolicyBench(["smtpd_helo_restrictions": "permit_naked_ip_address, reject"])
    bench.facts.helo = Array(helo.utf8)
    let decision = bench.decide()
    #expect(decision.verdict == reply)
    #expect(
      decision.log.first
        == "warning: restriction permit_naked_ip_address is deprecated."
        + " Use permit_mynetworks or permit_sasl_authenticated instead")
  }

  // Observed on 3.7.11.
  @Test func `permit_naked_ip_address is deprecated even where there was no HELO`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "permit_naked_ip_address"])
    bench.facts.helo = nil
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            "warning: restriction permit_naked_ip_address is deprecated."
              + " Use permit_mynetworks or permit_sasl_authenticated instead"
          ]))
  }
}
