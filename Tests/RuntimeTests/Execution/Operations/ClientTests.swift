import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §5.2; recorded scenarios restriction-*, reply-code-*, key-order-*.
@Suite struct `A restriction about the client` {
  @Test(arguments: [("192.0.2.10", true), ("192.0.2.200", false), ("198.51.100.1", false)])
  func `permit_mynetworks permits trusted clients`(address: String, isTrusted: Bool) {
    let bench = PolicyBench([
      "mynetworks": "!192.0.2.200, 192.0.2.0/24",
      "smtpd_client_restrictions": "permit_mynetworks, reject",
    ])
    bench.client(address, name: "c.example.net")
    #expect((bench.decide().verdict == "accept") == isTrusted)
  }

  // Recorded: config-error-bad-mynetworks-mask.
  @Test func `permit_mynetworks with a bad network defers, also under warn_if_reject`() {
    for prefix in ["", "warn_if_reject "] {
      let bench = PolicyBench([
        "mynetworks": "127.0.0.0/40",
        "smtpd_relay_restrictions": "\(prefix)permit_mynetworks, reject",
      ])
      let reply = "451 4.3.0 <alice@example.com>: Temporary lookup failure"
      #expect(
        bench.decide()
          == PolicyDecision(
            verdict: reply,
            log: [
              "warning: mynetworks: bad mask length in \"127.0.0.0/40\"", PolicyBench.line(reply),
            ]))
    }
  }

  @Test(arguments: [("127.0.0.1", "accept"), ("192.0.2.10", "554")])
  func `permit_inet_interfaces looks at the socket`(address: String, verdict: String) {
    let bench = PolicyBench(["smtpd_client_restrictions": "permit_inet_interfaces, reject"])
    bench.facts.socketAddress = IPAddress(address)
    #expect(bench.decide().verdict.hasPrefix(verdict))
  }

  @Test(arguments: [
    (NameStatus.ok, "accept"),
    (.permanent, "550 5.7.25 Client host rejected: cannot find your hostname, [192.0.2.66]"),
    (.forged, "550 5.7.25 Client host rejected: cannot find your hostname, [192.0.2.66]"),
    (.temporary, "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.66]"),
  ])
  func `reject_unknown_client_hostname`(status: NameStatus, verdict: String) {
    let bench = PolicyBench([
      "unknown_client_reject_code": "550",
      "smtpd_client_restrictions": "reject_unknown_client_hostname",
    ])
    bench.client("192.0.2.66")
    bench.facts.client.nameStatus = status
    #expect(bench.decide().verdict == verdict)
  }

  @Test(arguments: [
    (NameStatus.ok, "accept"),
    (.permanent, "550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.66]"),
    (.temporary, "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.66]"),
  ])
  func `reject_unknown_reverse_client_hostname`(status: NameStatus, verdict: String) {
    let bench = PolicyBench([
      "unknown_client_reject_code": "550",
      "smtpd_client_restrictions": "reject_unknown_reverse_client_hostname",
    ])
    bench.client("192.0.2.66")
    bench.facts.client.reverseNameStatus = status
    #expect(bench.decide().verdict == verdict)
  }

  @Test(arguments: ["PLAIN", "anonymous", nil])
  func `permit_sasl_authenticated permits a login that has a name`(method: String?) {
    let bench = PolicyBench([
      "smtpd_sasl_auth_enable": "yes",
      "smtpd_client_restrictions": "permit_sasl_authenticated, reject",
    ])
    bench.facts.saslIsActive = true
    bench.facts.login = method.map { Login(method: Array($0.utf8), user: Array("alice".utf8)) }
    #expect((bench.decide().verdict == "accept") == (method == "PLAIN"))
    bench.facts.saslIsActive = false
    #expect(bench.decide().verdict != "accept")
  }

  // Observed on 3.7.11: permits are logged about what they look at.
  @Test func `is logged when smtpd_log_access_permit_actions names it`() {
    let main = [
      "mynetworks": "192.0.2.0/24",
      "smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10=ok}}",
      "smtpd_recipient_restrictions": "permit_auth_destination, reject",
    ]
    #expect(PolicyBench(main).decide().log == [])
    let bench = PolicyBench(
      main.merging(
        ["smtpd_log_access_permit_actions": "permit_mynetworks, ok, permit_auth_destination"]
      ) { $1 })
    let client = "Client host=client.example.net[192.0.2.10]"
    #expect(
      bench.decide().log == [
        PolicyBench.line("permit", "action=ok for \(client) from inline:{{192.0.2.10=ok}}"),
        PolicyBench.line("permit", "action=permit_mynetworks for \(client) "),
        PolicyBench.line(
          "permit", "action=permit_auth_destination for Recipient address=alice@example.com "),
      ])
  }

  @Test func `is not logged while a deferral is pending`() {
    let bench = PolicyBench([
      "smtpd_log_access_permit_actions": "static:all",
      "smtpd_client_restrictions": "defer_if_permit, permit",
    ])
    let reply =
      "450 4.7.0 <client.example.net[192.0.2.10]>: Client host rejected: defer_if_permit requested"
    #expect(bench.decide() == PolicyDecision(verdict: reply, log: [PolicyBench.line(reply)]))
  }
}
