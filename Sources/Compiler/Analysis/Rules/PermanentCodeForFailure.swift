import RestrictionDSL

/// Mail is lost when a lookup fails for a moment.
public struct PermanentCodeForFailure: LintRule {
  public static let id = "permanent-code-for-failure"
  public static let number: String? = "SP506"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    Mail is lost when a lookup fails for a moment. A reply code for temporary failures is \
    permanent. Use 4xx.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let names = ["access_map_defer_code", "defer_code"]
    let codes = names.filter { service.settings.int($0) >= 500 }.map { name in
      finding(
        "\(name) = \(service.settings.string(name)) makes a temporary failure permanent",
        at: service.range(name), help: "use 450")
    }
    let action = service.settings.string("smtpd_policy_service_default_action")
    guard let parsed = action.isEmpty ? nil : AccessAction.parse(Bytes(action)), isPermanent(parsed)
    else { return codes }
    return codes + [
      finding(
        "smtpd_policy_service_default_action refuses mail for good while the service is down",
        at: service.range("smtpd_policy_service_default_action"))
    ]
  }

  private func isPermanent(_ action: AccessAction) -> Bool {
    switch action {
    case .reject: true
    case .code(let code, _, _): code >= 500
    default: false
    }
  }
}
