/// Logical lines of main.cf, master.cf and table sources.
///
/// A physical line that begins with white space continues the line before it: the newline goes, the
/// white space stays. Empty lines, lines of white space and lines whose first other character is
/// `#` are skipped everywhere, also between a line and its continuation.
///
/// - Source: postconf(5), "The general format of the main.cf file"; facts §10.1
public struct LogicalLines: Sendable {
  /// One logical line.
  public struct Line: Hashable, Sendable {
    public let text: TracedText
    /// 1-based number of the first physical line.
    public let number: Int
  }

  public let lines: [Line]
  public let diagnostics: [Diagnostic]

  public init(_ file: SourceFile) {
    var lines: [Line] = []
    var diagnostics: [Diagnostic] = []
    var current = TracedText()
    var first = 0
    var number = 0
    func finish() {
      if let line = LogicalLines.checked(current, first, file.path, &diagnostics) {
        lines.append(line)
      }
      current = TracedText()
    }
    for physical in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      let content = physical.trimmedASCIISpace
      guard let start = content.first, start != 0x23 else { continue }
      let continues = physical.first.map(\.isASCIISpace) ?? false
      if !continues { finish() }
      if current.bytes.isEmpty { first = number }
      current.append(physical, file: file.path, line: number, column: 1)
    }
    finish()
    self.lines = lines
    self.diagnostics = diagnostics
  }

  /// The line, unless it is empty or the continuation of nothing.
  private static func checked(
    _ text: TracedText, _ number: Int, _ path: String, _ diagnostics: inout [Diagnostic]
  ) -> Line? {
    guard let first = text.bytes.first else { return nil }
    // Postfix works with C strings: what follows a NUL is not seen.
    let end = text.bytes.firstIndex(of: 0) ?? text.bytes.count
    let line = Line(text: end == text.bytes.count ? text : text.slice(0..<end), number: number)
    guard first.isASCIISpace else { return line }
    let message = "logical line must not start with whitespace"
    let bytes = line.text.bytes
    let shown = bytes.prefix(30).text + (bytes.count > 30 ? "..." : "")
    let blanks = text.bytes.prefix { $0.isASCIISpace }.count
    diagnostics.append(
      Diagnostic(
        .warning, "leading-whitespace", message, at: text.range(of: blanks..<text.bytes.count),
        help: "the line continues nothing and is ignored",
        logLine: "warning: \(path): \(message): \"\(shown)\"".asASCII))
    return nil
  }
}
