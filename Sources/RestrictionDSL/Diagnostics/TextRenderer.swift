/// Findings for a terminal: one line each, the source line with what is meant underlined, and
/// notes.
///
/// ```
/// main.cf:12:5: error: unknown restriction 'rejct' [unknown-restriction]
/// 12 |     rejct,
///    |     ^~~~~ did you mean 'reject'?
/// main.cf:40:40: note: reached from smtpd_recipient_restrictions through $my_checks
/// ```
public struct TextRenderer: Sendable {
  private let files: [String: SourceFile]

  /// - Parameter files: the files that ranges point into; a range in another file is shown without
  /// its line.
  public init(files: [SourceFile]) {
    self.files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The text of one finding, with a line end after every line.
  public func text(of diagnostic: Diagnostic) -> String {
    var lines = [
      "\(place(diagnostic.range))\(diagnostic.severity.rawValue): \(diagnostic.message) "
        + "[\(diagnostic.id)]"
    ]
    if let range = diagnostic.range, let excerpt = excerpt(range, diagnostic.help) {
      lines += excerpt
    } else if let help = diagnostic.help {
      lines.append("  help: \(help)")
    }
    lines += diagnostic.notes.map { "\(place($0.range))note: \($0.message)" }
    return lines.map { $0 + "\n" }.joined()
  }

  private func place(_ range: SourceRange?) -> String {
    guard let range else { return "" }
    return range.line > 0 ? "\(range.file):\(range.line):\(range.column): " : "\(range.file): "
  }

  private func excerpt(_ range: SourceRange, _ help: String?) -> [String]? {
    guard let line = files[range.file]?.line(range.line) else { return nil }
    // A tab stays a tab in both lines, so that the marks stand below what they mean.
    let text = line.text
    let number = "\(range.line)"
    let margin = String(repeating: " ", count: number.count)
    let before = text.prefix(max(0, range.column - 1)).map { $0 == "\t" ? "\t" : " " }
    let marks = "^" + String(repeating: "~", count: max(0, range.length - 1))
    let suffix = help.map { " \($0)" } ?? ""
    return ["\(number) | \(text)", "\(margin) | \(before.joined())\(marks)\(suffix)"]
  }
}
