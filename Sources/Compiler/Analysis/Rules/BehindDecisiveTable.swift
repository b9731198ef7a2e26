import RestrictionDSL

/// An element is never reached.
public struct BehindDecisiveTable: LintRule {
  public static let id = "behind-decisive-table"
  public static let number: String? = "SP202"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    An element is never reached. The table in front of it answers every client with a \
    decision.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    Stage.allCases.flatMap { stage -> [Diagnostic] in
      let items = service.items(stage)
      return zip(items, items.dropFirst()).compactMap { item, next in
        guard decides(item, in: service), let table = item.operation.table else { return nil }
        return finding(
          "'\(next.name)' is never evaluated: '\(table)' decides about every client",
          at: next.range)
      }
    }
  }

  private func decides(_ item: LintedService.Item, in service: LintedService) -> Bool {
    guard case .access(.client, let table) = item.operation, !item.warns,
      let facts = service.facts(table), facts.matchesEveryKey
    else { return false }
    return facts.actions.allSatisfy { action in
      switch action {
      case .ok, .reject, .defer, .code: true
      default: false
      }
    }
  }
}
