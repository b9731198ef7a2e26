import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §5.7; recorded scenarios dns-*, restriction-check-ns-mx-a-sender; observed on 3.7.11.
@Suite struct `An access table of servers` {
  private func bench(_ restriction: String, _ entries: String) -> PolicyBench {
    PolicyBench(["smtpd_sender_restrictions": "\(restriction) inline:{\(entries)}"])
  }

  @Test(arguments: [("192.0.2.99", "192.0.2.98"), ("2001:db8::99", "2001:db8::98")])
  func `of addresses`(listed: String, clean: String) {
    let bench = bench("check_sender_a_access", "{\(listed)=REJECT six}")
    bench.hosts = ["example.net": .a("192.0.2.1", listed)]
    #expect(
      bench.decide().verdict == "554 5.7.1 <sender@example.net>: Sender address rejected: six")
    bench.hosts = ["example.net": .a("192.0.2.1", clean)]
    bench.state.endTransaction()
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
  }

  @Test func `of addresses does not try the name, and is silent where there is none`() {
    let bench = bench("check_sender_a_access", "{example.net=REJECT}")
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
  }

  private static let exchangers: [([String: DNSAnswer], [String: HostAnswer], String?)] = [
    (["example.net MX": .mx((10, "a.evil.example"))], [:], "name"),
    (["example.net MX": .mx((10, "mx.example"))], ["mx.example": .a("192.0.2.99")], "address"),
    (
      ["example.net MX": .mx((10, "mx.example"), (20, "evil.example"))],
      ["mx.example": .a("192.0.2.1")], "name"
    ),
    ([:], ["example.net": .a("192.0.2.99")], "address"),
    (["example.net MX": .mx((0, ""))], ["example.net": .a("192.0.2.99")], nil),
    (["example.net MX": .mx((10, "192.0.2.99"))], [:], "address"),
  ]

  @Test(arguments: exchangers)
  func `of mail exchangers`(dns: [String: DNSAnswer], hosts: [String: HostAnswer], text: String?) {
    let bench = bench(
      "check_sender_mx_access", "{evil.example=REJECT name}, {192.0.2.99=REJECT address}")
    bench.dns = dns
    bench.hosts = hosts
    #expect(
      bench.decide().verdict
        == (text.map { "554 5.7.1 <sender@example.net>: Sender address rejected: \($0)" }
          ?? "accept"))
  }

  @Test func `of name servers goes up the tree`() {
    let bench = bench("check_sender_ns_access", "{ns.bad.example=REJECT}")
    bench.facts.sender = Bytes("a@a.b.zone.example")
    bench.dns = ["zone.example NS": .ns("ns.bad.example")]
    #expect(
      bench.decide().verdict
        == "554 5.7.1 <a@a.b.zone.example>: Sender address rejected: Access denied")
    #expect(
      bench.asked
        == ["a.b.zone.example", "b.zone.example", "zone.example"].map {
          .dns(name: Bytes($0), type: .ns)
        })
  }

  @Test(arguments: [("u@[192.0.2.99]", true), ("u@[192.0.2.9]", false)])
  func `of a literal is the address`(sender: String, isListed: Bool) {
    for restriction in ["check_sender_a_access", "check_sender_mx_access"] {
      let bench = bench(restriction, "{192.0.2.99=REJECT}")
      bench.facts.sender = Bytes(sender)
      #expect((bench.decide().verdict != "accept") == isListed)
    }
    let servers = bench("check_sender_ns_access", "{192.0.2.99=REJECT}")
    servers.facts.sender = Bytes(sender)
    #expect(servers.decide() == PolicyDecision(verdict: "accept"))
  }

  private static let failures: [(String, [String: DNSAnswer], [String: HostAnswer], [String])] = [
    (
      "check_sender_mx_access", ["example.net MX": .temporary], [:],
      ["Unable to look up MX host for example.net: Host not found, try again"]
    ),
    (
      "check_sender_mx_access", [:], [:],
      [
        "Unable to look up MX host example.net for Sender address sender@example.net:"
          + " Name or service not known"
      ]
    ),
    (
      "check_sender_ns_access", ["net NS": .noData], [:],
      [
        "Unable to look up NS host for sender@example.net: Host found but no data record of requested type"
      ]
    ),
    (
      "check_sender_ns_access", ["net NS": .temporary], [:],
      ["Unable to look up NS host for net: Host not found, try again"]
    ),
  ]

  @Test(arguments: failures)
  func `that cannot be found never rejects`(
    restriction: String, dns: [String: DNSAnswer], hosts: [String: HostAnswer], warnings: [String]
  ) {
    let bench = PolicyBench(["smtpd_sender_restrictions": "\(restriction) inline:{{x=REJECT}}"])
    bench.dns = dns
    bench.hosts = hosts
    #expect(
      bench.decide() == PolicyDecision(verdict: "accept", log: warnings.map { "warning: \($0)" }))
  }

  private static let permits: [(String, String)] = [
    ("check_sender_mx_access", "sender@example.net"),
    ("check_client_mx_access", "client.example.net"),
    ("check_reverse_client_hostname_mx_access", "client.example.net"),
    ("check_helo_mx_access", "client.example.net"),
    ("check_recipient_mx_access", "alice@example.com"),
  ]

  @Test(arguments: permits)
  func `must not permit`(restriction: String, name: String) {
    let bench = PolicyBench([
      "smtpd_restriction_classes": "c", "c": "permit",
      "smtpd_sender_restrictions": "\(restriction) inline:{{mx.example=c}}, reject",
    ])
    for domain in ["example.net", "example.com", "client.example.net"] {
      bench.dns["\(domain) MX"] = .mx((10, "mx.example"))
    }
    let reply = "451 4.3.5 Server configuration error"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: restriction \(restriction) returns OK for \(name)",
            "warning: this is not allowed for security reasons",
            "warning: use DUNNO instead of OK if you want to make an exception",
            PolicyBench.line(reply),
          ]))
  }

  @Test func `may discard`() {
    let bench = bench("check_sender_mx_access", "{mx.example=DISCARD}")
    bench.dns = ["example.net MX": .mx((10, "mx.example"))]
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            PolicyBench.line(
              "discard", "<sender@example.net>: Sender address triggers DISCARD action")
          ], effects: [.discard]))
  }

  @Test func `of an unknown client is not asked`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "check_client_mx_access static:REJECT"])
    bench.client("192.0.2.9")
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
    #expect(bench.asked == [])
  }

  // Each host without address is one more question of the same command: Postfix asks for all of them.
  @Test(arguments: [(99, true), (100, false)])
  func `looks at a hundred hosts`(clean: Int, isListed: Bool) {
    let bench = bench("check_sender_mx_access", "{listed.example=REJECT}")
    bench.dns = [
      "example.net MX": .mx((0..<clean).map { (10, "mx\($0).example") } + [(20, "listed.example")])
    ]
    let decision = bench.decide()
    #expect((decision.verdict != "accept") == isListed)
    #expect(bench.asked.count <= 1 + 100 + 1)
    if !isListed {
      #expect(
        decision.log.last
          == "warning: check_server_access: MX server host count limit (100) exceeded for"
          + " Sender address sender@example.net -- ignoring the remainder")
    }
  }

  @Test(arguments: [(99, true), (101, false)])
  func `looks at a hundred addresses`(clean: Int, isListed: Bool) {
    let bench = bench("check_sender_mx_access", "{192.0.2.99=REJECT}")
    bench.dns = ["example.net MX": .mx((10, "mx.example"))]
    bench.hosts = [
      "mx.example": .addresses(
        (0..<clean).map { .v4(0x0A00_0000 + UInt32($0)) } + [.v4(0xC000_0263)])
    ]
    let decision = bench.decide()
    #expect((decision.verdict != "accept") == isListed)
    if !isListed {
      #expect(
        decision.log == [
          "warning: check_server_access: MX server address count limit (100) exceeded for"
            + " Sender address sender@example.net -- ignoring the remainder"
        ])
    }
  }
}
