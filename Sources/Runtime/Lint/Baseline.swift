import RestrictionDSL

/// Findings that are known and let be for now: one line each, `ID FILE MESSAGE`.
///
/// Lines of the configuration may move without making a finding new, so places are not in it; of
/// several findings with the same line as many are known as there are lines.
public struct Baseline: Hashable, Sendable {
  private var counts: [String: Int] = [:]

  /// Takes findings as known.
  public init(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics { counts[Baseline.line(diagnostic), default: 0] += 1 }
  }

  /// Reads the text of a baseline file; empty lines and lines with `#` are skipped.
  public init(_ text: Bytes) {
    for line in text.split(separator: 0x0A) {
      let line = line.trimmedASCIISpace
      guard let first = line.first, first != 0x23 else { continue }
      counts[line.text, default: 0] += 1
    }
  }

  /// The text of a baseline file.
  public var text: String {
    let lines = counts.keys.sorted().flatMap { Array(repeating: $0, count: counts[$0] ?? 0) }
    return (["# known findings; smtpd lint --write-baseline FILE writes this file anew"] + lines)
      .map { $0 + "\n" }.joined()
  }

  /// Findings that are not known.
  public func filter(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    var left = counts
    return diagnostics.filter { diagnostic in
      let line = Baseline.line(diagnostic)
      guard let count = left[line], count > 0 else { return true }
      left[line] = count - 1
      return false
    }
  }

  private static func line(_ diagnostic: Diagnostic) -> String {
    let file = diagnostic.range?.file.split(separator: "/").last.map(String.init) ?? "-"
    let message = String(diagnostic.message.map { $0.isNewline ? " " : $0 })
    return "\(diagnostic.id) \(file) \(message)"
  }
}
