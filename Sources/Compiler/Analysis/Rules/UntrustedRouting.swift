import RestrictionDSL

/// Source-routed recipients are accepted from strangers.
public struct UntrustedRouting: LintRule {
  public static let id = "untrusted-routing"
  public static let number: String? = "SP110"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Source-routed recipients are accepted from strangers. With allow_untrusted_routing = yes \
    an address such as user%elsewhere@ours passes the relay gate. Leave it off unless a \
    backup server needs it.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.settings.bool("allow_untrusted_routing") else { return [] }
    return [
      finding(
        "allow_untrusted_routing accepts routed recipients (user%elsewhere@ours) from strangers",
        at: service.range("allow_untrusted_routing"))
    ]
  }
}
