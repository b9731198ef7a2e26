import RestrictionDSL

/// Foreign recipients are only deferred.
public struct DeferringRelayGate: LintRule {
  public static let id = "deferring-relay-gate"
  public static let number: String? = "SP107"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Foreign recipients are only deferred. defer_unauth_destination is the only relay gate of \
    a public service, so remote servers retry for days what will never be accepted. Use \
    reject_unauth_destination once the configuration is settled.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.audience == .exchange else { return [] }
    let items = service.items(.relay) + service.items(.recipient)
    let refuses = items.contains { $0.operation == .rejectUnauthDestination && !$0.warns }
    guard !refuses,
      let gate = items.first(where: { $0.operation == .deferUnauthDestination && $0.range != nil })
    else { return [] }
    return [
      finding(
        "'\(gate.name)' is the only relay gate: refused mail is retried for days", at: gate.range,
        help: "use reject_unauth_destination")
    ]
  }
}
