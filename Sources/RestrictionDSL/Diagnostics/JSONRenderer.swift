/// Findings for programs.
public enum JSONRenderer {
  /// An object with `findings`, in order, and their numbers by severity.
  ///
  /// - Parameter number: `SPnnn` of an id, where it has one.
  public static func text(
    of diagnostics: [Diagnostic], number: (String) -> String? = { _ in nil }
  ) -> String {
    let counts = [Diagnostic.Severity.error, .warning, .info].map { severity in
      (
        name: severity.rawValue,
        value: JSONText.number(diagnostics.filter { $0.severity == severity }.count)
      )
    }
    return JSONText.object([
      (name: "findings", value: .array(diagnostics.map { finding($0, number($0.id)) })),
      (name: "counts", value: .object(counts)),
    ]).text + "\n"
  }

  private static func finding(_ diagnostic: Diagnostic, _ number: String?) -> JSONText {
    var members: [(name: String, value: JSONText)] = [
      (name: "id", value: .string(diagnostic.id))
    ]
    if let number { members.append((name: "number", value: .string(number))) }
    members += [
      (name: "severity", value: .string(diagnostic.severity.rawValue)),
      (name: "message", value: .string(diagnostic.message)),
    ]
    members += place(diagnostic.range)
    if let help = diagnostic.help { members.append((name: "help", value: .string(help))) }
    if !diagnostic.notes.isEmpty {
      let notes = diagnostic.notes.map { note in
        JSONText.object([(name: "message", value: .string(note.message))] + place(note.range))
      }
      members.append((name: "notes", value: .array(notes)))
    }
    if let fixIt = diagnostic.fixIt { members.append((name: "fix", value: fix(fixIt))) }
    return .object(members)
  }

  private static func fix(_ fixIt: FixIt) -> JSONText {
    let edits = fixIt.edits.map { edit in
      JSONText.object([
        (name: "file", value: .string(edit.file)), (name: "line", value: .number(edit.line)),
        (name: "column", value: .number(edit.column)),
        (name: "length", value: .number(edit.length)), (name: "text", value: .string(edit.text)),
      ])
    }
    return .object([
      (name: "message", value: .string(fixIt.message)), (name: "edits", value: .array(edits)),
      (name: "rebuilds", value: .array(fixIt.rebuilds.map { .string($0.description) })),
    ])
  }

  private static func place(_ range: SourceRange?) -> [(name: String, value: JSONText)] {
    guard let range else { return [] }
    return [
      (name: "file", value: .string(range.file)), (name: "line", value: .number(range.line)),
      (name: "column", value: .number(range.column)),
      (name: "length", value: .number(range.length)),
    ]
  }
}
