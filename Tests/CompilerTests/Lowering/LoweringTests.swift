import Compiler
import RestrictionDSL
import Testing

/// Operations of a list of one stage, unoptimised.
private func operations(_ stage: Stage, _ list: String, _ more: [String: String] = [:]) -> [String]
{
  var values = more
  values[stage.parameterName] = list
  let program = PolicyCompiler(settings: settings(values)).compile(passes: .none).program
  var lines: [String] = []
  var inside = false
  for node in program.nodes {
    let operation = program.operations[Int(node.operation)]
    if operation == .leave(stage) && inside { return lines }
    if inside { lines.append(operation.mnemonic) }
    if operation == .enter(stage) { inside = true }
  }
  return lines
}

@Suite struct `Lowering` {
  @Test func `gives every restriction of the catalogue its operation`() {
    for entry in RestrictionCatalog.all where entry.name != .warnIfReject {
      let argument =
        switch entry.argument {
        case .none, .restriction: ""
        case .table: " hash:t"
        case .domain: " list.example"
        case .policyService: " inet:p:1"
        case .number: " 3"
        }
      let current = entry.name.rawValue + argument
      let expected =
        entry.name == .rejectSenderLoginMismatch
        ? [
          "reject_authenticated_sender_login_mismatch",
          "reject_unauthenticated_sender_login_mismatch",
        ] : [current]
      #expect(operations(.sender, entry.spelling + argument) == expected)
    }
  }

  // Source: facts restrictions.md §3, "Run-time errors"; arguments at the list end observed on
  // 3.7.11.
  @Test(arguments: [
    (
      "CHECK_sender_access",
      Misconfiguration.badTableArgument(
        restriction: "check_sender_access", argument: "CHECK_sender_access")
    ),
    (
      "CHECK_sender_access REJECT",
      .badTableArgument(
        restriction: "check_sender_access", argument: "REJECT")
    ),
    ("CHECK_policy_service", .missingPolicyServer),
    ("check_policy_service foo", .missingPolicyServer),
    ("SLEEP", .badSleep), ("sleep 1x", .badSleep),
    ("{ reject }", .unknownRestriction("{ reject }")),
    (
      "check_ccert_access { static:OK { search_order = foo } }",
      .tableAttributes("{ static:OK { search_order = foo } }")
    ),
  ])
  func `keeps mistakes until they are reached`(list: String, mistake: Misconfiguration) {
    #expect(operations(.sender, list) == ["misconfigured \(mistake)"])
  }

