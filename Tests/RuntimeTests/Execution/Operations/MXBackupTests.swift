import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §5.5; recorded scenario restriction-permit-mx-backup-networks; observed on 3.7.11.
@Suite struct `permit_mx_backup` {
  private func bench(_ networks: String = "198.51.100.0/24") -> PolicyBench {
    let bench = PolicyBench([
      "proxy_interfaces": "203.0.113.9", "permit_mx_backup_networks": networks,
      "smtpd_relay_restrictions": "permit_mx_backup, reject_unauth_destination",
    ])
    bench.hosts = [
      "first.example": .a("198.51.100.7"), "us.example": .a("203.0.113.9"),
      "far.example": .a("203.0.113.77"),
      "broken.example": .failed(temporary: true, reason: "Temporary failure in name resolution"),
    ]
    return bench
  }

  private static let domains: [(DNSAnswer, Bool)] = [
    (.mx((20, "us.example"), (10, "first.example")), true),
    (.mx((10, "first.example"), (20, "localhost")), true),
    (.mx((10, "far.example"), (20, "us.example")), false),
    (.mx((10, "us.example"), (20, "first.example")), false),
    (.mx((10, "us.example"), (10, "first.example")), false),
    (.mx((10, "first.example")), false),
    (.mx((0, "")), false),
    (.noName, false),
  ]

  @Test(arguments: domains)
  func `wants us behind the primaries`(answer: DNSAnswer, isBackup: Bool) {
    let bench = bench()
    bench.dns = ["x.example MX": answer]
    #expect(
      bench.decide(recipient: "u@x.example").verdict
        == (isBackup ? "accept" : "554 5.7.1 <u@x.example>: Relay access denied"))
  }

  @Test func `takes any primary where no network is named`() {
    let bench = bench("")
    bench.dns = ["x.example MX": .mx((10, "far.example"), (20, "us.example"))]
    #expect(bench.decide(recipient: "u@x.example").verdict == "accept")
  }

  @Test func `permits authorized destinations, and no literals`() {
    #expect(bench().decide().verdict == "accept")
    #expect(bench().decide(recipient: "u@[192.0.2.1]").verdict.hasPrefix("554"))
  }

  // Observed on 3.7.11: a rejection later on becomes temporary.
  @Test func `defers where its networks cannot be looked up`() {
    let bench = bench("fail:nets")
    bench.dns = ["x.example MX": .mx((10, "first.example"), (20, "us.example"))]
    let outcome = bench.decide(recipient: "u@x.example")
    #expect(
      outcome.verdict
        == "450 4.4.4 <u@x.example>: Recipient address rejected: "
        + "Unable to verify host first.example as mail exchanger")
    #expect(
      outcome.log.dropLast().last
        == "warning: all_auth_mx_addr: permit_mx_backup_networks lookup error for address "
        + "198.51.100.7 for first.example")
  }

  @Test(arguments: [
    (
      DNSAnswer.temporary, "Unable to look up mail exchanger information: Host not found, try again"
    ),
    (
      .mx((10, "broken.example"), (20, "us.example")),
      "Unable to look up mail exchanger host broken.example: Temporary failure in name resolution"
    ),
  ])
  func `defers the reject where it cannot tell`(answer: DNSAnswer, text: String) {
    let bench = bench()
    bench.dns = ["x.example MX": answer]
    #expect(
      bench.decide(recipient: "u@x.example").verdict
        == "450 4.4.4 <u@x.example>: Recipient address rejected: \(text)")
  }
}
