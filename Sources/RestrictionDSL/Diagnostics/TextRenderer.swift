/// Findings for a terminal: one line each, the source line with what is meant underlined, and
/// notes.
///
/// ```
/// main.cf:12:5: error: unknown restriction 'rejct' [SP301 unknown-restriction]
/// 12 |     rejct,
///    |     ^~~~~ did you mean 'reject'?
/// main.cf:40:40: note: reached from smtpd_recipient_restrictions through $my_checks
/// ```
public struct TextRenderer: Sendable {
  private let files: [String: SourceFile]
  private let number: @Sendable (String) -> String?

  /// - Parameter files: the files that ranges point into; a range in another file is shown without
  /// its line.
  /// - Parameter number: `SPnnn` of an id, where it has one.
  public init(files: [SourceFile], number: @escaping @Sendable (String) -> String? = { _ in nil }) {
    self.number = number
    self.files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The text of one finding, with a line end after every line.
  public func text(of diagnostic: Diagnostic) -> String {
    let name = [number(diagnostic.id), diagnostic.id].compactMap(\.self).joined(separator: " ")
    var lines = [
      "\(place(diagnostic.range))\(diagnostic.severity.rawValue): \(diagnostic.message) [\(name)]"
    ]
    if let range = diagnostic.range, let excerpt = excerpt(range, diagnostic.help) {
      lines += excerpt
    } else if let help = diagnostic.help {
      lines.append("  help: \(help)")
    }
    lines += diagnostic.notes.map { "\(place($0.range))note: \($0.message)" }
    if let fixIt = diagnostic.fixIt { lines.append("  fix: \(fixIt.message)") }
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
