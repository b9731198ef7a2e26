import RestrictionDSL

/// Forged messages can be smuggled in.
public struct SmugglingAllowed: LintRule {
  public static let id = "smuggling-allowed"
  public static let number: String? = "SP701"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    Forged messages can be smuggled in. The protection against line ends without CR is \
    switched off, or excludes everybody. Set smtpd_forbid_bare_newline = normalize.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let name = "smtpd_forbid_bare_newline"
    let value = service.settings.string(name).lowercased()
    if value == "no" && service.settings.isSet(name) && service.audience != .loopback {
      return [finding("\(name) = no lets others smuggle messages", at: service.range(name))]
    }
    let exclusions = "smtpd_forbid_bare_newline_exclusions"
    let everybody = ["0.0.0.0/0", "::/0", "[::]/0", "static:all"]
    return service.settings.list(exclusions).filter(everybody.contains).map { text in
      finding("'\(text)' in \(exclusions) excludes everybody", at: service.range(exclusions))
    }
  }
}
