import RestrictionDSL

/// Tests that cost nothing stand behind a DNS list.
public struct DNSBeforeLocalTests: LintRule {
  public static let id = "dns-before-local-tests"
  public static let number: String? = "SP210"
  public static let severity = Diagnostic.Severity.info
  public static let explanation = """
    Tests that cost nothing stand behind a DNS list. Every mail waits for DNS although a \
    table or a syntax check would decide about some of it.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    Stage.allCases.flatMap { stage -> [Diagnostic] in
      let items = service.items(stage)
      guard let first = items.firstIndex(where: { $0.operation.dnsListDomain != nil }),
        let local = items[first...].first(where: { $0.operation.isPure && !$0.operation.permits })
      else { return [] }
      return [
        finding(
          "'\(local.name)' needs no DNS and stands behind '\(items[first].name)'", at: local.range)
      ]
    }
  }
}
