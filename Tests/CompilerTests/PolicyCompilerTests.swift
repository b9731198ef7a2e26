import Compiler
import RestrictionDSL
import Testing

/// Settings of a service from a few parameters; what the shape of programs depends on has the 3.7
/// defaults.
func settings(_ values: [String: String]) -> Settings {
  var entries: [String: Settings.Entry] = [:]
  let defaults = [
    "smtpd_delay_reject": "yes", "smtpd_relay_before_recipient_restrictions": "yes",
    "smtpd_reject_unlisted_recipient": "yes",
    "smtpd_relay_restrictions": "reject_unauth_destination",
    "mynetworks": "127.0.0.0/8", "smtpd_sasl_auth_enable": "yes",
  ]
  for (name, value) in defaults { entries[name] = Settings.Entry(value: value, range: nil) }
  for (name, value) in values {
    entries[name] = Settings.Entry(
      value: value, range: SourceRange(file: "main.cf", line: 1, column: 1))
  }
  return Settings(entries: entries)
}

/// The program of some parameters as text.
func disassembly(_ values: [String: String], passes: PassSelection = .none) -> String {
  Disassembler.text(of: PolicyCompiler(settings: settings(values)).compile(passes: passes).program)
}

@Suite struct `A compiled policy` {
  // Source: facts restrictions.md §1, order inside one RCPT with smtpd_delay_reject=yes.
  @Test func `with smtpd_delay_reject RCPT runs all lists`() {
    #expect(
      disassembly([
        "smtpd_client_restrictions": "permit_mynetworks, reject",
        "smtpd_recipient_restrictions": "check_recipient_access hash:/etc/r",
      ]) == """
        rcpt, vrfy:
          0 enter client -> 1 | 3
          1 permit_mynetworks -> 2 | 3 connection
          2 reject -> 3
          3 leave client -> 4
          4 enter helo -> 5
          5 leave helo -> 6
          6 enter sender -> 7
          7 leave sender -> 8
          8 enter relay -> 9 | 10
          9 reject_unauth_destination -> 10 recipient
          10 leave relay -> 11
          11 enter recipient -> 12 | 13
          12 check_recipient_access hash:/etc/r -> 13 recipient
          13 leave recipient -> 14
          14 apply-defer-if-permit -> 15
          15 unlisted-recipient -> 16 recipient
          16 accept .
        etrn:
          17 enter client -> 18 | 20
          18 permit_mynetworks -> 19 | 20 connection
          19 reject -> 20
          20 leave client -> 21
          21 enter helo -> 22
          22 leave helo -> 23
          23 enter etrn -> 24
          24 leave etrn -> 25
          25 apply-defer-if-permit -> 26
          26 accept .
        data:
          27 enter data -> 28
          28 leave data -> 29
          29 apply-defer-if-permit -> 30
          30 accept .
        end-of-data:
          31 enter end-of-data -> 32
          32 leave end-of-data -> 33
          33 apply-defer-if-permit -> 34
          34 accept .

        """)
  }
}
