import RestrictionDSL

/// A secret key in the domain of a DNS list shows in replies.
public struct SecretInDNSList: LintRule {
  public static let id = "secret-in-dns-list"
  public static let number: String? = "SP211"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    A secret key in the domain of a DNS list shows in replies. The reply to a refused client names \
    the list as it was asked, key included, and whoever reads it can use the key. Give the list a \
    reply without $rbl_domain in rbl_reply_maps.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.settings.list("rbl_reply_maps").isEmpty,
      service.settings.string("default_rbl_reply").contains("rbl_domain")
        || service.settings.string("default_rbl_reply").contains("rbl_what")
    else { return [] }
    return service.allItems.compactMap { item in
      guard case .rejectDNSList = item.operation, let domain = item.operation.dnsListDomain,
        let label = domain.split(separator: ".").first, isKey(label)
      else { return nil }
      return finding(
        "the key in '\(domain)' is shown to every client that is refused", at: item.range,
        help: "set rbl_reply_maps with a text without $rbl_domain")
    }
  }

  /// Letters and digits mixed, as no operator would name a list.
  private func isKey(_ label: Substring) -> Bool {
    let bytes = Bytes(String(label))
    return bytes.count >= 16 && bytes.contains(where: \.isASCIIDigit)
      && bytes.contains(where: \.isASCIILetter)
      && bytes.allSatisfy { $0.isASCIIDigit || $0.isASCIILetter }
  }
}
