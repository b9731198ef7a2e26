import RestrictionDSL

/// A right-hand side of a table that an element of a list looks up.
struct KnownAction {
  let item: LintedService.Item
  let action: AccessAction
  /// The first rows with it; empty where they were not read.
  let rows: [TableContent.Row]
  let count: Int
  /// Where the first row is written, else the element.
  let range: SourceRange?

  /// The element as a note, where the finding is about a row.
  var notes: [Diagnostic.Note] {
    guard let place = item.range, place != range else { return [] }
    return [
      Diagnostic.Note(range: place, message: "looked up by \(item.stage.parameterName) here")
    ]
  }
}

extension LintedService {
  /// What tables whose content is known answer, with the element that looks them up.
  var knownActions: [KnownAction] {
    allItems.flatMap { item -> [KnownAction] in
      guard let table = item.operation.table else { return [] }
      if let content = contents[table] {
        return content.answers.map { answer in
          KnownAction(
            item: item, action: answer.action, rows: answer.rows, count: answer.count,
            range: content.range(answer.rows.first?.line) ?? item.range)
        }
      }
      guard let facts = facts(table) else { return [] }
      return facts.actions.map {
        KnownAction(item: item, action: $0, rows: [], count: 1, range: item.range)
      }
    }
  }

  /// Rows of a table whose answers are of a kind, for a note: `clients:7 "198.51.100"`.
  func rows(
    of table: TableSpec, where isMeant: (AccessAction) -> Bool
  ) -> (count: Int, notes: [Diagnostic.Note]) {
    guard let content = contents[table] else { return (0, []) }
    let answers = content.answers.filter { isMeant($0.action) }
    let notes = answers.flatMap(\.rows).prefix(3).map { row in
      Diagnostic.Note(range: content.range(row.line), message: "the row of '\(row.key)'")
    }
    return (answers.reduce(0) { $0 + $1.count }, Array(notes))
  }

  /// The word behind an element in its list: its argument, where it takes one.
  func argument(of item: Item) -> RestrictionElement? {
    guard let range = item.range else { return nil }
    for list in source.allLists {
      guard let index = list.elements.firstIndex(where: { $0.range == range }),
        index + 1 < list.elements.count
      else { continue }
      return list.elements[index + 1]
    }
    return nil
  }
}

extension LintRule {
  /// A finding about a row of a table.
  func finding(_ message: String, about known: KnownAction, help: String? = nil) -> Diagnostic {
    var diagnostic = finding(message, at: known.range, help: help)
    diagnostic.notes = known.notes
    return diagnostic
  }
}

extension AccessAction {
  /// Accepts, or may.
  var mayPermit: Bool {
    switch self {
    case .ok, .discard, .restrictions, .separators: true
    default: false
    }
  }
}

extension Operation {
  /// Domain of the DNS list that is asked, without `=filter`, in lower case.
  public var dnsListDomain: String? {
    switch self {
    case .rejectDNSList(_, let argument), .permitDNSList(_, let argument):
      String(argument.prefix { $0 != "=" }).lowercased()
    default: nil
    }
  }
}
