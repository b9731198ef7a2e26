import RestrictionDSL

/// Passwords may travel in clear.
public struct PasswordsInClear: LintRule {
  public static let id = "passwords-in-clear"
  public static let number: String? = "SP505"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    Passwords may travel in clear. AUTH is offered without TLS on a public service. Set \
    smtpd_tls_auth_only = yes.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let settings = service.settings
    let level = settings.string("smtpd_tls_security_level")
    guard settings.bool("smtpd_sasl_auth_enable"), !settings.bool("smtpd_tls_auth_only"),
      level != "encrypt", !settings.bool("smtpd_enforce_tls"),
      !settings.bool("smtpd_tls_wrappermode"), service.audience != .loopback
    else { return [] }
    return [
      finding(
        "AUTH is offered without TLS", at: service.range("smtpd_sasl_auth_enable"),
        help: "set smtpd_tls_auth_only = yes")
    ]
  }
}
