import RestrictionDSL

/// HELO restrictions can be skipped.
public struct HeloNotRequired: LintRule {
  public static let id = "helo-not-required"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    HELO restrictions can be skipped. A client that sends no HELO is not checked by \
    smtpd_helo_restrictions. Set smtpd_helo_required = yes.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard !service.settings.bool("smtpd_helo_required"),
      service.items(.helo).contains(where: { !$0.operation.permits })
    else { return [] }
    return [
      finding(
        "a client that sends no HELO skips smtpd_helo_restrictions",
        at: service.range(Stage.helo.parameterName), help: "set smtpd_helo_required = yes")
    ]
  }
}
