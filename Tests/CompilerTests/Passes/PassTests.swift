import Compiler
import RestrictionDSL
import Testing

/// The RCPT chain of some parameters, before and after one pass, one node a line without addresses.
private func chains(
  _ values: [String: String], _ pass: any Pass.Type
) -> (before: [String], after: [String], measures: (Int, Int)) {
  let compiler = PolicyCompiler(settings: settings(values))
  let before = compiler.graph(passes: .none)
  let after = compiler.graph(passes: PassSelection(names: [pass.name]))
  return (rcpt(before), rcpt(after), (pass.init().measure(before), pass.init().measure(after)))
}

/// What RCPT does, in order, without the structure.
private func rcpt(_ graph: DecisionGraph) -> [String] {
  var lines: [String] = []
  var cursor = graph.entries[Int(Entry.rcpt.rawValue)]
  while let index = cursor, let node = graph.nodes[index] {
    if node.leave != nil, let operation = node.operation {
      if case .enter = operation {} else { lines.append(line(operation, node)) }
    }
    cursor = node.next ?? node.leave
  }
  return lines
}

private func line(_ operation: Operation, _ node: DecisionGraph.Node) -> String {
  var text = (node.warns ? "warn " : "") + operation.mnemonic
  if node.next == nil { text += " !" }
  if let slot = node.slot { text += " @\(slot)" }
  if node.continuesTable { text += " &" }
  return text
}

@Suite struct `FoldConstants pass` {
  // Source: facts restrictions.md §5.2: SASL off, empty mynetworks, static tables have one answer.
  @Test func `removes tests with a known answer`() {
    let result = chains(
      [
        "mynetworks": "", "smtpd_sasl_auth_enable": "no",
        "smtpd_client_restrictions": """
        permit_mynetworks, permit_sasl_authenticated, permit_tls_clientcerts,
        check_client_access static:DUNNO, check_client_access inline:{a=dunno},
        reject_non_fqdn_sender
        """,
      ], FoldConstants.self)
    #expect(
      result.before == [
        "permit_mynetworks", "permit_sasl_authenticated", "permit_tls_clientcerts",
        "check_client_access static:DUNNO", "check_client_access inline:{a=dunno}",
        "reject_non_fqdn_sender", "reject_unauth_destination",
      ])
    #expect(result.after == ["reject_non_fqdn_sender", "reject_unauth_destination"])
    #expect(result.measures.1 < result.measures.0)
  }

  @Test func `keeps tests whose answer depends on facts`() {
    let result = chains(
      [
        "smtpd_client_restrictions": "permit_mynetworks, check_client_access inline:{a=warn x}",
        "smtpd_helo_restrictions": "check_helo_access static:DUNNO",
      ], FoldConstants.self)
    #expect(result.after == result.before)
  }

  @Test func `cuts what goes on behind a table that always decides`() {
    let result = chains(
      ["smtpd_client_restrictions": "check_client_access static:OK, reject"], FoldConstants.self)
    #expect(
      result.after == ["check_client_access static:OK !", "reject_unauth_destination"])
  }

  // Source: facts restrictions.md §2 step 7: the second list evaluates its first element.
  @Test func `keeps the first element of the second recipient list`() {
    let result = chains(
      ["mynetworks": "", "smtpd_recipient_restrictions": "permit_mynetworks, permit_mynetworks"],
      FoldConstants.self)
    #expect(result.after == ["reject_unauth_destination", "permit_mynetworks"])
  }
}

