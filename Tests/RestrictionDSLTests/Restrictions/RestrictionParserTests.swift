import RestrictionDSL
import Testing

private func kinds(_ text: String, classes: Set<String> = []) -> [String] {
  RestrictionParser(classes: classes).parse(text).restrictions.map { restriction in
    let warns = restriction.warns ? "warn " : ""
    let follower = restriction.follower.map { " | \($0)" } ?? ""
    switch restriction.kind {
    case .builtin(let name, let argument):
      return warns + name.rawValue + (argument.map { " <\($0.text)>" } ?? "") + follower
    case .bareTable: return warns + "table \(restriction.element.text)" + follower
    case .class: return warns + "class \(restriction.element.text)" + follower
    case .unknown: return warns + "unknown \(restriction.element.text)" + follower
    }
  }
}

@Suite struct `Restriction list` {
  // Source: facts restrictions.md §10.5, scenario restriction-separators.
  @Test func `is separated by commas and white space`() {
    #expect(
      kinds("permit_mynetworks,reject_unauth_destination\n , sleep\t3\n   permit") == [
        "permit_mynetworks | reject_unauth_destination", "reject_unauth_destination | sleep",
        "sleep <3> | permit", "permit",
      ])
  }

  // Source: facts restrictions.md §2 step 4.
  @Test func `has built-in names of either case and classes of one`() {
    #expect(
      kinds("PERMIT_MyNetworks strict Strict reject", classes: ["strict", "reject"]) == [
        "permit_mynetworks | strict", "class strict | Strict", "unknown Strict | reject", "reject",
      ])
  }

  // Source: observed on 3.7.11: the pair of login checks is a class.
  @Test func `knows reject_sender_login_mismatch in lower case only`() {
    #expect(kinds("reject_sender_login_mismatch") == ["reject_sender_login_mismatch"])
    #expect(kinds("REJECT_sender_login_mismatch") == ["unknown REJECT_sender_login_mismatch"])
  }

  // Source: facts restrictions.md §2 step 2.
  @Test func `puts warn_if_reject on the next restriction`() {
    #expect(
      kinds("warn_if_reject warn_if_reject reject permit warn_if_reject") == [
        "warn reject | permit", "permit | warn_if_reject",
      ])
  }

  // Source: facts restrictions.md §2 step 3 and scenario config-error-argument-is-keyword.
  @Test func `takes tables and arguments as they come`() {
    #expect(
      kinds("hash:a, check_sender_access, reject, check_client_access { inline:{a=b c} }") == [
        "table hash:a | check_sender_access", "check_sender_access <reject> | check_client_access",
        "check_client_access <{ inline:{a=b c} }>",
      ])
    #expect(kinds("check_sender_access") == ["check_sender_access"])
    #expect(kinds("reject_rbl_client") == ["reject_rbl_client"])
  }

  // Source: facts restrictions.md §11.
  @Test(arguments: [
    ("reject_unknown_client", RestrictionName.rejectUnknownClientHostname),
    ("reject_invalid_hostname", .rejectInvalidHeloHostname),
    ("reject_unknown_hostname", .rejectUnknownHeloHostname),
    ("reject_non_fqdn_hostname", .rejectNonFQDNHeloHostname),
    ("reject_unknown_address", .rejectUnknownSenderDomain),
    ("check_recipient_maps", .rejectUnlistedRecipient), ("reject_rbl", .rejectRBLClient),
  ])
  func `knows the old names`(spelling: String, name: RestrictionName) {
    #expect(RestrictionCatalog.entry(spelling)?.name == name)
    #expect(RestrictionCatalog.entry(spelling)?.modern == name.rawValue)
    #expect(RestrictionCatalog.entry(name.rawValue)?.modern == nil)
  }

  @Test func `has one current row for every name`() {
    for name in RestrictionName.allCases {
      #expect(RestrictionCatalog.entry(of: name).spelling == name.rawValue)
    }
    #expect(RestrictionCatalog.all.count == RestrictionName.allCases.count + 7)
  }
}

