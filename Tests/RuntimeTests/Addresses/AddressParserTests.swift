import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

@Suite struct `Address of a command` {
  // Source: Tests/Facts/command-addresses.tsv, recorded from smtpd(8) 3.7.11.
  @Test(arguments: ["lax", "strict"])
  func `is taken out as smtpd does`(mode: String) throws {
    let rows = try Fixtures.table("command-addresses.tsv").filter { $0["mode"] == mode }
    try #require(!rows.isEmpty)
    let resolver = AddressFixtures.resolver()
    for row in rows {
      let verb = try #require(row["verb"])
      let argument = row["argument"] ?? ""
      let outcome = try Self.outcome(verb, argument, isStrict: mode == "strict", resolver)
      #expect(outcome == row["outcome"], "\(verb) \(argument)")
    }
  }

  /// The dialogue as far as addresses go: words, address, resolver, options.
  private static func outcome(
    _ verb: String, _ argument: String, isStrict: Bool, _ resolver: AddressResolver
  ) throws -> String {
    let keyword = ["RCPT": "RCPT TO:", "MAIL": "MAIL FROM:", "VRFY": "VRFY "][verb] ?? ""
    var line = Bytes(keyword + argument)
    while line.last == 0x20 { line.removeLast() }
    var words: [CommandTokenizer.Token] = []
    var start = 0
    while let word = CommandTokenizer.next(line.span, from: start) {
      words.append(word)
      start = word.end
    }
    let skipped = verb == "VRFY" ? 1 : 2
    guard words.count > skipped else { return "usage" }
    var token = Bytes(line[words[skipped].range])
    if verb == "VRFY" {
      token = Bytes(words.dropFirst().map { Bytes(line[$0.range]) }.joined(separator: [0x20]))
    }
    guard verb == "VRFY" || !words[skipped].isUnclosed else { return "syntax" }
    var book = AnswerBook()
    guard
      let address = AddressParser.parse(
        token.span, isStrict: isStrict && verb != "VRFY", allowsEmpty: verb == "MAIL"),
      try resolver.accepts(address, smtputf8: false, book: &book)
    else { return "syntax" }
    if verb != "VRFY" && words.count > 3 { return "option" }
    if verb == "MAIL" || address.equalsIgnoringCase(Bytes("postmaster")) { return "ok" }
    return "=\(address.text)"
  }

  // Source: facts smtp-session.md §5 "Tokeniser".
  @Test(arguments: [
    ("MAIL FROM:<a@b> SIZE=1", ["MAIL", "FROM:", "<a@b>", "SIZE=1"]),
    ("mail from: <a@b>", ["mail", "from:", "<a@b>"]),
    ("RCPT to:a", ["RCPT", "to:", "a"]),
    ("RCPT TO:<\"a > b\"@c>  X", ["RCPT", "TO:", "<\"a > b\"@c>", "X"]),
    ("RCPT TO:<a<b c>d> e", ["RCPT", "TO:", "<a<b c>d>", "e"]),
    ("  NOOP\t x:y ", ["NOOP", "x:y"]), ("a\\ b", ["a\\ b"]), ("", []),
  ])
  func `words`(line: String, words: [String]) {
    let bytes = Bytes(line)
    var found: [String] = []
    var start = 0
    while let word = CommandTokenizer.next(bytes.span, from: start) {
      found.append(Bytes(bytes[word.range]).text)
      #expect(!word.isUnclosed)
      start = word.end
    }
    #expect(found == words)
  }

  @Test(arguments: ["<a@b", "\"a", "<a\"b>", "<a\\>"])
  func `a bracket or quote that is not closed marks the word`(text: String) {
    let bytes = Bytes(text)
    let word = CommandTokenizer.next(bytes.span, from: 0)
    #expect(
      word == CommandTokenizer.Token(range: 0..<bytes.count, isUnclosed: true, end: bytes.count))
  }
}
