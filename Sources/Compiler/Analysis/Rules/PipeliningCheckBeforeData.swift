import RestrictionDSL

/// The check for improper pipelining comes too early.
public struct PipeliningCheckBeforeData: LintRule {
  public static let id = "pipelining-check-before-data"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    The check for improper pipelining comes too early. Before DATA a client that was offered \
    PIPELINING may send ahead, so reject_unauth_pipelining finds only what was sent ahead of \
    a greeting. Put it into smtpd_data_restrictions.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.allItems.compactMap { item in
      guard item.operation == .rejectUnauthPipelining, item.stage != .data, item.stage != .endOfData
      else { return nil }
      return finding(
        "'\(item.name)' in \(item.stage.parameterName) finds almost nothing", at: item.range,
        help: "put it into smtpd_data_restrictions")
    }
  }
}
