import RestrictionDSL

/// One list alone refuses mail of large providers.
public struct AggressiveDNSList: LintRule {
  public static let id = "aggressive-dns-list"
  public static let number: String? = "SP212"
  public static let severity = Diagnostic.Severity.info
  public static let explanation = """
    One list alone refuses mail of large providers. The list names whole networks, or servers that \
    sent a single bad message, and its operator advises to use it for scores only. Put \
    warn_if_reject in front of it, or leave it to a filter that adds up scores.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.allItems.compactMap { item in
      guard case .rejectDNSList = item.operation, !item.warns,
        let domain = item.operation.dnsListDomain,
        AggressiveDNSList.domains.contains(where: { domain == $0 || domain.hasSuffix("." + $0) })
      else { return nil }
      return finding("'\(domain)' lists many legitimate servers", at: item.range)
    }
  }

  /// - Source: usage advice of the operators
  private static let domains = [
    "dnsbl-2.uceprotect.net", "dnsbl-3.uceprotect.net", "ips.backscatterer.org",
    "dnsbl.spfbl.net", "all.spamrats.com", "bl.nszones.com", "dnsbl.rv-soft.info",
    "no-more-funn.moensted.dk", "bogusmx.rfc-clueless.org", "fulldom.rfc-clueless.org",
  ]
}
