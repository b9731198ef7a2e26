import RestrictionDSL

/// permit_sasl_authenticated permits nobody.
public struct SASLNeverEnabled: ConfigurationRule {
  public static let id = "sasl-never-enabled"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    permit_sasl_authenticated permits nobody. No service enables SASL. Set \
    smtpd_sasl_auth_enable = yes where users log in.
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    guard
      !configuration.services.contains(where: {
        $0.settings.bool("smtpd_sasl_auth_enable")
      })
    else { return [] }
    var seen: Set<SourceRange> = []
    return configuration.services.flatMap(\.allItems).compactMap { item in
      guard item.operation == .permitSASLAuthenticated, let range = item.range,
        seen.insert(range).inserted
      else { return nil }
      return finding(
        "'\(item.name)' permits nobody: no service sets smtpd_sasl_auth_enable", at: range)
    }
  }
}
