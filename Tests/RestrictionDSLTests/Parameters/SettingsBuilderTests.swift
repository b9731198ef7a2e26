import RestrictionDSL
import Testing

@Suite struct `Settings builder` {
  func build(
    _ text: String, _ overrides: [(String, String)] = [], machine: MachineFacts = .example
  ) -> (Settings, [Diagnostic]) {
    var machine = machine
    machine.configDirectory = "CONFIG"
    var builder = SettingsBuilder(
      mainCF: MainCF(SourceFile(path: "CONFIG/main.cf", text: text)),
      overrides: overrides.map { SettingsBuilder.Override($0.0, $0.1) }, environment: machine)
    builder.hostAddresses = { $0 == "localhost" ? [.v4(0x7F00_0001)] : [] }
    builder.readFile = { path in
      path == "/etc/mailname"
        ? .success(SourceFile(path: path, text: " origin.example \nx\n"))
        : .failure(
          ConfigReader.Failure(path: path, reason: "No such file or directory", errno: 2))
    }
    return builder.build()
  }

  func logged(_ text: String) -> [String] { build(text).1.flatMap(\.logLines) }

  @Test func `finds nothing to say about an empty main.cf`() {
    let (settings, diagnostics) = build("")
    #expect(diagnostics == [])
    #expect(settings.string("smtpd_banner") == "mail.example.com ESMTP Postfix")
    #expect(settings.seconds("smtpd_timeout") == 300)
    #expect(settings.string("mydomain") == "example.com")
    #expect(settings.string("mynetworks") == "127.0.0.0/8 [::1]/128")
    #expect(!settings.isSet("mynetworks"))
  }

  // Source: postconf(5) smtpd_timeout, `${stress?{10}:{300}}s`
  @Test func `takes the short limits under stress`() {
    let (settings, diagnostics) = build("", [("stress", "yes")])
    #expect(diagnostics == [])
    #expect(settings.seconds("smtpd_timeout") == 10)
    #expect(settings.int("smtpd_hard_error_limit") == 1)
    #expect(settings.bool("smtpd_per_request_deadline"))
  }

  // Source: facts §10.7
  @Test(arguments: [
    ("0", "", "mail.example.com, localhost.example.com, localhost", "no", "127.0.0.0/8 [::1]/128"),
    (
      "1", "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
      "mail.example.com, localhost.example.com, localhost", "no", "127.0.0.0/8 [::1]/128"
    ),
    (
      "2", "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination", "", "no",
      "127.0.0.1/32 [::1]/128"
    ),
    (
      "3.10", "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination", "", "yes",
      "127.0.0.1/32 [::1]/128"
    ),
  ])
  func `follows the compatibility level`(
    level: String, relay: String, domains: String, respectful: String, networks: String
  ) {
    let (settings, diagnostics) = build("compatibility_level = \(level)\n")
    #expect(diagnostics == [])
    #expect(settings.string("smtpd_relay_restrictions") == relay)
    #expect(settings.string("relay_domains") == domains)
    #expect(settings.string("respectful_logging") == respectful)
    #expect(settings.string("mynetworks") == networks)
  }

