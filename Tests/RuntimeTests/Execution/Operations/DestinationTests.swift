import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §5.5, §7.3, §7.5; recorded scenarios relay-*, restriction-*, unlisted-*.
@Suite struct `A restriction about the destination` {
  private static let destinations: [(String, Bool)] = [
    ("alice@example.com", true), ("alice@localhost", true), ("alice@[127.0.0.1]", true),
    ("alice@EXAMPLE.com.", true), ("x@relay.test", true), ("x@sub.relay.test", true),
    ("relay.test!x", true), ("x%relay.test", true), ("alice", true),
    ("x@example.org", false), ("x@[192.0.2.9]", false), ("x%example.org@example.com", false),
    ("example.org!x@example.com", false), ("x@other.test@relay.test", false),
    ("x%other.test@relay.test", false), ("a!b@example.com", false),
  ]

  @Test(arguments: destinations)
  func `knows what is ours`(recipient: String, isOurs: Bool) {
    let main = ["relay_domains": "relay.test", "local_recipient_maps": ""]
    let denied = "<\(recipient)>: Relay access denied"
    func verdict(_ list: String) -> String {
      PolicyBench(main.merging(["smtpd_relay_restrictions": list]) { $1 })
        .decide(recipient: recipient).verdict
    }
    #expect(verdict("reject_unauth_destination") == (isOurs ? "accept" : "554 5.7.1 \(denied)"))
    #expect(verdict("defer_unauth_destination") == (isOurs ? "accept" : "454 4.7.1 \(denied)"))
    #expect(verdict("permit_auth_destination, reject").hasPrefix("554") == !isOurs)
  }

  @Test func `trusts source routes where it is told to`() {
    let bench = PolicyBench([
      "allow_untrusted_routing": "yes", "relay_domains": "relay.test",
      "smtpd_relay_restrictions": "reject_unauth_destination",
    ])
    #expect(bench.decide(recipient: "x@other.test@relay.test").verdict == "accept")
  }

  // Recorded: unlisted-resolve-tempfail.
  @Test func `defers where an address cannot be resolved`() {
    let bench = PolicyBench(["transport_maps": "fail:now"])
    let reply = "451 4.3.0 <alice@example.com>: Temporary lookup failure"
    #expect(bench.decide() == PolicyDecision(verdict: reply, log: [PolicyBench.line(reply)]))
  }

  // Observed on 3.7.11.
  @Test func `check_relay_domains says that it will go, once`() {
    let bench = PolicyBench([
      "relay_domains": "rel.example", "smtpd_relay_restrictions": "check_relay_domains, permit",
    ])
    let ignored = "warning: restriction `permit' after `check_relay_domains' is ignored"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            "warning: support for restriction \"check_relay_domains\" will be removed from Postfix;"
              + " use \"reject_unauth_destination\" instead", ignored,
          ]))
    let reply = "554 5.7.1 <x@example.org>: Recipient address rejected: Relay access denied"
    #expect(
      bench.decide(recipient: "x@example.org")
        == PolicyDecision(
          verdict: reply,
          log: [PolicyBench.line(reply, to: "x@example.org", queueID: "QID1"), ignored]))
    bench.client("192.0.2.10", name: "a.rel.example")
    #expect(bench.decide(recipient: "x@example.org").verdict == "accept")
  }

  // Observed on 3.7.11.
  @Test
  func `check_relay_domains is skipped, with what it says of its follower, without recipient`() {
    let bench = PolicyBench(["smtpd_data_restrictions": "check_relay_domains, reject"])
    bench.facts.recipient = nil
    bench.facts.recipientCount = 2
    let reply = "554 5.7.1 <DATA>: Data command rejected: Access denied"
    #expect(
      bench.decide(.data)
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: restriction `reject' after `check_relay_domains' is ignored",
            PolicyBench.line(reply, command: "DATA", to: nil),
          ]))
    let warned = PolicyBench([
      "smtpd_data_restrictions": "warn_if_reject check_relay_domains, permit"
    ])
    warned.facts.recipient = nil
    #expect(warned.decide(.data) == PolicyDecision(verdict: "accept"))
  }

  @Test(arguments: [
    (0, "accept"),
    (1, "550 5.5.3 <bob@example.com>: Recipient address rejected: Multi-recipient bounce"),
  ])
  func `reject_multi_recipient_bounce`(accepted: Int, verdict: String) {
    let bench = PolicyBench(["smtpd_recipient_restrictions": "reject_multi_recipient_bounce"])
    bench.facts.sender = []
    bench.facts.recipientCount = accepted
    #expect(bench.decide(recipient: "bob@example.com").verdict == verdict)
    bench.facts.sender = Bytes("a@example.net")
    #expect(bench.decide(recipient: "bob@example.com").verdict == "accept")
  }

  @Test(arguments: [
    (1, "accept"), (2, "550 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce"),
  ])
  func `reject_multi_recipient_bounce at DATA`(accepted: Int, verdict: String) {
    let bench = PolicyBench(["smtpd_data_restrictions": "reject_multi_recipient_bounce"])
    bench.facts.sender = []
    bench.facts.recipientCount = accepted
    #expect(bench.decide(.data).verdict == verdict)
  }
}

