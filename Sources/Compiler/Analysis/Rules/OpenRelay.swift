import RestrictionDSL

/// Anybody can send mail to any domain through this service.
public struct OpenRelay: LintRule {
  public static let id = "open-relay"
  public static let number: String? = "SP101"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    Anybody can send mail to any domain through this service. Neither \
    smtpd_relay_restrictions nor smtpd_recipient_restrictions refuses a recipient that the \
    server is not responsible for when the client is not trusted. Add \
    reject_unauth_destination to smtpd_relay_restrictions.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let (relay, recipient) = RelayAnalysis.lists(service)
    guard relay.ending == .passes, recipient.ending == .passes, service.audience != .loopback else {
      return []
    }
    let missing = RelayGate.diagnostics(service.source, settings: service.settings)
      .contains { $0.id == "missing-relay-gate" }
    guard !missing else { return [] }
    let last = relay.last ?? recipient.last
    let how = last.map { "'\($0.name)' lets everybody through" } ?? "no list refuses anything"
    return [
      finding(
        "a client that nothing makes trusted can relay to any domain: \(how)",
        at: last?.range ?? service.range(Stage.relay.parameterName)
          ?? service.range(Stage.recipient.parameterName),
        help: "put reject_unauth_destination into \(Stage.relay.parameterName)")
    ]
  }
}
