import RestrictionDSL

/// An access table answers with a word that is no action.
public struct UnknownTableAction: LintRule {
  public static let id = "unknown-table-action"
  public static let number: String? = "SP305"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    An access table answers with a word that is no action. Mail that matches gets 451 4.3.5.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.knownActions.compactMap { known -> Diagnostic? in
      guard case .restrictions(let text) = known.action,
        let word = unknownWord(text.text, in: service)
      else { return nil }
      let words = AccessAction.Keyword.allCases.map(\.rawValue) + AccessAction.permitWords
      let names = words + RestrictionCatalog.all.map(\.spelling) + service.source.classes.keys
      return finding(
        "'\(word)' in '\(known.item.operation.table?.description ?? "")' is no action",
        about: known,
        help: NearestName.of(word, among: names).map { "did you mean '\($0)'?" })
    }
  }

  private func unknownWord(_ text: String, in service: LintedService) -> String? {
    let parser = RestrictionParser(classes: Set(service.source.classes.keys))
    return parser.parse(text).restrictions.first { $0.kind == .unknown }?.element.text
  }
}
