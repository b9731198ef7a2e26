import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §10.3, §4; postconf(5) smtpd_reject_footer, smtpd_expansion_filter.
@Suite struct `A reply template` {
  private func expand(_ template: String, filter: String? = nil) -> MacroExpander.Result {
    let values = ["name": "value", "empty": "", "client": "a<b>", "level": "10"]
    return MacroExpander.expand(
      Bytes(template),
      filter: filter.map { MacroExpander.Filter(raw: $0) } ?? MacroExpander.Filter()
    ) { values[$0.text].map { Bytes($0) } }
  }

  private static let forms: [(String, String)] = [
    ("plain", "plain"), ("$name", "value"), ("${name}", "value"), ("$(name)", "value"),
    ("$name.b", "value.b"), ("$$name", "$name"), ("${name?yes}", "yes"), ("${empty?yes}", ""),
    ("${empty:no}", "no"), ("${name:no}", ""), ("${name?[$name]}", "[value]"),
    ("${name?{a}:{b}}", "a"), ("${empty?{a}:{b}}", "b"), ("${empty?{a}:b}", "b"),
    ("${name?x:y}", "x:y"),
    ("${name? { a } : {b}}", " a "), ("${{$name} == {value} ? {same} : {other}}", "same"),
    ("${{$level} > {9} ? {more} : {less}}", "more"), ("${{a} < {b}}", "true"), ("${{a} > {b}}", ""),
  ]

  @Test(arguments: forms)
  func `has these forms`(template: String, text: String) {
    #expect(expand(template) == MacroExpander.Result(text: Bytes(text)))
  }

  @Test(arguments: ["$nosuch x", "${nosuch} x"])
  func `with an unknown name goes on without it`(template: String) {
    let result = expand(template)
    #expect(
      result
        == MacroExpander.Result(text: Bytes(" x"), isBad: true, unknownNames: [Bytes("nosuch")]))
    #expect(result.warnings == ["warning: unknown macro name \"nosuch\" in expansion request"])
  }

  // Observed on 3.7.11.
  @Test(arguments: [
    ("a ${name", "truncated macro reference: \"a ${name\""),
    ("a $(name", "truncated macro reference: \"a $(name\""),
    ("a ${}", "empty macro name: \"a ${}\""), ("$-", "empty macro name: \"$-\""),
    ("a $", "empty macro name: \"a $\""),
    ("${name!}", "attribute name syntax error at: \"...name>>>!\""),
    ("${name?{x} y}", "\":\" expected at: \"...x}>>>y\""),
  ])
  func `that cannot be parsed is nothing, and says why`(template: String, mistake: String) {
    #expect(expand(template) == MacroExpander.Result(isBad: true, mistakes: [mistake]))
  }

  @Test func `that asks whether an unknown name is set is not bad`() {
    #expect(
      expand("${nosuch?{a}:{b}}")
        == MacroExpander.Result(text: Bytes("b"), unknownNames: [Bytes("nosuch")]))
  }

  @Test func `does not expand what it inserts`() {
    let result = MacroExpander.expand(Bytes("[$client]")) { _ in Bytes("$client ${") }
    #expect(result == MacroExpander.Result(text: Bytes("[$client ${]")))
  }

  @Test func `nested without end is bad, not fatal`() {
    let deep = String(repeating: "${name?", count: 300) + String(repeating: "}", count: 300)
    #expect(expand(deep).isBad)
  }

  @Test func `has its values filtered, not its own text`() {
    #expect(expand("<$client>", filter: "ab").text == Bytes("<a_b_>"))
    #expect(expand("<$client>", filter: "ab\\74\\076").text == Bytes("<a<b>>"))
  }

  // Observed on 3.7.11: the null sender shows as <>.
  @Test(arguments: [
    ("sender", "<>", "a@b"), ("sender_name", "<>", "a"), ("sender_domain", "<>", "b"),
    ("helo_name", "", "h"), ("client", "c[1.2.3.4]", "c[1.2.3.4]"), ("localtime", "t", "t"),
    ("server_name", "s", "s"), ("client_port", "25", "25"),
  ])
  func `knows the session`(name: String, null: String, full: String) {
    let client = Client(
      name: Bytes("c"), nameStatus: .ok, reverseName: Bytes("r"), reverseNameStatus: .ok,
      addressText: Bytes("1.2.3.4"), address: IPAddress("1.2.3.4"), port: Bytes("25"),
      nameAndAddress: Bytes("c[1.2.3.4]"))
    func value(_ sender: String, _ helo: String?) -> Bytes? {
      ReplyMacros(
        client: client, helo: helo.map { Bytes($0) }, sender: Bytes(sender), recipient: nil,
        serverName: Bytes("s"), localTime: { Bytes("t") }
      ).value(of: Bytes(name))
    }
    #expect(value("", nil) == Bytes(null))
    #expect(value("a@b", "h") == Bytes(full))
    #expect(
      ReplyMacros(
        client: client, helo: nil, sender: nil, recipient: nil, serverName: [], localTime: { [] }
      ).value(of: Bytes("nosuch")) == nil)
  }
}

