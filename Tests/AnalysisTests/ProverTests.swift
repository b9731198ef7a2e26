import RestrictionDSL
import Testing

@testable import Analysis

/// Small policies whose answer is known.
@Suite struct `Prover on` {
  private func proof(_ property: Property, _ values: [String: String]) -> ProofResult {
    let base = [
      "mydestination": "ours.example", "mynetworks": "192.0.2.0/24", "alias_maps": "",
      "local_recipient_maps": "inline:{alice=1}", "inet_interfaces": "127.0.0.1",
      "myhostname": "mx.ours.example", "myorigin": "ours.example", "smtpd_peername_lookup": "no",
    ]
    let settings = Settings.forTesting(base.merging(values) { $1 })
    return Prover(AnalysedConfiguration.Service(name: "smtp/inet", settings: settings), property)
      .run()
  }

  /// postconf(5): the default relay list.
  @Test func `the default lists: no open relay`() {
    #expect(proof(.noOpenRelay, [:]).status == .proved)
  }

  /// SMTPD_ACCESS_README, "Dangerous use of smtpd_recipient_restrictions".
  @Test func `OK for a HELO name before the gate: open relay`() throws {
    let result = proof(
      .noOpenRelay,
      [
        "smtpd_relay_restrictions":
          "permit_mynetworks, check_helo_access inline:{localhost.localdomain=OK}, reject_unauth_destination"
      ])
    #expect(result.status == .refuted)
    let witness = try #require(result.witness)
    #expect(witness.conversation.helo?.text.hasSuffix("localhost.localdomain") == true)
    #expect(witness.exchanges.contains { $0.replies == ["250 2.1.5 Ok"] })
  }

  /// Neither server starts: facts restrictions.md §3.
  ///
  /// No session can be shown.
  @Test func `no relay gate: nothing to look at`() {
    let result = proof(
      .noOpenRelay, ["smtpd_relay_restrictions": "", "smtpd_recipient_restrictions": "permit"])
    #expect(result.status == .undecided)
    #expect(result.witness == nil)
    #expect(result.assumptions.first?.hasPrefix("the server does not start: fatal: ") == true)
  }

  /// Seen with the daemon and with Postfix: hosts(5) has localhost, so no client from elsewhere has it.
  @Test func `OK for localhost before the gate: a client below it`() throws {
    let result = proof(
      .noOpenRelay,
      [
        "smtpd_relay_restrictions":
          "check_client_access inline:{localhost=OK}, reject_unauth_destination",
        "smtpd_peername_lookup": "yes",
      ])
    let witness = try #require(result.witness)
    guard case .verified(let name) = witness.conversation.clientName else {
      Issue.record("\(witness.text)")
      return
    }
    #expect(name.text.hasSuffix(".localhost"))
  }

  @Test func `a policy service before the gate: undecided, and says why`() {
    let result = proof(
      .noOpenRelay,
      [
        "smtpd_relay_restrictions":
          "check_policy_service inet:127.0.0.1:9999, reject_unauth_destination"
      ])
    #expect(result.status == .undecided)
    #expect(
      result.assumptions == [
        "never policy service inet:127.0.0.1:9999 at relay: answers OK"
      ])
  }

  @Test func `a pattern before the gate: refuted by a text that it matches`() throws {
    let result = proof(
      .noOpenRelay,
      [
        "smtpd_relay_restrictions":
          "check_sender_access regexp:{ {/^boss@/ OK} }, reject_unauth_destination"
      ])
    #expect(result.status == .refuted)
    #expect(result.witness?.conversation.sender?.text.hasPrefix("<boss@") == true)
  }

  @Test func `a pattern nobody can guess before the gate: undecided`() {
    let result = proof(
      .noOpenRelay,
      [
        "smtpd_relay_restrictions":
          "check_sender_access pcre:{ {/^(?=x)x\\\\S+\\\\b@z/ OK} }, reject_unauth_destination"
      ])
    #expect(result.status == .undecided)
  }

  @Test(arguments: [("yes", ProofResult.Status.proved), ("no", .refuted)])
  func `reject_unlisted_recipient`(value: String, status: ProofResult.Status) {
    #expect(proof(.noBackscatter, ["smtpd_reject_unlisted_recipient": value]).status == status)
  }

  /// Empty local_recipient_maps: any recipient exists.
  @Test func `no recipient tables: backscatter`() {
    #expect(proof(.noBackscatter, ["local_recipient_maps": ""]).status == .refuted)
  }

  @Test func `postmaster behind a reject of everything`() {
    let values = ["smtpd_recipient_restrictions": "reject"]
    #expect(proof(.postmasterReachable, values).status == .refuted)
    #expect(proof(.postmasterReachable, [:]).status == .proved)
  }

  /// facts restrictions.md §5.4: unknown_address_tempfail_action is 450 whatever the reject code is.
  @Test func `a missing domain with a permanent code: still temporary on DNS failure`() {
    let values = [
      "smtpd_sender_restrictions": "reject_unknown_sender_domain",
      "unknown_address_reject_code": "550",
    ]
    #expect(proof(.noPermanentRejectOnDNSFailure, values).status == .proved)
  }

  /// A client whose name lookup fails for now is `unknown` to access tables.
  @Test func `unknown clients refused by a table: permanent on DNS failure`() throws {
    let values = [
      "smtpd_client_restrictions": "check_client_access inline:{unknown=REJECT}",
      "smtpd_peername_lookup": "yes",
    ]
    #expect(proof(.noPermanentRejectOnDNSFailure, values).status == .refuted)
  }

  /// Two lists, and for the second one no more than its address: DNS is asked for A, then TXT.
  @Test func `waits for the DNS`() {
    let values = [
      "smtpd_recipient_restrictions": "reject_rbl_client a.test, reject_rbl_client b.test"
    ]
    #expect(proof(.boundedDNS(3), values).status == .proved)
    #expect(proof(.boundedDNS(2), values).status == .refuted)
    #expect(proof(.boundedDNS(1), values).status == .refuted)
  }

  /// The owner of a domain says how many servers it has.
  @Test func `servers of a domain: no bound`() {
    let values = ["smtpd_sender_restrictions": "check_sender_mx_access inline:{x.example=REJECT}"]
    let result = proof(.boundedDNS(5), values)
    #expect(result.status == .refuted)
  }
}
