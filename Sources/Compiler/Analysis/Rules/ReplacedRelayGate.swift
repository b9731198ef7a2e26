import RestrictionDSL

/// An override of this service removed the relay gate.
public struct ReplacedRelayGate: LintRule {
  public static let id = "replaced-relay-gate"
  public static let number: String? = "SP104"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    An override of this service removed the relay gate. A parameter given with -o replaces \
    the value of main.cf, it does not add to it. Repeat the whole list in the override.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let lists = [Stage.relay, .recipient].map(\.parameterName).filter(service.overridden.contains)
    let (relay, recipient) = RelayAnalysis.lists(service)
    guard !lists.isEmpty, relay.ending == .passes, recipient.ending == .passes,
      service.audience != .loopback
    else { return [] }
    return lists.map { name in
      finding(
        "the override of \(name) removes the check for foreign recipients",
        at: service.range(name), help: "an override replaces the list of main.cf")
    }
  }
}
