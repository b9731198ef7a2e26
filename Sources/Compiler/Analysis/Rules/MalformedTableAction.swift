import RestrictionDSL

/// The value of an action is malformed.
public struct MalformedTableAction: LintRule {
  public static let id = "malformed-table-action"
  public static let number: String? = "SP310"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    The value of an action is malformed. FILTER needs transport:destination, REDIRECT and \
    BCC need user@domain, PREPEND needs a header. Postfix warns for each mail and does \
    nothing.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.knownActions.compactMap { known -> Diagnostic? in
      let table = known.item.operation.table?.description ?? ""
      if known.action == .separators {
        return finding("an entry of '\(table)' has no value", about: known)
      }
      guard let wanted = wanted(known.action) else { return nil }
      return finding("an action of '\(table)' needs \(wanted)", about: known)
    }
  }

  private func wanted(_ action: AccessAction) -> String? {
    switch action.malformation {
    case .missingValue, .missingTransport: "transport:destination behind FILTER"
    case .missingDomain: "user@domain"
    case .missingHeader: "a header behind PREPEND"
    case nil: nil
    }
  }
}