// Source: facts restrictions.md §5.8, §3; messages of Postfix 3.7.11.
@Suite struct `The filter of a DNS list` {
  @Test(arguments: [
    ("127.0.0.2", "127.0.0.2", true), ("127.0.0.2", "127.0.0.3", false),
    ("127.0.[0;2..4].[1;3]", "127.0.3.3", true), ("127.0.[0;2..4].[1;3]", "127.0.1.3", false),
    ("127.0.0.2", "::1", false), ("[127.0.0.2]", "127.0.0.2", true),
    ("[127].0.0.[2]", "127.0.0.2", true), ("[127.0.0.[2]]", "127.0.0.2", true),
    ("127.0.0.00000000000002", "127.0.0.2", true),
  ])
  func `matches`(pattern: String, address: String, isMatch: Bool) throws {
    let filter = try DNSListFilter(Bytes(pattern))
    let address = try #require(IPAddress(address) as IPAddress?)
    #expect(filter.matches(address) == isMatch)
  }

  @Test(arguments: [
    ("127.0.0.>256<", "need decimal number 0..255 or \"[\""),
    ("127.0.0.[2..><", "numeric range error"),
    ("127.0.0.[5..>2<]", "numeric range error"), ("127.0.0><", "need \".\""),
    ("127.0.0.1>.<2", "garbage after pattern"), ("127.0.0.[1><", "need \";\" or \"]\""),
    ("127.0.0.[1>,<2]", "need \";\" or \"]\""), ("127.0.0.[>]<", "need decimal number 0..255"),
  ])
  func `says where it is wrong`(marked: String, reason: String) {
    let pattern = marked.filter { $0 != ">" && $0 != "<" }
    #expect(throws: DNSListFilter.SyntaxError(message: "\(reason) at \"\(marked)\"")) {
      try DNSListFilter(Bytes(pattern))
    }
  }
}

// Source: messages of Postfix 3.7.11.
@Test(arguments: [
  ("", "empty address pattern"), ("[]", "empty address pattern"),
  ("[127.0.0.2", "missing \"]\" character"),
])
func `A filter of a DNS list without a pattern`(pattern: String, message: String) {
  #expect(throws: DNSListFilter.SyntaxError(message: message)) {
    try DNSListFilter(Bytes(pattern))
  }
}

// Source: facts restrictions.md §4 "DSN handling".
@Suite struct `An enhanced status` {
  @Test(arguments: [
    ("5.1.1", [".1.7", ".1.1"]), ("5.1.2", [".1.8", ".1.2"]), ("5.1.3", [".1.7", ".1.3"]),
    ("5.1.4", [".1.7", ".1.4"]), ("5.1.5", [".1.0", ".1.5"]), ("5.1.6", [".1.7", ".1.6"]),
    ("5.1.7", [".1.7", ".1.3"]), ("5.1.8", [".1.8", ".1.2"]), ("5.1.9", [".1.0", ".1.0"]),
    ("4.1.10", [".1.0", ".1.0"]),
  ])
  func `of an address fits the class of the reply`(status: String, adapted: [String]) {
    for (replyClass, detail) in zip([ReplyClass.sender, .recipient], adapted) {
      let new = Bytes(status.prefix(1) + detail)
      #expect(
        EnhancedStatus.adapted(Bytes(status), to: replyClass) == (new == Bytes(status) ? nil : new))
    }
    #expect(EnhancedStatus.adapted(Bytes(status), to: .client) == Bytes(status.prefix(1) + ".0.0"))
  }

  @Test func `of another subject stays`() {
    #expect(EnhancedStatus.adapted(Bytes("5.7.1"), to: .sender) == nil)
  }

  @Test(arguments: [
    ("5.7.1", true), ("4.123.999", true), ("3.7.1", false), ("5.7", false), ("5.7.1000", false),
  ])
  func `has three numbers`(status: String, isValid: Bool) {
    #expect(EnhancedStatus.isValid(Bytes(status)) == isValid)
  }
}

// Source: facts restrictions.md §4.
@Suite struct `A log line of an access decision` {
  private func subject(_ full: Bool) -> LogLines.Subject {
    LogLines.Subject(
      queueID: full ? Bytes("4AB") : nil, command: Bytes("RCPT"), client: Bytes("c[1.2.3.4]"),
      sender: full ? [] : nil, recipient: full ? Bytes("r@x") : nil,
      protocolName: full ? Bytes("ESMTP") : nil, helo: full ? Bytes("h") : nil)
  }

  @Test func `leaves out what is not known`() {
    #expect(
      LogLines.access(.reject, Bytes("t"), subject(true), keepsUTF8: true).text
        == "4AB: reject: RCPT from c[1.2.3.4]: t; from=<> to=<r@x> proto=ESMTP helo=<h>")
    #expect(
      LogLines.access(.rejectWarning, Bytes("t"), subject(false), keepsUTF8: true).text
        == "NOQUEUE: reject_warning: RCPT from c[1.2.3.4]: t;")
  }

  @Test(arguments: [(true, "aé?b??"), (false, "a???b??")])
  func `is printable`(keepsUTF8: Bool, text: String) {
    var bytes = Bytes("aé\u{1}b") + [0xC3, 0xFF]
    LogLines.makePrintable(&bytes, replacement: 0x3F, keepsUTF8: keepsUTF8)
    #expect(bytes.text == text)
  }
}
