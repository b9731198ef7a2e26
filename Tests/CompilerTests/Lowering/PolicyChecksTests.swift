import Compiler
import RestrictionDSL
import Testing

/// Log lines that start-up writes because of the lists, in order.
private func logLines(_ values: [String: String]) -> [String] {
  PolicyCompiler(settings: settings(values)).compile().diagnostics.compactMap(\.logLine)
}

/// Findings as `severity id: message (help)`.
private func findings(_ values: [String: String]) -> [String] {
  PolicyCompiler(settings: settings(values)).compile().diagnostics.map {
    "\($0.severity.rawValue) \($0.id): \($0.message)" + ($0.help.map { " (\($0))" } ?? "")
  }
}

private let missingGate =
  "fatal: in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least "
  + "one working instance of: reject_unauth_destination, defer_unauth_destination, reject, defer, "
  + "defer_if_permit or check_relay_domains"

// Source: facts restrictions.md §3; every case was played against 3.7.11.
@Suite struct `Search for the relay gate` {
  @Test func `stops at permit and says what it ignores`() {
    #expect(
      logLines([
        "smtpd_recipient_restrictions": "permit, reject",
        "smtpd_relay_restrictions": "permit, defer",
      ]) == [
        "warning: restriction `reject' after `permit' is ignored",
        "warning: restriction `defer' after `permit' is ignored", missingGate,
      ])
    #expect(
      logLines([
        "smtpd_recipient_restrictions": "permit, reject",
        "smtpd_relay_restrictions": "reject_unauth_destination, permit, defer",
      ]) == ["warning: restriction `reject' after `permit' is ignored"])
  }

  @Test func `skips what stands under warn_if_reject, one word at a time`() {
    // The second warn_if_reject is what the first one covers, so `defer` counts.
    #expect(
      logLines([
        "smtpd_recipient_restrictions": "warn_if_reject reject",
        "smtpd_relay_restrictions": "warn_if_reject warn_if_reject defer",
      ]) == [])
    #expect(
      logLines([
        "smtpd_recipient_restrictions": "warn_if_reject reject", "smtpd_relay_restrictions": "",
      ]) == [missingGate])
  }

  @Test func `takes an argument for a gate`() {
    #expect(
      logLines([
        "smtpd_recipient_restrictions": "check_client_access, reject",
        "smtpd_relay_restrictions": "permit_mynetworks",
      ]) == [])
  }

  @Test func `looks into classes of exactly that name`() {
    let classes = ["smtpd_restriction_classes": "cc", "smtpd_relay_restrictions": ""]
    #expect(
      logLines(
        classes.merging(["cc": "permit, reject", "smtpd_recipient_restrictions": "cc, reject"]) {
          $1
        }) == ["warning: restriction `reject' after `permit' is ignored"])
    #expect(
      logLines(
        classes.merging(["cc": "reject", "smtpd_recipient_restrictions": "CC, permit"]) { $1 })
        == [missingGate])
    #expect(
      logLines(
        classes.merging(["cc": "cc", "smtpd_recipient_restrictions": "cc"]) { $1 })
        == [missingGate])
  }
}

@Suite struct `Start-up` {
  // Source: observed on 3.7.11.
  @Test func `stops where a class or a tempfail action is undefined`() {
    #expect(
      logLines(["smtpd_restriction_classes": "cc, dd", "cc": ","]) == [
        "fatal: restriction class `dd' needs a definition"
      ])
    #expect(
      logLines([
        "unverified_sender_tempfail_action": "foo", "unknown_address_tempfail_action": "BAR",
      ]) == [
        "fatal: bad configuration: unknown_address_tempfail_action = BAR",
        "fatal: bad configuration: unverified_sender_tempfail_action = foo",
      ])
    #expect(logLines(["unverified_sender_tempfail_action": "DEFER"]) == [])
  }

  @Test func `stops where a policy service is malformed, and warns about table attributes`() {
    #expect(
      logLines(["smtpd_sender_restrictions": "check_policy_service foo"]) == [
        "fatal: need service transport:endpoint instead of \"foo\""
      ])
    #expect(
      logLines(["smtpd_sender_restrictions": "{ reject }"]) == [
        "warning: malformed map specification: '{ reject }'",
        "warning: expected maptype:mapname instead of 'reject'",
      ])
  }
}

@Suite struct `Findings about lists` {
  @Test func `name the mistake and the nearest name`() {
    #expect(
      findings([
        "ghost": "reject",
        "smtpd_client_restrictions": "reject_unknown_client_hostnam, ghost, sleep, 1x",
        "smtpd_sender_restrictions": "check_sender_access, reject",
        "smtpd_data_restrictions": "hash:x",
        "smtpd_recipient_restrictions": "reject_rbl a.example, reject, permit, reject_rbl_client",
      ]) == [
        "error unknown-restriction: unknown restriction 'reject_unknown_client_hostnam' "
          + "(did you mean 'reject_unknown_client_hostname'?)",
        "error unknown-restriction: unknown restriction 'ghost' "
          + "(name it in smtpd_restriction_classes to use it as a class)",
        "error missing-argument: 'sleep' needs a number of seconds, found '1x'",
        "error missing-argument: 'check_sender_access' needs a table (type:name), found 'reject'",
        "warning old-restriction-name: 'reject_rbl' is an old name (use 'reject_rbl_client')",
        "warning unreachable-restriction: 'permit' after 'reject' is never evaluated",
        "warning unreachable-restriction: 'reject_rbl_client' after 'permit' is never evaluated",
        "error missing-argument: 'reject_rbl_client' needs a DNS list domain, found the end of the list",
        "error bare-table: table 'hash:x' needs the name of a check in front "
          + "(for instance check_client_access hash:x)",
      ])
  }

  @Test func `name cycles and shadowed classes`() {
    #expect(
      findings([
        "smtpd_restriction_classes": "a b reject", "a": "b", "b": "permit_mynetworks, a",
        "reject": "permit",
      ]) == [
        "error class-cycle: class 'a' contains itself: a -> b -> a",
        "error class-cycle: class 'b' contains itself: b -> a -> b",
        "error class-shadowed: class 'reject' has the name of a restriction and is never used",
      ])
  }

  @Test func `are none for an ordinary policy`() {
    #expect(
      findings([
        "smtpd_restriction_classes": "strict", "strict": "reject_non_fqdn_sender, reject",
        "smtpd_client_restrictions":
          "permit_mynetworks, hash:c, reject_rbl_client l.example=127.0.0.2",
        "smtpd_recipient_restrictions": "check_recipient_access hash:r, warn_if_reject strict",
        "smtpd_data_restrictions": "reject_unauth_pipelining",
      ]) == [])
  }
}