@Suite struct `DropUnreachable pass` {
  @Test func `removes what follows a decision`() {
    let result = chains(
      [
        "smtpd_client_restrictions": "permit, sleep 1",
        "smtpd_sender_restrictions": "no_such_word, sleep 2",
        "smtpd_helo_restrictions": "warn_if_reject reject, sleep 3, reject, sleep 4",
      ], DropUnreachable.self)
    #expect(
      result.before == [
        "permit (ignored: sleep)", "sleep 1", "warn reject", "sleep 3", "reject (ignored: sleep)",
        "sleep 4", "misconfigured unknownRestriction(\"no_such_word\")", "sleep 2",
        "reject_unauth_destination",
      ])
    #expect(
      result.after == [
        "permit (ignored: sleep) !", "warn reject", "sleep 3", "reject (ignored: sleep) !",
        "misconfigured unknownRestriction(\"no_such_word\") !", "reject_unauth_destination",
      ])
    #expect(result.measures.1 < result.measures.0)
  }
}

@Suite struct `RemoveRetests pass` {
  @Test func `removes a pure test that was made before`() {
    let result = chains(
      [
        "smtpd_sender_restrictions": "reject_non_fqdn_sender, check_sender_access hash:s",
        "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
        "smtpd_recipient_restrictions":
          "permit_mynetworks, reject_non_fqdn_sender, permit_mynetworks",
      ], RemoveRetests.self)
    #expect(
      result.after == [
        "reject_non_fqdn_sender", "check_sender_access hash:s", "permit_mynetworks",
        "reject_unauth_destination", "permit_mynetworks", "reject_non_fqdn_sender",
      ])
    #expect(result.measures.1 < result.measures.0)
  }

  // HELO list: it is skipped without HELO. Sender list: it is skipped by VRFY, which shares the
  // program.
  @Test func `keeps a test of a list that may be skipped`() {
    let result = chains(
      [
        "smtpd_client_restrictions": "reject_non_fqdn_sender",
        "smtpd_sender_restrictions": "reject_non_fqdn_sender, reject_non_fqdn_recipient",
        "smtpd_recipient_restrictions": "permit_mynetworks, reject_non_fqdn_recipient",
      ], RemoveRetests.self)
    #expect(
      result.after == [
        "reject_non_fqdn_sender", "reject_non_fqdn_recipient", "reject_unauth_destination",
        "permit_mynetworks", "reject_non_fqdn_recipient",
      ])
  }

  @Test func `learns nothing under warn_if_reject`() {
    let result = chains(
      [
        "smtpd_client_restrictions": "warn_if_reject reject_non_fqdn_sender, reject_non_fqdn_sender"
      ],
      RemoveRetests.self)
    #expect(result.after == result.before)
  }

  // Source: facts restrictions.md §2 step 7: the second list evaluates its first element.
  @Test func `keeps the first element of the second recipient list`() {
    let result = chains(
      [
        "smtpd_relay_restrictions": "reject_non_fqdn_sender, check_client_access hash:c",
        "smtpd_recipient_restrictions":
          "reject_non_fqdn_sender, check_client_access hash:d, reject_non_fqdn_sender",
      ], RemoveRetests.self)
    #expect(
      result.after == [
        "reject_non_fqdn_sender", "check_client_access hash:c", "reject_non_fqdn_sender",
        "check_client_access hash:d",
      ])
  }

  // Source: facts restrictions.md §10.7: each accepted destination is logged below level 2.
  @Test func `keeps relay checks that log the old default of relay_domains`() {
    let lists = [
      "smtpd_relay_restrictions": "reject_unauth_destination, reject_unauth_destination"
    ]
    #expect(chains(lists, RemoveRetests.self).after == ["reject_unauth_destination"])
    var entries: [String: Settings.Entry] = [:]
    entries["relay_domains"] = Settings.Entry(value: "example.com", range: nil)
    entries["smtpd_relay_restrictions"] = Settings.Entry(
      value: lists["smtpd_relay_restrictions"] ?? "", range: nil)
    entries["smtpd_relay_before_recipient_restrictions"] = Settings.Entry(value: "yes", range: nil)
    let graph = PolicyCompiler(settings: Settings(entries: entries)).graph(
      passes: PassSelection(names: [RemoveRetests.name]))
    #expect(rcpt(graph) == ["reject_unauth_destination", "reject_unauth_destination"])
  }
}

