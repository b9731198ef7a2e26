/// Findings in the format that code hosts and editors read.
///
/// - Source: OASIS SARIF 2.1.0
public enum SARIFRenderer {
  /// One run of `smtpd lint`.
  ///
  /// - Parameter rules: id and explanation of every rule that may be named.
  public static func text(
    of diagnostics: [Diagnostic], rules: [(id: String, explanation: String)]
  ) -> String {
    let used = Set(diagnostics.map(\.id))
    let explained = rules.filter { used.contains($0.id) }
    let bare = used.subtracting(explained.map(\.id)).sorted().map { (id: $0, explanation: "") }
    let driver = JSONText.object([
      (name: "name", value: .string("smtpd lint")),
      (name: "rules", value: .array((explained + bare).map(rule))),
    ])
    let run = JSONText.object([
      (name: "tool", value: .object([(name: "driver", value: driver)])),
      (name: "results", value: .array(diagnostics.map(result))),
    ])
    return JSONText.object([
      (name: "$schema", value: .string("https://json.schemastore.org/sarif-2.1.0.json")),
      (name: "version", value: .string("2.1.0")),
      (name: "runs", value: .array([run])),
    ]).text + "\n"
  }

  private static func rule(_ id: String, _ explanation: String) -> JSONText {
    var members: [(name: String, value: JSONText)] = [(name: "id", value: .string(id))]
    if !explanation.isEmpty {
      members.append((name: "fullDescription", value: message(explanation)))
    }
    return .object(members)
  }

  private static func message(_ text: String) -> JSONText {
    .object([(name: "text", value: .string(text))])
  }

  private static func result(_ diagnostic: Diagnostic) -> JSONText {
    let help = diagnostic.help.map { " (\($0))" } ?? ""
    var members: [(name: String, value: JSONText)] = [
      (name: "ruleId", value: .string(diagnostic.id)),
      (name: "level", value: .string(level(diagnostic.severity))),
      (name: "message", value: message(diagnostic.message + help)),
    ]
    if let range = diagnostic.range {
      members.append((name: "locations", value: .array([location(range, nil)])))
    }
    let related = diagnostic.notes.compactMap { note in
      note.range.map { location($0, note.message) }
    }
    if !related.isEmpty { members.append((name: "relatedLocations", value: .array(related))) }
    return .object(members)
  }

  private static func level(_ severity: Diagnostic.Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .info: "note"
    }
  }

  private static func location(_ range: SourceRange, _ text: String?) -> JSONText {
    var physical: [(name: String, value: JSONText)] = [
      (name: "artifactLocation", value: .object([(name: "uri", value: .string(range.file))]))
    ]
    if range.line > 0 {
      let region = JSONText.object([
        (name: "startLine", value: .number(range.line)),
        (name: "startColumn", value: .number(range.column)),
        (name: "endColumn", value: .number(range.column + range.length)),
      ])
      physical.append((name: "region", value: region))
    }
    var members: [(name: String, value: JSONText)] = [
      (name: "physicalLocation", value: .object(physical))
    ]
    if let text { members.append((name: "message", value: message(text))) }
    return .object(members)
  }
}