  // Source: smtpd -S of Postfix 3.7.11 with this main.cf; scenarios config-error-bad-number,
  // config-error-bad-time, config-error-negative-number
  static let fatal: [(String, [String])] = [
    ("smtpd_recipient_limit = many", ["bad numerical configuration: smtpd_recipient_limit = many"]),
    ("smtpd_recipient_limit = 0x10", ["bad numerical configuration: smtpd_recipient_limit = 0x10"]),
    (
      "smtpd_recipient_limit = 99999999999",
      ["bad numerical configuration: smtpd_recipient_limit = 99999999999"]
    ),
    ("smtpd_recipient_limit =", ["bad numerical configuration: smtpd_recipient_limit = "]),
    (
      "message_size_limit = 99999999999999999999",
      ["bad numerical configuration: message_size_limit = 99999999999999999999"]
    ),
    ("smtpd_timeout = 5x", ["parameter smtpd_timeout: bad time value or unit: 5x"]),
    ("smtpd_timeout = -5", ["parameter smtpd_timeout: bad time value or unit: -5"]),
    ("smtpd_timeout = 5 s", ["parameter smtpd_timeout: bad time value or unit: 5 s"]),
    ("smtpd_timeout =", ["parameter smtpd_timeout: bad time value or unit: "]),
    ("smtpd_timeout = 99999w", ["parameter smtpd_timeout: bad time value or unit: 99999w"]),
    ("smtpd_timeout = 0", ["invalid smtpd_timeout: 0 (min 1)"]),
    ("in_flow_delay = 11", ["invalid in_flow_delay: 11 (max 10)"]),
    ("smtpd_hard_error_limit = -1", ["invalid smtpd_hard_error_limit parameter value -1 < 1"]),
    (
      "unverified_recipient_defer_code = 500",
      ["invalid unverified_recipient_defer_code parameter value 500 > 499"]
    ),
    ("smtpd_helo_required = true", ["bad boolean configuration: smtpd_helo_required = true"]),
    ("smtpd_helo_required =", ["bad boolean configuration: smtpd_helo_required = "]),
    ("myhostname =", ["bad string length 0 < 1: myhostname = "]),
    ("default_verp_delimiters = +=x", ["bad string length 3 > 2: default_verp_delimiters = +=x"]),
    ("smtpd_expansion_filter =", ["bad string length (0 < 1): smtpd_expansion_filter = "]),
    ("compatibility_level = x", ["malformed compatibility level syntax: \"x\""]),
    (
      "syslog_facility = foo",
      ["file CONFIG/main.cf: parameter syslog_facility: unrecognized value: foo"]
    ),
    ("inet_protocols = foo", ["unknown inet_protocols value \"foo\" in \"foo\""]),
    ("mynetworks_style = foo", ["unknown mynetworks mask style value \"foo\" in \"foo\""]),
    (
      "inet_interfaces = 192.0.2.1",
      ["parameter inet_interfaces: no local interface found for 192.0.2.1"]
    ),
    (
      "inet_interfaces = nohost.invalid\nmynetworks = 127.0.0.1",
      ["config variable inet_interfaces: host not found: nohost.invalid"]
    ),
    ("myorigin = /etc/none", ["/etc/none: cannot open file: No such file or directory"]),
    (
      "smtpd_forbid_bare_newline = note",
      ["bad parameter value: 'smtpd_forbid_bare_newline = note'"]
    ),
    (
      "reject_tempfail_action = foo",
      [
        "bad configuration: unknown_helo_hostname_tempfail_action = foo",
        "bad configuration: unknown_address_tempfail_action = foo",
        "bad configuration: unverified_recipient_tempfail_action = foo",
        "bad configuration: unverified_sender_tempfail_action = foo",
      ]
    ),
    ("notify_classes = foo, bounce", ["unknown notify_classes value \"foo\" in \"foo, bounce\""]),
    (
      "receive_override_options = no_milters foo",
      ["unknown receive_override_options value \"foo\" in \"no_milters foo\""]
    ),
    ("header_from_format = foo", ["invalid setting: \"header_from_format = foo\""]),
    ("smtpd_tls_security_level = dane", ["Invalid TLS level \"dane\""]),
    (
      "smtpd_sender_login_maps = foo",
      ["open dictionary: expecting \"type:name\" form instead of \"foo\""]
    ),
  ]

  @Test(arguments: fatal)
  func `stops in the words of Postfix`(text: String, messages: [String]) {
    #expect(logged(text + "\n") == messages.map { "fatal: \($0)" })
  }

  // Source: as above
  @Test(arguments: [
    ("smtpd_timeout = 1m30s", "smtpd_timeout", "60"), ("smtpd_timeout = +5s", "smtpd_timeout", "5"),
    ("smtpd_timeout = 2h", "smtpd_timeout", "7200"), ("smtpd_timeout = 7", "smtpd_timeout", "7"),
    ("smtpd_recipient_limit = +10", "smtpd_recipient_limit", "10"),
    ("smtpd_recipient_limit = 010", "smtpd_recipient_limit", "10"),
    ("message_size_limit = -99", "message_size_limit", "-99"),
    ("message_size_limit = 9999999999999", "message_size_limit", "9999999999999"),
    ("smtpd_helo_required = YES", "smtpd_helo_required", "yes"),
    ("myhostname = a_b", "myhostname", "a_b"), ("myhostname = 1-1", "myhostname", "1-1"),
    ("myorigin = /etc/mailname", "myorigin", "origin.example"),
    ("mynetworks = 10.0.0.0/8\nmynetworks_style = foo", "mynetworks", "10.0.0.0/8"),
    ("inet_interfaces = localhost", "mynetworks", "127.0.0.0/8"),
    ("inet_interfaces = [::1]", "mynetworks", "[::1]/128"),
    ("inet_interfaces =", "mynetworks", ""),
    ("inet_protocols = ipv6", "mynetworks", "[::1]/128"),
    ("smtpd_banner = $no_such_parameter ESMTP", "smtpd_banner", " ESMTP"),
    ("default_rbl_reply = $rbl_code ${x", "default_rbl_reply", "$rbl_code ${x"),
    ("my_list = permit, $my_other\nmy_other = reject", "my_list", "permit, reject"),
    ("syslog_name = postfix/$process_name", "syslog_name", "postfix/smtpd"),
    ("syslog_name = postfix/$service_name", "syslog_name", "postfix/smtp"),
    (
      "smtpd_banner = $mail_name ($mail_version) $mail_release_date", "smtpd_banner",
      "Postfix (3.7.11) 20240304"
    ),
    ("mail_version = 9\nsmtpd_banner = $mail_version", "smtpd_banner", "9"),
  ])
  func `takes a value as Postfix does`(text: String, name: String, value: String) {
    let (settings, diagnostics) = build(text + "\n")
    #expect(diagnostics == [])
    #expect(settings.string(name) == value)
  }

