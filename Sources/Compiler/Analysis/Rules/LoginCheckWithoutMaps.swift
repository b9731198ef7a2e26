import RestrictionDSL

/// The login check does nothing.
public struct LoginCheckWithoutMaps: LintRule {
  public static let id = "login-check-without-maps"
  public static let number: String? = "SP504"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    The login check does nothing. reject_*_sender_login_mismatch compares the sender with \
    smtpd_sender_login_maps, which is empty.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.settings.list("smtpd_sender_login_maps").isEmpty else { return [] }
    var seen: Set<SourceRange?> = []
    return service.allItems.compactMap { item in
      guard case .rejectSenderLoginMismatch = item.operation, seen.insert(item.range).inserted
      else { return nil }
      return finding(
        "'\(item.name)' needs smtpd_sender_login_maps, which is empty", at: item.range)
    }
  }
}
