import RestrictionDSL

/// A list of names is asked about addresses, or the other way round.
public struct DNSListOfOtherKind: LintRule {
  public static let id = "dns-list-of-other-kind"
  public static let number: String? = "SP209"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    A list of names is asked about addresses, or the other way round. It never matches, or \
    answers with an error. Use reject_rhsbl_* for lists of domains and reject_rbl_client for \
    lists of addresses.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let names = [
      "dbl.spamhaus.org", "multi.surbl.org", "multi.uribl.com", "black.uribl.com",
      "dbl.nordspam.com", "rhsbl.sorbs.net", "fresh.spameatingmonkey.net",
    ]
    let addresses = [
      "zen.spamhaus.org", "sbl.spamhaus.org", "xbl.spamhaus.org", "pbl.spamhaus.org",
      "bl.spamcop.net", "b.barracudacentral.org", "psbl.surriel.com", "ix.dnsbl.manitu.net",
      "dnsbl-1.uceprotect.net", "bl.mailspike.net",
    ]
    return service.allItems.compactMap { item in
      guard case .rejectDNSList(let subject, _) = item.operation,
        let domain = item.operation.dnsListDomain
      else { return nil }
      if subject == .clientAddress && names.contains(domain) {
        return finding(
          "'\(domain)' lists names, and is asked about addresses", at: item.range,
          help: "use reject_rhsbl_sender, reject_rhsbl_helo or reject_rhsbl_reverse_client")
      }
      guard subject != .clientAddress, addresses.contains(domain) else { return nil }
      return finding(
        "'\(domain)' lists addresses, and is asked about names", at: item.range,
        help: "use reject_rbl_client")
    }
  }
}
