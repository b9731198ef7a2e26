import RestrictionDSL
import Testing

@Suite struct `Host name` {
  // Source: facts restrictions.md §5.3 "Valid host name".
  @Test(arguments: [
    ("a.b", true), ("a_b.c", true), ("a-b.c", true), ("1a.2", true), ("localhost", true),
    (String(repeating: "a", count: 63), true), (String(repeating: "a", count: 64), false),
    ("", false), (".", false), ("a.", false), (".a", false), ("a..b", false), ("-a.b", false),
    ("a-.b", false), ("a.b-", false), ("1.2.3.4", false), ("12", false), ("a b", false),
    ("a/b", false), ("é.x", false),
    (String(repeating: "abcd.", count: 50) + "abcde", true),
    (String(repeating: "abcd.", count: 50) + "abcdef", false),
  ])
  func `is valid`(name: String, isValid: Bool) {
    #expect(DomainName.isValidHostname(Bytes(name).span) == isValid)
  }

  // Source: Tests/Facts/resolved-addresses.tsv (literals), facts restrictions.md §5.3.
  @Test(arguments: [
    ("[1.2.3.4]", true), ("[IPv6:::1]", true), ("[ipv6:2001:db8::1]", true), ("[::1]", false),
    ("[1.2.3]", false), ("[text]", false), ("[]", false), ("[256.1.1.1]", false),
    ("[0.0.0.0]", true), ("[0.1.2.3]", false), ("[01.2.3.4]", true), ("[IPv6:1::1.2.3.4]", true),
    ("[IPv6:fe80::1%eth0]", false), ("1.2.3.4", false), ("[1.2.3.4", false),
  ])
  func `literals`(text: String, isValid: Bool) {
    #expect(DomainName.isValidLiteral(Bytes(text).span) == isValid)
  }

  // Source: RFC 3492 §7.1 and UTS #46 examples; `uconv`-free, checked with Python's idna rules.
  @Test(arguments: [
    ("bücher.example", "xn--bcher-kva.example"), ("BÜCHER.Example", "xn--bcher-kva.example"),
    ("bu\u{308}cher.example", "xn--bcher-kva.example"), ("faß.de", "xn--fa-hia.de"),
    ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"),
    ("例え.テスト", "xn--r8jz45g.xn--zckzah"), ("a。b", "a.b"), ("ｅｘａｍｐｌｅ", "example"),
    ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"), ("plain.example", "plain.example"),
    ("é.x.", "xn--9ca.x."),
  ])
  func `to ASCII`(name: String, ascii: String) {
    #expect(DomainName.ascii(Bytes(name))?.text == ascii)
  }

  @Test(arguments: [
    "a..ü", "-ü.x", "ü-.x", "\u{301}a.x", "ü \u{2028}.x", String(repeating: "ü", count: 64),
  ])
  func `has no ASCII form`(name: String) {
    #expect(DomainName.ascii(Bytes(name)) == nil)
  }

  @Test func `bytes that are not UTF-8 are no name`() {
    #expect(DomainName.ascii([0xFF, 0x2E, 0x61]) == nil)
  }
}

@Suite struct `Mail address` {
  // Source: RFC 5322 §3.4.1; facts smtp-session.md §5; observed in logs of Postfix 3.7.11.
  @Test(arguments: [
    ("a@b", "a@b"), ("a b@c", "\"a b\"@c"),
    ("x@other.test@relay.test", "\"x@other.test\"@relay.test"),
    ("a..b@c", "\"a..b\"@c"), (".a@c", "\".a\"@c"), ("a.@c", "\"a.\"@c"), ("@c", "\"\"@c"),
    ("a\"b@c", "\"a\\\"b\"@c"), ("a\\b@c", "\"a\\\\b\"@c"), ("", "\"\""), ("ü@c", "ü@c"),
    ("a%b!c@d", "a%b!c@d"), ("@r:a b@c", "@r:\"a b\"@c"),
  ])
  func `quotes the local part where needed`(plain: String, external: String) {
    #expect(MailAddress.external(Bytes(plain)).text == external)
    #expect(MailAddress.internal(Bytes(external)).text == plain)
  }

  @Test func `local part alone`() {
    #expect(MailAddress.external(localPart: Bytes("a@b")).text == "\"a@b\"")
    #expect(MailAddress.external(localPart: Bytes("ab")).text == "ab")
  }
}
