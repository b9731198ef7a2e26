import RestrictionDSL
import Testing

@Suite struct `main.cf` {
  func read(_ text: String) -> MainCF { MainCF(SourceFile(path: "main.cf", text: text)) }

  func logged(_ text: String) -> [String] { read(text).diagnostics.flatMap(\.logLines) }

  // Source: facts §10.1
  @Test func `joins continuation lines across comments and empty lines`() {
    let main = read("a = b\n\n# c\n  d\n   # e\n x\n\t\nf = g # h\n")
    #expect(main.diagnostics == [])
    #expect(main.names == ["a", "f"])
    #expect(main.value("a")?.text == "b  d x")
    #expect(main.value("f")?.text == "g # h")
  }

  // Source: scenario config-error-raw-continuation
  @Test func `keeps white space before a continuation`() {
    let main = read("smtpd_banner = $myhostname\n  one\n# comment between\n  two\n")
    #expect(main.value("smtpd_banner")?.text == "$myhostname  one  two")
  }

  @Test func `takes an empty value and text without final line feed`() {
    let main = read("a =\nb=c")
    #expect(main.value("a")?.text == "")
    #expect(main.value("b")?.text == "c")
    #expect(main.value("c") == nil)
  }

  // Source: scenario config-error-raw-no-equals
  @Test func `needs an equals sign`() {
    let text = "#\n\nthis line has no equals sign\n"
    #expect(
      logged(text) == [
        "fatal: main.cf, line 3: missing '=' after attribute name: \"this line has no equals sign\""
      ])
  }

  // Source: postmap of Postfix 3.7.11
  @Test(arguments: [
    ("= z\n", "missing attribute name: \"= z\""),
    ("abc def  \n  # x\n  mor= e  \n", "missing '=' after attribute name: \"abc def    mor= e  \""),
    ("{ a = z }\n", "missing '=' after attribute name: \"{ a = z }\""),
    ("caf\u{E9} x\n", "missing '=' after attribute name: \"caf?? x\""),
  ])
  func `stops at a line that is no assignment`(text: String, message: String) {
    #expect(logged(text) == ["fatal: main.cf, line 1: \(message)"])
  }

  // Source: scenario config-error-raw-repeated
  @Test func `warns of a second entry with another value`() {
    let main = read("a = 1\nb = 1\na = 2\nb = 1\n")
    #expect(main.value("a")?.text == "2")
    #expect(
      main.diagnostics == [
        Diagnostic(
          .warning, "overriding-entry", "'a' overrides an earlier entry",
          at: SourceRange(file: "main.cf", line: 3, column: 1, length: 1),
          notes: [
            Diagnostic.Note(
              range: SourceRange(file: "main.cf", line: 1, column: 1, length: 1),
              message: "the earlier entry is here")
          ],
          logLine: "warning: main.cf, line 3: overriding earlier entry: a=1")
      ])
  }

  // Source: postconf of Postfix 3.7.11; scenario config-error-raw-leading-space
  @Test func `warns of a continuation of nothing`() {
    let text = "  indented = cont this is long enough\n  more\na = b\n"
    #expect(
      logged(text) == [
        "warning: main.cf: logical line must not start with whitespace: "
          + "\"  indented = cont this is long...\""
      ])
    #expect(read(text).names == ["a"])
  }

  @Test func `counts columns in characters`() {
    let main = read("a = \u{E9}\u{E9} bc\n")
    let value = main.value("a")
    #expect(
      value?.range(of: 5..<7) == SourceRange(file: "main.cf", line: 1, column: 8, length: 2))
  }

  @Test func `survives any bytes`() {
    let bytes = (0...255).map(UInt8.init) + Bytes("\n=\n \u{0}=a\nb\u{0}c=d\n")
    let main = MainCF(SourceFile(path: "x", bytes: bytes))
    #expect(main.files == [SourceFile(path: "x", bytes: bytes)])
  }
}
