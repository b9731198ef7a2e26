import RestrictionDSL

/// The submission service accepts mail from clients that did not log in.
public struct SubmissionWithoutReject: LintRule {
  public static let id = "submission-without-reject"
  public static let number: String? = "SP106"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    The submission service accepts mail from clients that did not log in. No list refuses \
    everybody who is neither logged in nor in mynetworks, so mail for our own users passes \
    without login. End the relay or the recipient list of the service with reject.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.audience == .submission else { return [] }
    let stages: [Stage] = [.client, .helo, .sender, .relay, .recipient]
    guard !stages.contains(where: { stopsStrangers(service.items($0)) }) else { return [] }
    return [
      finding(
        "the submission service accepts mail for our own recipients without login",
        at: service.range(Stage.recipient.parameterName)
          ?? service.range(Stage.relay.parameterName),
        help: "use permit_sasl_authenticated, reject")
    ]
  }

  /// Whether a list refuses whoever is not trusted.
  private func stopsStrangers(_ items: [LintedService.Item]) -> Bool {
    for item in items {
      switch item.operation {
      case .reject, .defer: if !item.warns { return true }
      case .misconfigured: return true
      case .permit, .permitAuthDestination, .checkRelayDomains: return false
      default: continue
      }
    }
    return false
  }
}
