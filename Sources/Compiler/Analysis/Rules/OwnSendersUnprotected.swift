import RestrictionDSL

/// Strangers can use the sender addresses of our users.
public struct OwnSendersUnprotected: LintRule {
  public static let id = "own-senders-unprotected"
  public static let number: String? = "SP503"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Strangers can use the sender addresses of our users. smtpd_sender_login_maps names \
    owners, but no list refuses their addresses to clients that are not logged in. Use \
    reject_sender_login_mismatch.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.audience == .exchange, !service.settings.list("smtpd_sender_login_maps").isEmpty
    else { return [] }
    let protects = service.allItems.contains { item in
      item.operation == .rejectSenderLoginMismatch(.unauthenticated)
        || item.operation == .rejectSenderLoginMismatch(.known)
    }
    guard !protects else { return [] }
    return [
      finding(
        "smtpd_sender_login_maps is set, but strangers may use the addresses of our users",
        at: service.range("smtpd_sender_login_maps"), help: "use reject_sender_login_mismatch")
    ]
  }
}
