import RestrictionDSL

/// A restriction class is never used.
public struct UnusedClass: LintRule {
  public static let id = "unused-class"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    A restriction class is never used. Neither a list nor another class names it. A table \
    may still answer with its name; if none does, remove it from smtpd_restriction_classes.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    var used: Set<String> = []
    for list in service.source.allLists {
      for restriction in list.restrictions where restriction.kind == .class {
        used.insert(restriction.element.text)
      }
    }
    let answers = service.allItems.contains { item in
      item.operation.table.map { service.facts($0) == nil } ?? false
    }
    return service.source.classOrder.compactMap { restrictionClass in
      let name = restrictionClass.name
      guard !used.contains(name), !isAnswer(name, in: service) else { return nil }
      return finding(
        answers
          ? "no list uses class '\(name)'; only a table can" : "nothing uses class '\(name)'",
        at: restrictionClass.range, severity: answers ? .info : .warning)
    }
  }

  /// Whether a table that is known answers with the class.
  private func isAnswer(_ name: String, in service: LintedService) -> Bool {
    service.knownActions.contains { known in
      guard case .restrictions(let text) = known.action else { return false }
      return Settings.split(text.text).contains(name)
    }
  }
}
