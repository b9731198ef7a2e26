import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §10.7; recorded scenarios compat-*; observed on 3.7.11.
@Suite struct `Compatibility with old defaults` {
  private let prefix = "using backwards-compatible default setting"

  @Test func `names relay_domains`() {
    let main = [
      "compatibility_level": "0", "smtpd_relay_restrictions": "reject_unauth_destination",
      "local_recipient_maps": "",
    ]
    #expect(
      PolicyBench(main).decide(recipient: "x@sub.example.com").log == [
        "\(prefix) relay_domains=$mydestination to accept mail for domain \"sub.example.com\"",
        "\(prefix) relay_domains=$mydestination to accept mail for address \"x@sub.example.com\"",
      ])
    let explicit = main.merging(["relay_domains": "$mydestination"]) { $1 }
    #expect(
      PolicyBench(explicit).decide(recipient: "x@sub.example.com")
        == PolicyDecision(verdict: "accept"))
  }

  @Test func `names the order of relay and recipient lists`() {
    let main = [
      "compatibility_level": "2", "smtpd_recipient_restrictions": "reject_unauth_destination",
    ]
    let reply = "554 5.7.1 <x@example.org>: Relay access denied"
    let line = PolicyBench.line(reply, to: "x@example.org")
    #expect(
      PolicyBench(main).decide(recipient: "x@example.org").log == [
        line,
        "\(prefix) smtpd_relay_before_recipient_restrictions=no to reject recipient"
          + " \"x@example.org\" from client \"client.example.net[192.0.2.10]\"",
      ])
    let relay = [
      "compatibility_level": "2", "smtpd_relay_restrictions": "reject_unauth_destination",
    ]
    #expect(PolicyBench(relay).decide(recipient: "x@example.org").log == [line])
  }

  @Test func `names the empty relay list`() {
    let main = [
      "compatibility_level": "0",
      "smtpd_recipient_restrictions":
        "check_recipient_access inline:{{x@example.org=OK}}, reject_unauth_destination",
    ]
    #expect(
      PolicyBench(main).decide(recipient: "x@example.org")
        == PolicyDecision(
          verdict: "accept",
          log: [
            "\(prefix) \"smtpd_relay_restrictions = (empty)\" to avoid \"Relay access denied\""
              + " error for recipient \"x@example.org\" from client"
              + " \"client.example.net[192.0.2.10]\""
          ]))
    #expect(PolicyBench(main).decide() == PolicyDecision(verdict: "accept"))
  }
}
