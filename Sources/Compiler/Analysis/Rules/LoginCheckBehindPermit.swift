import RestrictionDSL

/// The login check is never made.
public struct LoginCheckBehindPermit: LintRule {
  public static let id = "login-check-behind-permit"
  public static let number: String? = "SP504"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    The login check is never made. permit_sasl_authenticated stands in front of it in the \
    same list, so users who are logged in never reach it.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    Stage.allCases.flatMap { stage -> [Diagnostic] in
      let items = service.items(stage)
      guard let permit = items.firstIndex(where: { $0.operation == .permitSASLAuthenticated })
      else { return [] }
      return items[permit...].compactMap { item in
        guard
          item.operation == .rejectSenderLoginMismatch(.authenticated)
            || item.operation == .rejectSenderLoginMismatch(.known)
        else { return nil }
        return finding(
          "'\(item.name)' stands behind 'permit_sasl_authenticated', so logged-in users never reach it",
          at: item.range, help: "put it in front")
      }
    }
  }
}
