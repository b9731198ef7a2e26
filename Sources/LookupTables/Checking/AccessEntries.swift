import RestrictionDSL

/// Entries of access(5) tables.
struct AccessEntries: EntryJudge {
  private let classes: Set<String>
  private let parentsWithDot: Bool

  init(settings: Settings) {
    classes = Set(settings.list("smtpd_restriction_classes"))
    parentsWithDot = AccessKeys(settings: settings).parentsWithDot
  }

  func unreachable(_ key: String) -> KeyProblem? {
    if key.hasPrefix("@") {
      return KeyProblem(
        reason: "an address is asked for as 'user@domain', 'domain' and 'user@'",
        help: "use '\(key.dropFirst())'")
    }
    guard !key.contains("@") else { return nil }
    if key.hasPrefix("*") {
      return KeyProblem(
        reason: "there are no wildcards", help: "a domain stands for its subdomains too")
    }
    if key.hasPrefix(".") && !parentsWithDot {
      return KeyProblem(
        reason: "parent_domain_matches_subdomains has smtpd_access_maps",
        help: "use '\(key.dropFirst())'")
    }
    if key.contains("/") {
      return KeyProblem(reason: "networks with a mask belong into cidr: tables")
    }
    if key.hasSuffix(".") {
      return KeyProblem(
        reason: "neither names nor networks are asked for with a dot at the end",
        help: "use '\(key.dropLast())'")
    }
    return addressProblem(key)
  }

  /// Addresses and networks are asked for in the form in which they are logged.
  private func addressProblem(_ key: String) -> KeyProblem? {
    if let address = IPAddress(key), address.description != key {
      return KeyProblem(
        reason: "the address is asked for in another form", help: "use '\(address)'")
    }
    let parts = key.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIDigit) }) else {
      return nil
    }
    let isNetwork =
      parts.count <= 4
      && parts.allSatisfy { part in
        (Int(part) ?? 256) <= 255 && (part == "0" || !part.hasPrefix("0"))
      }
    return isNetwork ? nil : KeyProblem(reason: "this is no IPv4 address and no start of one")
  }

  func problems(_ entry: CheckedEntry) -> [Diagnostic] {
    // What `$1` stands for is not known here.
    if entry.isPattern, entry.valueText.contains("$") { return [] }
    let action = AccessAction.parse(entry.valueBytes)
    switch action {
    case .lookupTable:
      return [malformed(entry, "a table is not allowed here: mail that matches gets 451 4.3.5")]
    case .separators: return [malformed(entry, "the entry has no action")]
    case .code(let code, let dsn?, _) where dsn.first != UInt8(0x30 + code / 100):
      return [
        entry.finding(
          .warning, "contradictory-codes", "\(code) and \(dsn.text) contradict each other",
          at: entry.place(of: dsn.text))
      ]
    case .restrictions(let text): return unknownWords(text, entry)
    default: break
    }
    switch action.malformation {
    case .missingValue, .missingTransport:
      return [malformed(entry, "FILTER needs transport:destination")]
    case .missingDomain: return [malformed(entry, "the action needs user@domain")]
    case .missingHeader: return [malformed(entry, "PREPEND needs a header")]
    case nil: return []
    }
  }

  private func malformed(_ entry: CheckedEntry, _ message: String) -> Diagnostic {
    entry.finding(.error, "malformed-table-action", message, at: entry.valuePlace)
  }

  private func unknownWords(_ text: Bytes, _ entry: CheckedEntry) -> [Diagnostic] {
    let parser = RestrictionParser(classes: classes)
    let names =
      AccessAction.Keyword.allCases.map(\.rawValue) + AccessAction.permitWords
      + RestrictionCatalog.all.map(\.spelling) + classes
    return parser.parse(text.text).restrictions.filter { $0.kind == .unknown }.prefix(1).map {
      found in
      let word = found.element.text
      return entry.finding(
        .error, "unknown-table-action", "'\(word)' is no action and no restriction",
        at: entry.place(of: word),
        help: NearestName.of(word, among: names).map { "did you mean '\($0)'?" })
    }
  }
}