  @Test func `makes a warning of a DNS list without domain`() {
    #expect(
      operations(.client, "REJECT_rbl_client") == [
        "warning \"restriction REJECT_rbl_client requires domain name argument\""
      ])
  }

  // Source: facts restrictions.md §1, last column.
  @Test(arguments: [
    (Stage.client, "check_client_access hash:x"), (.helo, "check_helo_access hash:x"),
    (.sender, "check_sender_access hash:x"), (.relay, "check_recipient_access hash:x"),
    (.recipient, "check_recipient_access hash:x"), (.etrn, "check_etrn_access hash:x"),
    (.data, "misconfigured bareTable(\"hash:x\")"),
    (.endOfData, "misconfigured bareTable(\"hash:x\")"),
  ])
  func `gives a bare table the check of its stage, in classes too`(stage: Stage, expected: String) {
    #expect(operations(stage, "hash:x") == [expected])
    let classes = ["smtpd_restriction_classes": "c", "c": "hash:x"]
    #expect(operations(stage, "c", classes) == [expected])
  }

  // Source: facts restrictions.md §1, smtpd_delay_reject=no.
  @Test func `without delay gives each command its list`() {
    let program = PolicyCompiler(
      settings: settings([
        "smtpd_delay_reject": "no", "smtpd_client_restrictions": "sleep 1",
        "smtpd_reject_unlisted_sender": "yes",
      ])
    ).compile().program
    #expect(
      Disassembler.text(of: program) == """
        connect:
          0 enter client -> 1 | 2
          1 sleep 1 -> 2 volatile
          2 leave client -> 3
          3 accept .
        helo:
          4 enter helo -> 5
          5 leave helo -> 6
          6 accept .
        mail:
          7 enter sender -> 8
          8 leave sender -> 9
          9 unlisted-sender -> 10 sender
          10 accept .
        rcpt, vrfy:
          11 enter relay -> 12 | 13
          12 reject_unauth_destination -> 13 recipient
          13 leave relay -> 14
          14 enter recipient -> 15
          15 leave recipient -> 16
          16 apply-defer-if-permit -> 17
          17 unlisted-recipient -> 18 recipient
          18 accept .
        etrn:
          19 enter etrn -> 20
          20 leave etrn -> 21
          21 apply-defer-if-permit -> 22
          22 accept .

        """)
  }

  // Source: facts restrictions.md §10.7; observed on 3.7.11 at compatibility_level 0.
  @Test func `stands in for an unset relay list below level 1`() {
    var entries: [String: Settings.Entry] = [:]
    for (name, value) in [
      ("smtpd_relay_restrictions", ""), ("smtpd_recipient_restrictions", "reject"),
      ("smtpd_delay_reject", "no"), ("smtpd_relay_before_recipient_restrictions", "no"),
    ] {
      entries[name] = Settings.Entry(value: value, range: nil)
    }
    let program = PolicyCompiler(settings: Settings(entries: entries)).compile(passes: .none)
      .program
    let start = program.start(of: .rcpt) ?? 0
    #expect(
      program.nodes[start...].prefix(9).map { program.operations[Int($0.operation)].mnemonic } == [
        "enter recipient", "reject", "leave recipient", "enter relay", "permit_mynetworks",
        "permit_sasl_authenticated", "permit_auth_destination", "warn-empty-relay-default",
        "leave relay",
      ])
  }

  // Source: observed on 3.7.11, order of `error: unsupported dictionary type` lines.
  @Test func `names tables and policy services in the order in which they are opened`() {
    let result = PolicyCompiler(
      settings: settings([
        "smtpd_sender_restrictions":
          "check_sender_access a:1, reject_rbl_client b:2, check_policy_service inet:localhost:1, a:1",
        "smtpd_client_restrictions": "c:3, check_ccert_access { d:4 { search_order = issuer_cn } }",
        "smtpd_restriction_classes": "cc", "cc": "e:5",
      ])
    ).compile()
    #expect(result.tables.map(\.description) == ["c:3", "d:4", "a:1", "b:2", "e:5"])
    #expect(result.policyServices == ["inet:localhost:1"])
  }
}

@Suite struct `Fragment` {
  private func fragment(_ text: String, stage: Stage = .recipient) -> String {
    let compiler = PolicyCompiler(
      settings: settings(["smtpd_restriction_classes": "c", "c": "reject, hash:x"]))
    return Disassembler.text(of: compiler.compileFragment(text, stage: stage))
  }

  // A reject in it may be under the warn_if_reject of the access check, so it goes on.
  @Test func `starts at node 0 and ends in leave`() {
    #expect(
      fragment("reject_non_fqdn_sender, c, permit, sleep 1") == """
          0 reject_non_fqdn_sender -> 1 | 4 sender
          1 reject (ignored: hash:x) -> 2 | 4
          2 check_recipient_access hash:x -> 3 | 4 recipient
          3 permit (ignored: sleep) -> 4
          4 leave recipient .

        """)
    #expect(fragment("warn_if_reject") == "  0 leave recipient .\n")
  }

  @Test func `has no entries and no slots`() {
    let compiler = PolicyCompiler(settings: settings([:]))
    let program = compiler.compileFragment("permit_mynetworks permit_mynetworks", stage: .client)
    #expect(program.entries.allSatisfy { $0 == .max })
    #expect(program.slotCount == 0)
  }
}
