import RestrictionDSL

/// An access table answers with another table.
public struct TableInsideTable: LintRule {
  public static let id = "table-inside-table"
  public static let number: String? = "SP306"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    An access table answers with another table. That is refused at run time with 451 4.3.5. \
    Define a restriction class and answer with its name.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.knownActions.compactMap { known -> Diagnostic? in
      guard known.action == .lookupTable else { return nil }
      return finding(
        "an entry of '\(known.item.operation.table?.description ?? "")' contains a colon: tables "
          + "cannot name tables", about: known, help: "define a restriction class")
    }
  }
}
