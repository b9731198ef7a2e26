import RestrictionDSL

/// Reply code and enhanced code of an action disagree, or there is no text.
public struct ContradictoryCodes: LintRule {
  public static let id = "contradictory-codes"
  public static let number: String? = "SP311"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Reply code and enhanced code of an action disagree, or the text behind them is missing. The \
    first digit of the enhanced code is replaced by that of the reply code. Write both alike, and \
    a text.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.knownActions.compactMap { known -> Diagnostic? in
      if let bare = bareCode(known.action) {
        return finding("an action has enhanced code \(bare) and no text", about: known)
      }
      guard case .code(let code, let dsn?, _) = known.action, let first = dsn.first,
        UInt16(first - 0x30) != code / 100
      else { return nil }
      return finding(
        "reply code \(code) and enhanced code \(dsn.text) disagree", about: known)
    }
  }

  private func bareCode(_ action: AccessAction) -> String? {
    switch action {
    case .code(_, let dsn?, let text), .reject(let dsn?, let text), .defer(let dsn?, let text),
      .deferIfPermit(let dsn?, let text), .deferIfReject(let dsn?, let text):
      text.isEmpty ? dsn.text : nil
    default: nil
    }
  }
}
