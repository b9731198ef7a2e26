import RestrictionDSL

/// An element is never reached.
public struct BehindDecisiveTable: LintRule {
  public static let id = "behind-decisive-table"
  public static let number: String? = "SP202"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    An element is never reached. What stands in front of it decides about everybody: a table \
    that answers every client, or permit_auth_destination together with \
    reject_unauth_destination.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    Stage.allCases.flatMap { stage -> [Diagnostic] in
      let items = service.items(stage)
      guard let (index, reason) = decision(items, in: service), index + 1 < items.count else {
        return []
      }
      let next = items[index + 1]
      return [finding("'\(next.name)' is never evaluated: \(reason)", at: next.range)]
    }
  }

  /// The first element behind which nobody is left.
  private func decision(
    _ items: [LintedService.Item], in service: LintedService
  ) -> (index: Int, reason: String)? {
    var permitsOurs = false
    var refusesOthers = false
    for (index, item) in items.enumerated() {
      switch item.operation {
      case .permitAuthDestination: permitsOurs = true
      case .rejectUnauthDestination, .deferUnauthDestination:
        if !item.warns { refusesOthers = true }
      case .access(let subject, let table) where decides(item, subject, table, in: service):
        return (index, "'\(table)' decides about every client")
      default: continue
      }
      if permitsOurs && refusesOthers {
        return (index, "our own recipients are permitted and all others refused before")
      }
    }
    return nil
  }

  private func decides(
    _ item: LintedService.Item, _ subject: Subject, _ table: TableSpec, in service: LintedService
  ) -> Bool {
    // Not every session has a HELO name or a login.
    let isAsked =
      subject == .client || table.type == "static" && [.sender, .recipient].contains(subject)
    guard isAsked, !item.warns, let facts = service.facts(table),
      facts.matchesEveryKey, !facts.actions.isEmpty
    else { return false }
    return facts.actions.allSatisfy { action in
      switch action {
      case .ok, .reject, .defer, .code: true
      default: false
      }
    }
  }
}
