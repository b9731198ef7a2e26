import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct TextFormsTests {
  /// RFC 3461 §4, facts proxies-and-extensions.md §7.
  @Test func `decodes xtext`() {
    #expect(XText.decoded(Bytes("a+2Bb+3dc")) == Bytes("a+b=c"))
    #expect(XText.decoded(Bytes("")) == [])
    for broken in ["a+2", "a+", "+zz", "+2"] { #expect(XText.decoded(Bytes(broken)) == nil) }
  }

  /// RFC 6533 §3; scenario session-strict-utf8.
  @Test func `decodes original recipients`() {
    func decoded(_ type: String, _ text: String) -> String? {
      OriginalRecipient.decoded(type: Bytes(type)[...], Bytes(text)[...], utf8: true)?.text
    }
    #expect(decoded("utf-8", "\\x{FC}b") == "üb")
    #expect(decoded("UTF-8", "ü+2B") == "ü+2B")
    #expect(decoded("utf-8", "\\x{zz}") == nil)
    #expect(decoded("utf-8", "\\x{110000}") == nil)
    #expect(decoded("utf-8", "\\x{41") == nil)
    #expect(decoded("rfc822", "a+2Bb") == "a+b")
  }

  /// RFC 3629 §4.
  @Test(
    arguments: [
      ([0x61, 0xC3, 0xBC], true), ([0xE2, 0x82, 0xAC], true), ([0xF0, 0x9F, 0x98, 0x80], true),
      ([], true), ([0xC3], false), ([0xC3, 0x28], false), ([0x80], false), ([0xC0, 0xAF], false),
      ([0xE0, 0x80, 0x80], false), ([0xED, 0xA0, 0x80], false), ([0xF4, 0x90, 0x80, 0x80], false),
      ([0xF0, 0x8F, 0xBF, 0xBF], false), ([0xFF, 0xFE], false), ([0xE2, 0x82], false),
    ] as [([UInt8], Bool)])
  func `knows well-formed UTF-8`(bytes: [UInt8], isValid: Bool) {
    #expect(UTF8Validity.holds(for: bytes.span) == isValid)
  }

  /// Scenario session-mailbox-lines, session-forbidden.
  @Test func `escapes what logs cannot show`() {
    let bytes: Bytes = [0x20, 1, 0x5C, 0x31, 0x7F, 0xC3, 0x22, 9, 11, 27, 0x39, 13, 10]
    #expect(
      PrintableText.escaped(bytes).text == " \\001\\\\1\\177\\303\"\\t\\v\\0339\\r\\n")
  }

  /// Scenario client-helo-longest.
  @Test func `neuters names`() {
    #expect(
      PrintableText.neutered(Bytes("we(i)rd<name>\"x\""), utf8: true).text == "we?i?rd?name??x?")
    #expect(PrintableText.neutered(Bytes("ü\u{1}"), utf8: true).text == "ü?")
    #expect(PrintableText.neutered(Bytes("ü"), utf8: false).text == "??")
  }

  /// facts smtp-session.md §3, table.
  @Test func `knows the verbs in any case`() {
    for verb in Verb.allCases where verb != .unknown {
      #expect(Verb(word: verb.name.span) == verb)
      #expect(Verb(word: verb.name.asciiLowercased.span) == verb)
    }
    for word in ["", "NOO", "NOOPX", "UNKNOWN", "EXPN", "XFORWARDX", "STARTTLS1"] {
      #expect(Verb(word: Bytes(word).span) == .unknown)
    }
  }
}
