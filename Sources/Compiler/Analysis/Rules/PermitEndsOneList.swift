import RestrictionDSL

/// A permit ends its own list only.
public struct PermitEndsOneList: LintRule {
  public static let id = "permit-ends-one-list"
  public static let number: String? = "SP203"
  public static let severity = Diagnostic.Severity.info
  public static let explanation = """
    A permit ends its own list only. An OK in the client, helo or sender list does not \
    accept the mail: the lists behind it are still evaluated.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    [Stage.client, .helo, .sender].flatMap(service.items).compactMap { item in
      guard let table = item.operation.table, let facts = service.facts(table),
        facts.actions.contains(where: { if case .ok = $0 { true } else { false } })
      else { return nil }
      return finding(
        "OK of '\(table)' ends \(item.stage.parameterName) only; later lists can still refuse",
        at: item.range)
    }
  }
}
