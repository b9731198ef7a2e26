import RestrictionDSL

/// The policy service is asked for every recipient.
public struct PolicyPerRecipient: LintRule {
  public static let id = "policy-per-recipient"
  public static let number: String? = "SP605"
  public static let severity = Diagnostic.Severity.info
  public static let explanation = """
    The policy service is asked for every recipient. With smtpd_delay_reject = yes the \
    client, helo and sender lists run at each RCPT.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.settings.bool("smtpd_delay_reject") else { return [] }
    return [Stage.client, .helo, .sender].flatMap(service.items).compactMap { item in
      guard case .checkPolicyService(let endpoint) = item.operation else { return nil }
      return finding(
        "policy service '\(endpoint)' in \(item.stage.parameterName) is asked for every recipient",
        at: item.range)
    }
  }
}
