/// Findings as workflow commands, which GitHub shows beside the lines of a change.
///
/// - Source: GitHub documentation, "Workflow commands for GitHub Actions"
public enum GitHubRenderer {
  /// One line for each finding.
  ///
  /// - Parameter number: `SPnnn` of an id, where it has one.
  public static func text(
    of diagnostics: [Diagnostic], number: (String) -> String? = { _ in nil }
  ) -> String {
    diagnostics.map { line($0, number($0.id)) + "\n" }.joined()
  }

  private static func line(_ diagnostic: Diagnostic, _ number: String?) -> String {
    var properties: [String] = []
    if let range = diagnostic.range {
      properties.append("file=" + property(range.file))
      if range.line > 0 {
        properties += [
          "line=\(range.line)", "col=\(range.column)", "endColumn=\(range.column + range.length)",
        ]
      }
    }
    let title = [number, diagnostic.id].compactMap(\.self).joined(separator: " ")
    properties.append("title=" + property(title))
    let text = ([diagnostic.message + help(diagnostic)] + diagnostic.notes.map(\.message))
      .joined(separator: "\n")
    let command = command(diagnostic.severity)
    return "::\(command) \(properties.joined(separator: ","))::\(escaped(text))"
  }

  private static func help(_ diagnostic: Diagnostic) -> String {
    diagnostic.help.map { " (\($0))" } ?? ""
  }

  private static func command(_ severity: Diagnostic.Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .info: "notice"
    }
  }

  private static func escaped(_ text: String, also more: Set<Unicode.Scalar> = []) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "%" || scalar == "\r" || scalar == "\n" || more.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func property(_ text: String) -> String { escaped(text, also: [":", ","]) }
}
