import RestrictionDSL

/// Any answer of the DNS list rejects mail.
public struct DNSListWithoutFilter: LintRule {
  public static let id = "dns-list-without-filter"
  public static let number: String? = "SP204"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Any answer of the DNS list rejects mail. Lists answer queries that they refuse, for \
    instance through a public resolver, with addresses such as 127.255.255.254; without a \
    filter that counts as a listing and all mail is rejected. Name the answers that count: \
    reject_rbl_client zen.spamhaus.org=127.0.0.[2..11].
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.allItems.compactMap { item in
      guard case .rejectDNSList(_, let argument) = item.operation, !item.warns,
        !argument.utf8.contains(0x3D)
      else { return nil }
      let codes = ["dbl.spamhaus.org": "127.0.1.[2..99]", "zen.spamhaus.org": "127.0.0.[2..11]"]
      let filter = codes[argument.lowercased()] ?? "127.0.0.[2..254]"
      var diagnostic = finding(
        "every answer of '\(argument)' counts as a listing, error answers too", at: item.range,
        help: "for instance \(item.name) \(argument)=\(filter)")
      if let word = service.argument(of: item), word.text == argument, let range = word.range,
        range.length == argument.unicodeScalars.count
      {
        diagnostic.fixIt = FixIt(
          "write '\(argument)=\(filter)'", edits: [.appending("=\(filter)", to: range)])
      }
      return diagnostic
    }
  }
}
