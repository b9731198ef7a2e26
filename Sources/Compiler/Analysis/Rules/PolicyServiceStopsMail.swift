import RestrictionDSL

/// All mail stops when the policy service is down.
public struct PolicyServiceStopsMail: LintRule {
  public static let id = "policy-service-stops-mail"
  public static let number: String? = "SP601"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    All mail stops when the policy service is down. Each mail waits for several time limits \
    and is then deferred with 451 4.3.5. Give it a default action: { ENDPOINT, \
    default_action=DUNNO }.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let builtin = "451 4.3.5 Server configuration problem"
    let setting = service.settings.string("smtpd_policy_service_default_action")
    return service.allItems.compactMap { item in
      guard case .checkPolicyService(let text) = item.operation,
        let policy = try? PolicyService(text)
      else { return nil }
      let action = policy.overrides["default_action"] ?? (setting.isEmpty ? builtin : setting)
      guard action == builtin else { return nil }
      return finding(
        "while policy service '\(text)' is down all mail is deferred", at: item.range,
        help: "use { \(text), default_action=DUNNO }")
    }
  }
}