@Suite struct `The unlisted check` {
  private let unknown = "Recipient address rejected: User unknown in local recipient table"

  @Test func `runs after the lists, whatever they permit`() {
    let bench = PolicyBench(["smtpd_recipient_restrictions": "permit"])
    #expect(
      bench.decide(recipient: "nobody@example.com").verdict
        == "550 5.1.1 <nobody@example.com>: \(unknown)")
    #expect(bench.decide(recipient: "alice@example.com").verdict == "accept")
    let off = PolicyBench(["smtpd_reject_unlisted_recipient": "no"])
    #expect(off.decide(recipient: "nobody@example.com").verdict == "accept")
    let skipped = PolicyBench([
      "receive_override_options": "no_unknown_recipient_checks",
      "smtpd_recipient_restrictions": "reject_unlisted_recipient",
    ])
    #expect(skipped.decide(recipient: "nobody@example.com").verdict == "accept")
  }

  @Test func `waits behind a deferral`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "defer_if_permit"])
    #expect(bench.decide(recipient: "nobody@example.com").verdict.hasPrefix("450 4.7.0"))
  }

  // Observed on 3.7.11.
  @Test func `under warn_if_reject does not count as done`() {
    let bench = PolicyBench([
      "smtpd_recipient_restrictions":
        "warn_if_reject reject_unlisted_recipient, warn_if_reject reject_unlisted_recipient"
    ])
    let reply = "550 5.1.1 <nobody@example.com>: \(unknown)"
    #expect(
      bench.decide(recipient: "nobody@example.com")
        == PolicyDecision(
          verdict: reply,
          log: ["reject_warning", "reject_warning", "reject"].map {
            PolicyBench.line($0, reply, to: "nobody@example.com")
          }))
  }

  @Test(arguments: [
    (
      "nobody@example.com",
      "550 5.1.0 <nobody@example.com>: Sender address rejected: User unknown in local recipient table"
    ),
    (
      "x@va.example",
      "550 5.1.7 <x@va.example>: Sender address rejected: User unknown in virtual alias table"
    ),
    ("alice@example.com", "accept"), ("", "accept"), ("x@example.org", "accept"),
  ])
  func `of the sender`(sender: String, verdict: String) {
    let main = ["virtual_alias_domains": "va.example"]
    let lists = [
      ["smtpd_reject_unlisted_sender": "yes"],
      ["smtpd_sender_restrictions": "reject_unlisted_sender"],
    ]
    for list in lists {
      let bench = PolicyBench(main.merging(list) { $1 })
      bench.facts.sender = Bytes(sender)
      #expect(bench.decide().verdict == verdict)
    }
    let off = PolicyBench(main)
    off.facts.sender = Bytes(sender)
    #expect(off.decide().verdict == "accept")
  }

  // Recorded: unlisted-local-lookup-error.
  @Test func `defers where its table fails`() {
    let bench = PolicyBench(["local_recipient_maps": "fail:now"])
    let reply = "451 4.3.0 <alice@example.com>: Temporary lookup failure"
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: fail:now lookup error for \"alice@example.com\"", PolicyBench.line(reply),
          ]))
  }

  // Recorded: unlisted-transport-error, reply-code-unknown-*.
  @Test func `takes code and text from where they are written`() {
    let bench = PolicyBench([
      "relay_domains": "rel.example", "unknown_local_recipient_reject_code": "450",
      "transport_maps": "inline:{{rel.example = error:5.7.7 closed forever}}",
    ])
    #expect(
      bench.decide(recipient: "x@rel.example").verdict
        == "550 5.7.7 <x@rel.example>: Recipient address rejected: closed forever")
    #expect(
      bench.decide(recipient: "nobody@example.com").verdict
        == "450 4.1.1 <nobody@example.com>: \(unknown)")
  }
}
