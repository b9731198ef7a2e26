import RestrictionDSL

/// The policy service decides about relaying.
public struct PolicyBeforeRelayGate: LintRule {
  public static let id = "policy-before-relay-gate"
  public static let number: String? = "SP604"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    The policy service decides about relaying. It is asked before foreign recipients are \
    refused, in the only list that does so: an OK from it relays, and it is asked about mail \
    that is refused anyway. Put it behind the relay gate.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    RelayAnalysis.openDoors(service).compactMap { item in
      guard case .checkPolicyService(let endpoint) = item.operation else { return nil }
      return finding(
        "an OK of policy service '\(endpoint)' relays to any domain", at: item.range,
        help: "put it behind reject_unauth_destination")
    }
  }
}
