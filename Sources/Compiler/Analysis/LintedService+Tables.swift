import RestrictionDSL

extension LintedService {
  /// What tables whose content is known answer, with the element that looks them up.
  var knownActions: [(item: Item, action: AccessAction)] {
    allItems.flatMap { item -> [(item: Item, action: AccessAction)] in
      guard let table = item.operation.table, let facts = facts(table) else { return [] }
      return facts.actions.map { (item, $0) }
    }
  }
}

extension Operation {
  /// Domain of the DNS list that is asked, without `=filter`, in lower case.
  var dnsListDomain: String? {
    switch self {
    case .rejectDNSList(_, let argument), .permitDNSList(_, let argument):
      String(argument.prefix { $0 != "=" }).lowercased()
    default: nil
    }
  }
}
