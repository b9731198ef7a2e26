import RestrictionDSL

/// The DNS list was closed.
public struct ClosedDNSList: LintRule {
  public static let id = "closed-dns-list"
  public static let number: String? = "SP205"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    The DNS list was closed. A closed list answers nothing, so that every mail waits for it, \
    or it answers everything, so that all mail is rejected. Remove it.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.allItems.compactMap { item in
      guard let argument = item.operation.dnsListDomain,
        let (_, year) = ClosedDNSList.closed.first(where: {
          argument == $0.domain || argument.hasSuffix("." + $0.domain)
        })
      else { return nil }
      return finding("DNS list '\(argument)' was closed in \(year)", at: item.range)
    }
  }

  /// - Source: announcements of the operators, see facts policy-analysis.md SP205
  private static let closed: [(domain: String, year: Int)] = [
    ("ahbl.org", 2015), ("njabl.org", 2013), ("sorbs.net", 2024), ("ordb.org", 2006),
    ("dsbl.org", 2008), ("osirusoft.com", 2003), ("blitzed.org", 2006), ("spamcannibal.org", 2018),
    ("ix.dnsbl.manitu.net", 2023), ("cbl.abuseat.org", 2021), ("open-whois.org", 2010),
    ("rfc-ignorant.org", 2012), ("mail-abuse.org", 2006), ("orbz.org", 2002), ("orbs.org", 2001),
    ("spews.org", 2006), ("wirehub.net", 2003), ("easynet.nl", 2003), ("completewhois.com", 2008),
    ("uribl.swinog.ch", 2021), ("dnsrbl.swinog.ch", 2021), ("dnsbl.inps.de", 2021),
  ]
}
