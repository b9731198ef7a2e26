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
    if let fixIt = diagnostic.fixIt, !fixIt.edits.isEmpty {
      members.append((name: "fixes", value: .array([fix(fixIt)])))
    }
    return .object(members)
  }

  /// One change for each file.
  private static func fix(_ fixIt: FixIt) -> JSONText {
    var files: [String] = []
    for edit in fixIt.edits where !files.contains(edit.file) { files.append(edit.file) }
    let changes = files.map { file in
      JSONText.object([
        (name: "artifactLocation", value: artifact(file)),
        (
          name: "replacements",
          value: .array(fixIt.edits.filter { $0.file == file }.map(replacement))
        ),
      ])
    }
    return .object([
      (name: "description", value: message(fixIt.message)),
      (name: "artifactChanges", value: .array(changes)),
    ])
  }

  private static func replacement(_ edit: FixIt.Edit) -> JSONText {
    .object([
      (name: "deletedRegion", value: region(edit.line, edit.column, edit.length)),
      (name: "insertedContent", value: message(edit.text)),
    ])
  }

  private static func region(_ line: Int, _ column: Int, _ length: Int) -> JSONText {
    .object([
      (name: "startLine", value: .number(line)), (name: "startColumn", value: .number(column)),
      (name: "endColumn", value: .number(column + length)),
    ])
  }

  /// A relative path as it is, an absolute one as a `file` URI.
  private static func artifact(_ path: String) -> JSONText {
    var uri = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      let isPlain =
        byte.isASCIILetter || byte.isASCIIDigit || [0x2D, 0x2E, 0x2F, 0x5F, 0x7E].contains(byte)
      let digits = String(byte, radix: 16, uppercase: true)
      uri += isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
    }
    return .object([(name: "uri", value: .string(uri))])
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
      (name: "artifactLocation", value: artifact(range.file))
    ]
    if range.line > 0 {
      physical.append((name: "region", value: region(range.line, range.column, range.length)))
    }
    var members: [(name: String, value: JSONText)] = [
      (name: "physicalLocation", value: .object(physical))
    ]
    if let text { members.append((name: "message", value: message(text))) }
    return .object(members)
  }
}
