import RestrictionDSL

/// Mail of legitimate servers is refused.
public struct UnknownClientOnExchange: LintRule {
  public static let id = "unknown-client-on-exchange"
  public static let number: String? = "SP501"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Mail of legitimate servers is refused. reject_unknown_client_hostname refuses clients \
    whose name and address do not map to each other, which many good servers lack. Use \
    reject_unknown_reverse_client_hostname, or put warn_if_reject in front and look at the \
    log first.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.audience == .exchange else { return [] }
    return service.allItems.filter { $0.operation == .rejectUnknownClientHostname && !$0.warns }
      .map { item in
        finding(
          "'\(item.name)' refuses many legitimate servers", at: item.range,
          help: "use reject_unknown_reverse_client_hostname")
      }
  }
}
