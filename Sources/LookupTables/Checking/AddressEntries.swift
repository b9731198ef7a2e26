import RestrictionDSL

/// Keys of tables that are asked for addresses: `user@domain`, `user`, `@domain`.
private func addressKeyProblem(_ key: String, namesDomains: Bool) -> KeyProblem? {
  if key.hasPrefix("*") {
    let at = key.firstIndex(of: "@").map { String(key[$0...]) }
    return KeyProblem(reason: "there are no wildcards", help: at.map { "use '\($0)'" })
  }
  if key.hasPrefix(".") {
    return KeyProblem(
      reason: "subdomains are not asked for", help: "name each of them: '@sub\(key)'")
  }
  if key.hasSuffix("@") {
    return KeyProblem(
      reason: "a user in all domains is not asked for", help: "use '\(key.dropLast())'")
  }
  if !namesDomains, !key.contains("@"), key.contains("."), !key.contains("\"") {
    return KeyProblem(
      reason: "without '@' it is the name of a user, and this looks like a domain",
      help: "use '@\(key)'")
  }
  return nil
}

/// Entries of virtual(5) tables.
struct VirtualEntries: EntryJudge {
  func unreachable(_ key: String) -> KeyProblem? { addressKeyProblem(key, namesDomains: true) }

  func problems(_ entry: CheckedEntry) -> [Diagnostic] {
    // `domain anything` only names a virtual domain.
    if !entry.isPattern, !entry.keyText.contains("@"), entry.keyText.contains(".") { return [] }
    return entry.addresses.compactMap { address in
      for (start, what) in [
        ("|", "a command"), ("/", "a file"), (":include:", "a file to include"),
      ]
      where address.hasPrefix(start) || address.hasPrefix("\"" + start) {
        return entry.finding(
          .error, "malformed-value", "\(what) is not allowed here, only addresses",
          at: entry.place(of: address), help: "use a local alias that names it")
      }
      return nil
    }
  }
}

/// Entries of canonical(5) and generic(5) tables: one address each.
struct SingleAddressEntries: EntryJudge {
  func unreachable(_ key: String) -> KeyProblem? { addressKeyProblem(key, namesDomains: false) }

  func problems(_ entry: CheckedEntry) -> [Diagnostic] {
    let addresses = entry.addresses
    guard addresses.count > 1 else { return [] }
    return [
      entry.finding(
        .error, "malformed-value",
        "one address is replaced by one address, and these are \(addresses.count)",
        at: entry.valuePlace, help: "use virtual_alias_maps to send mail to several")
    ]
  }
}

/// Entries of relocated(5) tables: the value is text for people.
struct RelocatedEntries: EntryJudge {
  func unreachable(_ key: String) -> KeyProblem? { addressKeyProblem(key, namesDomains: false) }

  func problems(_ entry: CheckedEntry) -> [Diagnostic] { [] }
}

/// Entries of aliases(5) tables.
struct AliasEntries: EntryJudge {
  func unreachable(_ key: String) -> KeyProblem? {
    key.contains("@") ? KeyProblem(reason: "only names of local users are asked for") : nil
  }

  func problems(_ entry: CheckedEntry) -> [Diagnostic] {
    entry.addresses.compactMap { address in
      guard address.hasPrefix(":include:") else { return nil }
      let path = address.dropFirst(":include:".count)
      guard !path.hasPrefix("/") else { return nil }
      return entry.finding(
        .error, "malformed-value", "the file to include needs an absolute path",
        at: entry.place(of: address))
    }
  }
}