  // Source: scenario asked-names-of-the-process
  @Test(arguments: [
    ("service_name = x\nmy_list = $service_name", "service_name", "smtp"),
    ("process_id = 7\nmy_list = $process_id", "process_id", "1"),
  ])
  func `says that a value cannot be set`(text: String, name: String, value: String) {
    let (settings, diagnostics) = build(text + "\n")
    #expect(settings.string("my_list") == value)
    #expect(
      diagnostics.map(\.message) == [
        "parameter '\(name)' is not honoured: every program sets it itself"
      ])
    #expect(diagnostics.first?.range?.line == 1 && diagnostics.first?.logLine == nil)
  }

  // Source: smtpd -S of Postfix 3.7.11
  @Test(arguments: [
    ("a..b", "misplaced delimiter: a..b"), ("a-", "misplaced hyphen: a-"),
    ("1.2", "numeric hostname: 1.2"), ("x@y", "invalid character 64(decimal): x@y"),
    ("/etc/mailname", "invalid character 47(decimal): /etc/mailname"),
    ("\u{E9}.x", "invalid character 195(decimal): \u{E9}.x"),
  ])
  func `refuses a bad host name`(name: String, problem: String) {
    #expect(
      logged("myhostname = \(name)\nmydomain = example.com\n") == [
        "warning: valid_hostname: \(problem)",
        "fatal: file CONFIG/main.cf: parameter myhostname: bad parameter value: \(name)",
      ])
  }

  // Source: observed with Postfix 3.7.11, all of these set at once and mended one by one
  @Test func `finds mistakes in the order of Postfix`() {
    let names = build(
      """
      smtpd_timeout = 5x
      smtpd_helo_required = foo
      smtpd_forbid_bare_newline = foo
      default_rbl_reply =
      smtpd_expansion_filter =
      smtpd_banner = ${x
      queue_minfree = x
      smtpd_recipient_limit = x
      smtpd_soft_error_limit = x
      inet_interfaces = nohost.invalid
      mynetworks_style = foo
      message_size_limit = x
      myorigin = /etc/nomailname
      double_bounce_sender =
      myhostname = a..b
      inet_protocols = foo
      syslog_facility = foo
      compatibility_level = foo

      """
    ).1.compactMap(\.range?.line)
    #expect(names == [18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 2, 1, 3])
  }

  // Source: smtpd -S of Postfix 3.7.11
  @Test func `stops at text that cannot be expanded where it is used`() {
    #expect(
      logged("list = ${x\nsmtpd_client_restrictions = $list\n") == [
        "warning: truncated macro reference: \"${x\"",
        "fatal: dictionary mail_dict: macro processing error",
      ])
    let (_, unused) = build("list = ${x\n")
    #expect(unused.map(\.logLine) == [nil])
    #expect(unused.map(\.severity) == [.warning])
    #expect(
      logged("a = $b\nb = $a\nmyhostname = $a\n") == [
        "warning: unreasonable macro call nesting: \"b\"",
        "fatal: dictionary mail_dict: macro processing error",
      ])
  }

  // Source: facts §10.6
  @Test func `lets an override change what refers to it`() {
    let (settings, diagnostics) = build(
      "smtpd_banner = $greeting\ngreeting = main\n", [("greeting", "$myhostname override")])
    #expect(diagnostics == [])
    #expect(settings.string("smtpd_banner") == "mail.example.com override")
    #expect(settings.isSet("greeting"))
  }

  @Test func `gives every element its place and its way`() {
    let (settings, diagnostics) = build(
      "smtpd_recipient_restrictions = $mine,\n  reject\nmine = permit_mynetworks\n"
        + "  check_client_access inline:{ a = b }\n")
    #expect(diagnostics == [])
    let elements = settings.elements(of: "smtpd_recipient_restrictions")
    #expect(
      elements.map(\.text) == [
        "permit_mynetworks", "check_client_access", "inline:{ a = b }", "reject",
      ])
    let note = Diagnostic.Note(
      range: SourceRange(file: "CONFIG/main.cf", line: 1, column: 32, length: 5),
      message: "reached from smtpd_recipient_restrictions through $mine")
    #expect(elements.map(\.notes) == [[note], [note], [note], []])
    #expect(
      elements.map(\.range) == [
        SourceRange(file: "CONFIG/main.cf", line: 3, column: 8, length: 17),
        SourceRange(file: "CONFIG/main.cf", line: 4, column: 3, length: 19),
        SourceRange(file: "CONFIG/main.cf", line: 4, column: 23, length: 16),
        SourceRange(file: "CONFIG/main.cf", line: 2, column: 3, length: 6),
      ])
  }

  @Test func `has no place for the elements of a default`() {
    let (settings, _) = build("compatibility_level = 3.6\n")
    let elements = settings.elements(of: "smtpd_relay_restrictions")
    #expect(elements.map(\.range) == [nil, nil, nil])
  }

  @Test func `says what an old name is called now`() {
    let (settings, diagnostics) = build(
      "smtpd_sasl_application_name = other\nvirtual_maps = inline:{a=b}\n")
    #expect(settings.string("smtpd_sasl_path") == "other")
    #expect(settings.string("virtual_alias_maps") == "inline:{a=b}")
    #expect(
      diagnostics.map(\.message) == [
        "'smtpd_sasl_application_name' is called 'smtpd_sasl_path' now",
        "'virtual_maps' is called 'virtual_alias_maps' now",
      ])
  }

  // Source: smtpd -S of Postfix 3.7.11 in a network without interfaces
  @Test func `stops on a machine without interfaces`() {
    let bare = MachineFacts(hostName: "h", interfaces: [])
    #expect(
      build("", machine: bare).1.flatMap(\.logLines) == [
        "fatal: could not find any active network interfaces"
      ])
  }

  // Source: postconf of Postfix 3.7.11 in a network with these addresses
  @Test(arguments: [
    (
      "subnet",
      "127.0.0.0/8 10.1.0.0/20 172.16.9.9/32 192.0.2.64/26 [2001:db8:1::]/48 [::1]/128"
    ),
    (
      "class",
      "127.0.0.0/8 10.0.0.0/8 172.16.0.0/16 192.0.2.0/24 [2001:db8:1::]/48 [::1]/128"
    ),
    (
      "host",
      "127.0.0.1/32 10.1.2.3/32 172.16.9.9/32 192.0.2.77/32 10.1.2.9/32 [2001:db8:1::5]/128 "
        + "[::1]/128"
    ),
  ])
  func `makes networks of the interfaces`(style: String, networks: String) throws {
    let addresses = [
      ("127.0.0.1", 8), ("10.1.2.3", 20), ("172.16.9.9", 32), ("192.0.2.77", 26),
      ("10.1.2.9", 20), ("2001:db8:1::5", 48), ("::1", 128),
    ]
    let machine = MachineFacts(
      hostName: "vm",
      interfaces: try addresses.map {
        MachineFacts.Interface(address: try #require(IPAddress($0.0)), prefixLength: $0.1)
      })
    let (settings, diagnostics) = build("mynetworks_style = \(style)\n", machine: machine)
    #expect(diagnostics == [])
    #expect(settings.string("mynetworks") == networks)
    #expect(settings.string("myhostname") == "vm.localdomain")
  }

  @Test func `reports a directory without main.cf`() {
    let (settings, diagnostics) = SettingsBuilder.load(
      directory: "/nonexistent", machine: .example)
    #expect(
      diagnostics.flatMap(\.logLines) == [
        "fatal: open /nonexistent/main.cf: No such file or directory"
      ])
    #expect(settings.int("reject_code") == 554)
  }
}
