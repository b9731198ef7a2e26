import RestrictionDSL

/// Reply code and enhanced code of an action disagree.
public struct ContradictoryCodes: LintRule {
  public static let id = "contradictory-codes"
  public static let number: String? = "SP311"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Reply code and enhanced code of an action disagree. The first digit of the enhanced code \
    is replaced by that of the reply code. Write both alike.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.knownActions.compactMap { item, action in
      guard case .code(let code, let dsn?, _) = action, let first = dsn.first,
        UInt16(first - 0x30) != code / 100
      else { return nil }
      return finding(
        "reply code \(code) and enhanced code \(dsn.text) disagree", at: item.range)
    }
  }
}
