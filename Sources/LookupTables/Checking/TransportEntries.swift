import RestrictionDSL

/// Entries of transport(5) tables.
struct TransportEntries: EntryJudge {
  private let subdomainsWithDot: Bool

  init(settings: Settings) {
    let lists = settings.list("parent_domain_matches_subdomains").map { $0.lowercased() }
    subdomainsWithDot = !lists.contains("transport_maps")
  }

  func unreachable(_ key: String) -> KeyProblem? {
    if key == "*" { return nil }
    if key.hasPrefix("*") {
      return KeyProblem(
        reason: "the only wildcard is '*' alone",
        help: key.hasPrefix("*.") ? "use '\(key.dropFirst())'" : nil)
    }
    if key.hasPrefix("@") {
      return KeyProblem(
        reason: "a domain is asked for without '@'", help: "use '\(key.dropFirst())'")
    }
    if key.hasPrefix(".") && !subdomainsWithDot {
      return KeyProblem(
        reason: "parent_domain_matches_subdomains has transport_maps",
        help: "use '\(key.dropFirst())'")
    }
    return nil
  }

  func problems(_ entry: CheckedEntry) -> [Diagnostic] {
    let value = entry.valueText
    guard let colon = value.firstIndex(of: ":") else {
      return [
        entry.finding(
          .error, "malformed-value", "'\(value)' is taken for the name of a transport",
          at: entry.valuePlace, help: "expected transport:nexthop; did you mean 'smtp:\(value)'?")
      ]
    }
    let transport = value[..<colon]
    guard transport.hasPrefix("[") || transport.contains(".") else { return [] }
    return [
      entry.finding(
        .error, "malformed-value", "'\(transport)' is no transport",
        at: entry.place(of: String(transport)),
        help: "did you mean 'smtp:\(value)'?")
    ]
  }
}
