import RestrictionDSL

/// A DNS list is asked in several restriction lists.
public struct DNSListInSeveralLists: LintRule {
  public static let id = "dns-list-in-several-lists"
  public static let number: String? = "SP208"
  public static let severity = Diagnostic.Severity.info
  public static let explanation = """
    A DNS list is asked in several restriction lists, or by postscreen(8) too. Answers are cached, \
    so it costs little; but the later check can never find what the earlier one did not.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    var first: [Operation: Stage] = [:]
    // Of another program, so not in the catalogue.
    let postscreen = "postscreen_dnsbl_sites"
    let screened = Set(
      service.settings.list(postscreen).map { site in
        String(site.prefix { $0 != "=" && $0 != "*" }).lowercased()
      })
    return service.allItems.compactMap { item in
      guard case .rejectDNSList = item.operation, !item.warns else { return nil }
      if service.audience == .exchange, let domain = item.operation.dnsListDomain,
        screened.contains(domain)
      {
        return finding("'\(domain)' is asked by postscreen(8) too", at: item.range)
      }
      guard let stage = first[item.operation] else {
        first[item.operation] = item.stage
        return nil
      }
      guard stage != item.stage else { return nil }
      return finding(
        "'\(item.operation.mnemonic)' was asked in \(stage.parameterName) already", at: item.range)
    }
  }
}
