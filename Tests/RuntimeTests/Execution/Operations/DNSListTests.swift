import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §5.8; recorded scenarios rbl-*, client-ipv6-rbl; observed on 3.7.11 where said.
@Suite struct `A DNS list` {
  private let listed: [String: DNSAnswer] = [
    "10.2.0.192.bl.example A": .a("127.0.0.2"),
    "10.2.0.192.bl.example TXT": .txt("Blocked", "twice"),
  ]
  private let reply =
    "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using bl.example; Blocked / twice"

  private func bench(_ list: String, _ main: [String: String] = [:]) -> PolicyBench {
    let bench = PolicyBench(["smtpd_client_restrictions": list].merging(main) { $1 })
    bench.dns = listed
    return bench
  }

  @Test func `rejects a listed client and asks for the reason`() {
    let bench = bench("reject_rbl_client bl.example")
    #expect(bench.decide() == PolicyDecision(verdict: reply, log: [PolicyBench.line(reply)]))
    let name = Bytes("10.2.0.192.bl.example")
    #expect(bench.asked == [.dns(name: name, type: .a), .dns(name: name, type: .txt)])
    bench.dns = [:]
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
  }

  @Test func `asks for IPv6 clients by nibbles`() {
    let bench = bench("reject_rbl_client bl.example")
    bench.client("2001:db8::25", name: "six.example.net")
    #expect(bench.decide().verdict == "accept")
    #expect(
      bench.asked == [
        .dns(
          name: Bytes(
            "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example"),
          type: .a)
      ])
  }

  private static let subjects: [(String, String, String?)] = [
    ("reject_rhsbl_client", "client.example.net", "Client host [client.example.net]"),
    (
      "reject_rhsbl_reverse_client", "client.example.net",
      "Unverified Client host [client.example.net]"
    ),
    ("reject_rhsbl_helo", "client.example.net", "Helo command [client.example.net]"),
    ("reject_rhsbl_sender", "example.net", "Sender address [sender@example.net]"),
    ("reject_rhsbl_recipient", "example.com", "Recipient address [alice@example.com]"),
    ("reject_rhsbl_sender", "sub.example.net", nil),
  ]

  @Test(arguments: subjects)
  func `of names`(restriction: String, name: String, what: String?) {
    let bench = PolicyBench(["smtpd_recipient_restrictions": "\(restriction) bl.example"])
    bench.dns = ["\(name).bl.example A": .a("127.0.0.2")]
    #expect(
      bench.decide().verdict
        == (what.map { "554 5.7.1 Service unavailable; \($0) blocked using bl.example" } ?? "accept")
    )
  }

  @Test(arguments: ["", "a@[192.0.2.1]", "a@1.2.3.4", "a@x..y"])
  func `is not asked about what is no domain`(sender: String) {
    let bench = PolicyBench(["smtpd_sender_restrictions": "reject_rhsbl_sender bl.example"])
    bench.facts.sender = Bytes(sender)
    #expect(bench.decide().verdict == "accept")
    #expect(bench.asked == [])
  }

  @Test func `is not asked about an unknown name`() {
    let bench = bench("reject_rhsbl_client bl.example, reject_rhsbl_reverse_client bl.example")
    bench.client("192.0.2.10")
    #expect(bench.decide().verdict == "accept")
    #expect(bench.asked == [])
  }

  @Test(arguments: [
    ("127.0.0.2", true), ("127.0.0.[1;2..5]", true), ("127.0.0.[3..5]", false),
    ("127.0.0.9", false),
  ])
  func `counts the answers of its filter`(filter: String, isListed: Bool) {
    #expect((bench("reject_rbl_client bl.example=\(filter)").decide().verdict == reply) == isListed)
  }

  @Test(arguments: [
    ("127.0.0.256", "need decimal number 0..255 or \"[\" at \"127.0.0.>256<\""),
    ("127.0.0.[2..", "numeric range error at \"127.0.0.[2..><\""),
  ])
  func `with a bad filter stops the server when it is listed`(filter: String, message: String) {
    let bench = bench("reject_rbl_client bl.example=\(filter)")
    #expect(
      bench.decide()
        == PolicyDecision(verdict: "fatal", log: ["fatal: RBL reply error: \(message)"]))
    bench.dns = [:]
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
  }

  @Test func `that cannot be asked lists nobody`() {
    let bench = bench("reject_rbl_client bl.example")
    bench.dns = ["10.2.0.192.bl.example A": .temporary]
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            "warning: 10.2.0.192.bl.example: RBL lookup error: Host or domain name not found. Name"
              + " service error for name=10.2.0.192.bl.example type=A: Host not found, try again"
          ]))
  }

  // Observed on 3.7.11: a failure is remembered as an answer is.
  @Test func `that cannot be asked is not asked again in the session`() {
    let bench = bench("reject_rbl_client bl.example")
    bench.dns = ["10.2.0.192.bl.example A": .temporary]
    #expect(bench.decide().log.count == 1)
    bench.state.endTransaction()
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
    #expect(bench.asked == [.dns(name: Bytes("10.2.0.192.bl.example"), type: .a)])
    bench.state = PolicyState()
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
    #expect(bench.asked.count == 2)
    bench.dns = ["10.2.0.192.bl.example A": .a("127.0.0.2")]
    bench.state = PolicyState()
    #expect(bench.decide().verdict.hasPrefix("554 5.7.1 Service unavailable"))
  }

  @Test func `failures are remembered for the names met last`() {
    var names = RecentNames(capacity: 2)
    for name in ["a", "b", "a", "c"] { names.insert(Bytes(name)) }
    #expect(["a", "b", "c"].map { names.contains(Bytes($0)) } == [false, true, true])
    names.insert(Bytes("a"))
    #expect(["a", "b", "c"].map { names.contains(Bytes($0)) } == [true, false, true])
  }

  @Test func `that permits`() {
    let bench = bench("permit_dnswl_client bl.example, reject")
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
    bench.dns = [:]
    #expect(
      bench.decide().verdict
        == "554 5.7.1 <client.example.net[192.0.2.10]>: Client host rejected: Access denied")
    let name = self.bench("permit_rhswl_client bl.example, reject")
    name.dns = ["client.example.net.bl.example A": .a("127.0.0.2")]
    #expect(name.decide() == PolicyDecision(verdict: "accept"))
  }

  @Test func `that permits is not asked about strangers' relaying`() {
    let bench = bench("permit_dnswl_client bl.example, reject")
    #expect(bench.decide(recipient: "x@example.org").verdict.hasPrefix("554"))
    #expect(bench.asked == [])
  }

  // Recorded: rbl-dnswl-servfail.
  @Test func `that permits and cannot be asked defers a reject`() {
    let bench = bench("permit_dnswl_client bl.example, reject")
    bench.dns = ["10.2.0.192.bl.example A": .temporary]
    #expect(
      bench.decide().verdict == "450 4.7.1 <192.0.2.10>: Client host rejected: Service unavailable")
  }

  // Recorded: rbl-default-reply-attrs, rbl-default-reply-filter.
  @Test(arguments: [
    (
      "$rbl_code class=$rbl_class domain=$rbl_domain what=$rbl_what from=$sender_domain"
        + " rcpt=$recipient_domain name=$recipient_name sname=$sender_name",
      "554 5.7.1 class=Client host domain=bl.example what=192.0.2.10 from=example.net"
        + " rcpt=example.com name=alice sname=sender"
    ),
    ("450 4.7.77 ${rbl_reason?because: $rbl_reason}", "450 4.7.77 because: Blocked / twice"),
    ("550", "450 4.7.1 Service unavailable"),
    ("550 ", "550 5.7.1 Service unavailable"),
    ("250 5.1.1 x", "450 4.7.1 Service unavailable"),
  ])
  func `replies by its template`(template: String, reply: String) {
    #expect(
      bench("reject_rbl_client bl.example", ["default_rbl_reply": template]).decide().verdict
        == reply)
  }

  @Test func `replaces what smtpd_expansion_filter does not name, in values only`() {
    let bench = bench(
      "reject_rbl_client bl.example",
      ["smtpd_expansion_filter": "abcdefghijklmnopqrstuvwxyz0123456789.@"])
    #expect(
      bench.decide().verdict
        == "554 5.7.1 Service unavailable; _lient_host [192.0.2.10] blocked using bl.example;"
        + " _locked___twice")
  }

  // Observed on 3.7.11.
  @Test func `with a bad template of its own takes the default one`() {
    let bench = bench(
      "reject_rbl_client bl.example",
      ["rbl_reply_maps": "inline:{{bl.example=$$rbl_code $$nosuch x}}"])
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: unknown macro name \"nosuch\" in expansion request",
            "warning: rbl_reject_reply: bad rbl reply template for domain bl.example:"
              + " $rbl_code $nosuch x",
            PolicyBench.line(reply),
          ]))
  }

  // Observed on 3.7.11.
  @Test func `with a bad default template stops the server`() {
    let bench = bench("reject_rbl_client bl.example", ["default_rbl_reply": "$rbl_code $nosuch x"])
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "fatal",
          log: [
            "warning: unknown macro name \"nosuch\" in expansion request",
            "fatal: rbl_reject_reply: bad default rbl reply template: $rbl_code $nosuch x",
          ]))
  }

  // Observed on 3.7.11.
  @Test func `whose reply table fails is a configuration error`() {
    let bench = bench("reject_rbl_client bl.example", ["rbl_reply_maps": "fail:x"])
    let reply = "451 4.3.5 Server configuration error"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: ["warning: fail:x lookup error for \"bl.example\"", PolicyBench.line(reply)]))
  }

  // Observed on 3.7.11.
  @Test func `whose answer is filtered away lists nobody`() {
    let bench = bench(
      "reject_rbl_client bl.example", ["smtpd_dns_reply_filter": "regexp:{{/127.0.0.2/ IGNORE}}"])
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            "ignoring DNS RR: 10.2.0.192.bl.example. 3600 IN A 127.0.0.2",
            "warning: 10.2.0.192.bl.example: RBL lookup error: Error looking up"
              + " name=10.2.0.192.bl.example type=A: DNS reply filter drops all results",
          ]))
  }

  // Observed on 3.7.11.
  @Test func `of maps_rbl_domains says once that it will go`() {
    let bench = bench(
      "warn_if_reject reject_maps_rbl, reject_maps_rbl",
      ["maps_rbl_domains": "bl.example, bl.example"])
    let warning = PolicyBench.line("reject_warning", reply)
    let rest = [warning, warning, PolicyBench.line(reply)]
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: support for restriction \"reject_maps_rbl\" will be removed from Postfix;"
              + " use \"reject_rbl_client domain-name\" instead"
          ] + rest))
    #expect(bench.decide() == PolicyDecision(verdict: reply, log: rest))
  }
}