@Suite struct `ShareFacts pass` {
  @Test func `gives equal tests one slot, and none to volatile ones`() {
    let result = chains(
      [
        "smtpd_client_restrictions": """
        check_client_access hash:c, check_client_access tcp:c, reject_rbl_client l.example,
        check_policy_service inet:p:1
        """,
        "smtpd_recipient_restrictions":
          "check_client_access hash:c, check_recipient_access hash:r, warn_if_reject "
          + "reject_rbl_client l.example",
      ], ShareFacts.self)
    #expect(
      result.after == [
        "check_client_access hash:c @0", "check_client_access tcp:c",
        "reject_rbl_client l.example @1", "check_policy_service inet:p:1",
        "reject_unauth_destination", "check_client_access hash:c @0",
        "check_recipient_access hash:r", "warn reject_rbl_client l.example @1",
      ])
    #expect(result.measures.1 < result.measures.0)
  }

  @Test func `keeps recipient tests only where they are named twice`() {
    let result = chains(
      [
        "smtpd_recipient_restrictions":
          "check_recipient_access hash:r, reject_unauth_destination, permit_auth_destination"
      ], ShareFacts.self)
    #expect(
      result.after == [
        "reject_unauth_destination @0", "check_recipient_access hash:r",
        "reject_unauth_destination @0", "permit_auth_destination",
      ])
  }
}

@Suite struct `BatchAccess pass` {
  @Test func `marks neighbours with the same table`() {
    let result = chains(
      [
        "smtpd_sender_restrictions": """
        check_client_access hash:a, check_helo_access hash:a, check_sender_access hash:b,
        check_recipient_access hash:a
        """
      ], BatchAccess.self)
    #expect(
      result.after == [
        "check_client_access hash:a", "check_helo_access hash:a &", "check_sender_access hash:b",
        "check_recipient_access hash:a", "reject_unauth_destination",
      ])
    #expect(result.measures == (1, 0))
  }
}

@Suite struct `InlineClasses pass` {
  // Source: facts restrictions.md §2 step 6: warn_if_reject covers the whole class.
  @Test func `puts elements in the place of a class, nested ones too`() {
    let values = [
      "smtpd_restriction_classes": "outer inner", "outer": "reject_non_fqdn_sender, inner",
      "inner": "hash:x, reject", "smtpd_client_restrictions": "warn_if_reject outer, sleep 1",
      "smtpd_sender_restrictions": "inner",
    ]
    let graph = PolicyCompiler(settings: settings(values)).graph(passes: .none)
    #expect(
      rcpt(graph) == [
        "warn reject_non_fqdn_sender", "warn check_client_access hash:x", "warn reject", "sleep 1",
        "check_sender_access hash:x", "reject", "reject_unauth_destination",
      ])
    #expect(InlineClasses().measure(graph) == 0)
  }

  @Test func `makes a configuration error of a class that contains itself`() {
    let values = [
      "smtpd_restriction_classes": "a b", "a": "sleep 1, b", "b": "permit_mynetworks a",
      "smtpd_client_restrictions": "a, sleep 2",
    ]
    #expect(
      rcpt(PolicyCompiler(settings: settings(values)).graph(passes: .none)) == [
        "sleep 1", "permit_mynetworks", "misconfigured classCycle(\"a\")", "sleep 2",
        "reject_unauth_destination",
      ])
  }
}

@Suite struct `Selection of passes` {
  @Test func `knows all, none and lists of names`() {
    #expect(PassSelection("all") == .all)
    #expect(PassSelection("none") == PassSelection.none)
    #expect(
      PassSelection("fold-constants,share-facts")
        == PassSelection(names: ["fold-constants", "share-facts"]))
    #expect(PassSelection("fold-constants,no-such-pass") == nil)
    #expect(PassSelection("") == nil)
  }
}
