import RestrictionDSL
import Testing

@testable import Runtime

/// Addresses made of the characters that matter, and of any bytes; the same ones in every run.
private struct OddAddresses: Sequence, IteratorProtocol {
  private var state: UInt64
  private var left: Int
  private static let alphabet = Bytes("ab.@@%!:;,<>()[]\"\\ \t-+12|\u{fc}\n")

  init(seed: UInt64, count: Int) {
    state = seed
    left = count
  }

  private mutating func random(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(limit))
  }

  mutating func next() -> Bytes? {
    guard left > 0 else { return nil }
    left -= 1
    let isAnyByte = random(8) == 0
    return (0..<random(14)).map { _ in
      isAnyByte
        ? UInt8(truncatingIfNeeded: random(256)) : Self.alphabet[random(Self.alphabet.count)]
    }
  }
}

@Suite struct `Odd addresses` {
  // The shortcut for plain text must say what the grammar says.
  @Test func `the shortcut of the parser agrees with the grammar`() {
    var accepted = 0
    for text in OddAddresses(seed: 1, count: 5000) {
      let token = [0x3C] + text + [0x3E]
      let short = AddressParser.parse(token.span, isStrict: false, allowsEmpty: true)
      // An empty comment behind it switches the shortcut off and changes nothing else.
      let long = AddressParser.parse(
        ([0x3C] + text + Bytes("()>")).span, isStrict: false, allowsEmpty: true)
      guard !text.contains(where: { Bytes("\"\\([<,;:").contains($0) }) else { continue }
      #expect(short == long, "\(text.text)")
      if short != nil { accepted += 1 }
    }
    #expect(accepted > 300)
  }

  // An address in complete form is not taken apart: the result must be the same as if it were.
  @Test func `the shortcut of rewriting agrees with the grammar`() {
    let forms = AddressForms(settings: AddressFixtures.settings(["append_dot_mydomain": "yes"]))
    var complete = 0
    for text in OddAddresses(seed: 2, count: 5000) where !text.isEmpty {
      let short = forms.rewrite(external: text, for: .local)
      var tokens = AddressToken.scan(text)
      guard !tokens.isEmpty else { continue }
      forms.rewrite(&tokens, for: .local)
      let long = MailAddress.external(tokens.internalText)
      #expect(short == long, "\(text.text)")
      if short == text { complete += 1 }
    }
    #expect(complete > 10)
  }

  @Test func `nothing crashes, and resolution comes to an end`() throws {
    let resolver = AddressFixtures.resolver(["resolve_null_domain": "yes"])
    var classes: [AddressClass: Int] = [:]
    var errors = 0
    for text in OddAddresses(seed: 3, count: 3000) {
      var book = AnswerBook()
      let resolved = try resolver.resolve(text, book: &book)
      #expect(!resolved.hasFailed, "\(text.text)")
      if resolved.hasSyntaxError { errors += 1 }
      classes[resolved.addressClass, default: 0] += 1
      #expect(MailAddress.internal(MailAddress.external(text)) == text, "\(text.text)")
      var start = 0
      while let word = CommandTokenizer.next(text.span, from: start) {
        #expect(word.end > start)
        start = word.end
      }
      _ = DomainName.ascii(text)
      _ = DomainName.isValidIPv6(text.span)
    }
    #expect(errors > 300)
    #expect(classes[.local, default: 0] > 30)
  }

  @Test func `headers are rewritten once`() {
    let forms = AddressForms(settings: AddressFixtures.settings())
    func rewritten(_ header: Bytes) -> Bytes? {
      HeaderAddressList.rewritten(header, nameLength: 2, tokenLimit: 10_240) {
        forms.rewrite(external: $0, for: .local)
      }
    }
    var changed = 0
    for text in OddAddresses(seed: 4, count: 3000) {
      let header = Bytes("To: ") + text
      guard let new = rewritten(header) else { continue }
      changed += 1
      #expect(new.starts(with: Bytes("To: ")))
    }
    #expect(changed > 300)
  }
}