@Suite struct `Table reference` {
  // Source: observed on 3.7.11, start-up messages.
  @Test func `says what is wrong with its attributes`() {
    #expect(TableReference("hash:x") == .plain(TableSpec(type: "hash", name: "x")))
    #expect(
      TableReference("{ static:OK { search_order = issuer_cn, cert_fingerprint } }")
        == .attributed(
          TableSpec(type: "static", name: "OK"), searchOrder: ["issuer_cn", "cert_fingerprint"]))
    #expect(
      TableReference("{ reject }")
        == .malformed(
          table: nil,
          messages: [
            "malformed map specification: '{ reject }'",
            "expected maptype:mapname instead of 'reject'",
          ]))
    #expect(
      TableReference("{ static:OK { foo = x } }")
        == .malformed(
          table: TableSpec(type: "static", name: "OK"),
          messages: ["unknown map attribute in '{ static:OK { foo = x } }': 'foo'"]))
    #expect(
      TableReference("{ inline:{a=b}, search_order=x }")
        == .malformed(
          table: TableSpec(type: "inline", name: "{a=b}"),
          messages: ["unknown search type 'x' in '{ inline:{a=b}, search_order=x }'"]))
    #expect(
      TableReference("{ static:OK, search_order = cert_fingerprint }")
        == .malformed(
          table: TableSpec(type: "static", name: "OK"),
          messages: [
            "malformed map attribute in '{ static:OK, search_order = cert_fingerprint }': "
              + "'missing '=' after attribute name'"
          ]))
    #expect(TableReference("reject") == nil)
  }
}

@Suite struct `Policy service argument` {
  @Test func `names an endpoint with options`() throws {
    let plain = try PolicyService("inet:127.0.0.1:9998")
    #expect(plain.endpoint == .inet(host: "127.0.0.1", port: "9998"))
    #expect(plain.overrides == [:])
    #expect(try PolicyService("unix:private/policy").endpoint == .unix(path: "private/policy"))
    let text = "{ inet:[::1]:12, timeout=2m, { default_action = 450 4.3.5 later, please } }"
    let options = try PolicyService(text)
    #expect(options.text == text)
    #expect(options.endpoint == .inet(host: "::1", port: "12"))
    #expect(
      options.overrides == ["timeout": "120", "default_action": "450 4.3.5 later, please"])
  }

  // Source: observed on 3.7.11, `fatal:` lines at start.
  @Test(arguments: [
    ("foo", "need service transport:endpoint instead of \"foo\""),
    ("foo:bar", "invalid transport name: foo in service: foo:bar"),
    ("{ inet:localhost:1, foo=bar }", "unknown option: \"foo = bar\""),
    ("{ inet:localhost:1, try_limit=0 }", "invalid try_limit parameter value 0 < 1"),
    ("{ inet:localhost:1, timeout=xx }", "timeout: bad time value or unit: xx"),
    ("{ }", "empty policy service: \"{ }\""),
    (
      "{ inet:localhost:1, foo }",
      "malformed option: missing '=' after attribute name: \"...foo...\""
    ),
    (
      "{ inet:localhost:1, try_limit=1",
      "policy service syntax error:  inet:localhost:1, try_limit=1"
    ),
  ])
  func `stops the server where it is malformed`(text: String, message: String) {
    #expect(throws: PolicyService.Problem(message: message)) { try PolicyService(text) }
  }
}

@Suite struct `Nearest name` {
  @Test(arguments: [
    ("reject_unknown_recipient_domian", "reject_unknown_recipient_domain"),
    ("reject_unauth_destinations", "reject_unauth_destination"),
    ("permit_mynetwork", "permit_mynetworks"), ("rejct", "reject"), ("xyzzy", nil),
  ])
  func `is found within a third of the letters`(text: String, expected: String?) {
    #expect(NearestName.of(text, among: RestrictionCatalog.all.map(\.spelling)) == expected)
  }
}
