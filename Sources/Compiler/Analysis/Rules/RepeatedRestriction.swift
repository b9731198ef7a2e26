import RestrictionDSL

/// The same check stands twice in one list.
public struct RepeatedRestriction: LintRule {
  public static let id = "repeated-restriction"
  public static let number: String? = "SP208"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    The same check stands twice in one list. The second one says what the first one said, \
    and costs another query where it is a DNS list or a policy service.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    Stage.allCases.flatMap { stage -> [Diagnostic] in
      var seen: Set<Operation> = []
      return service.items(stage).compactMap { item in
        guard repeats(item.operation), !item.warns, !seen.insert(item.operation).inserted else {
          return nil
        }
        return finding(
          "'\(item.operation.mnemonic)' stands twice in \(stage.parameterName)", at: item.range)
      }
    }
  }

  /// Whether standing twice is a mistake: a pause is not, and classes may end in the same word.
  private func repeats(_ operation: Operation) -> Bool {
    switch operation {
    case .permit, .reject, .defer, .sleep, .misconfigured, .warnOnly, .deferIfPermit,
      .deferIfReject:
      false
    default: true
    }
  }
}
