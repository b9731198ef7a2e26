import RestrictionDSL

/// The policy service does not see sender and recipient.
public struct PolicyBeforeRecipient: LintRule {
  public static let id = "policy-before-recipient"
  public static let number: String? = "SP603"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    The policy service does not see sender and recipient. With smtpd_delay_reject = no the \
    client and helo lists run before MAIL, so these attributes are empty.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard !service.settings.bool("smtpd_delay_reject") else { return [] }
    return [Stage.client, .helo, .sender].flatMap(service.items).compactMap { item in
      guard case .checkPolicyService(let endpoint) = item.operation else { return nil }
      return finding(
        "policy service '\(endpoint)' in \(item.stage.parameterName) does not see the recipient",
        at: item.range)
    }
  }
}
