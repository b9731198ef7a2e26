import LookupTables
import RestrictionDSL

/// Canonical, masquerade, virtual and bcc mapping over open tables.
///
/// - Source: canonical(5), virtual(5), postconf(5); order, extensions and limits observed
public final class AddressMapping: MessageAddresses {
  private struct Maps {
    let parameter: String
    let tables: [OpenTable]
    /// An unmatched extension goes on to the result.
    let propagates: Bool
    var isEmpty: Bool { tables.isEmpty }
  }

  private typealias Classes = CleanupSettings.AddressClasses

  private let rewrite: (Bytes, RewriteContext) -> Bytes
  private let isLocalDomain: (ArraySlice<UInt8>) -> Bool
  private let delimiters: Bytes
  private let canonical: Maps
  private let canonicalClasses: Classes
  private let senderCanonical: Maps
  private let senderClasses: Classes
  private let recipientCanonical: Maps
  private let recipientClasses: Classes
  private let virtualAlias: Maps
  private let senderBCCMaps: Maps
  private let recipientBCCMaps: Maps
  private let masqueradeDomains: [(domain: Bytes, isExcluded: Bool)]
  private let masqueradeClasses: Classes
  private let masqueradeExceptions: [Bytes]
  private let expansionLimit: Int
  private let recursionLimit: Int
  private let lengthLimit: Int

  /// - Parameter tables: opens a table; a remote one is asked with a blocking call
  /// - Parameter rewrite: standard form of an address in internal form
  /// - Parameter isLocalDomain: whether `user` alone is tried for `user@domain`
  public init(
    settings: Settings, tables: (TableSpec) -> OpenTable,
    rewrite: @escaping (Bytes, RewriteContext) -> Bytes,
    isLocalDomain: @escaping (ArraySlice<UInt8>) -> Bool
  ) {
    func maps(_ parameter: String, _ kind: String) -> Maps {
      let opened = settings.list(parameter).compactMap { TableSpec($0) }.map { tables($0) }
      return Maps(
        parameter: parameter, tables: opened,
        propagates: settings.list("propagate_unmatched_extensions").contains(kind))
    }
    self.rewrite = rewrite
    self.isLocalDomain = isLocalDomain
    delimiters = Bytes(settings.string("recipient_delimiter"))
    canonical = maps("canonical_maps", "canonical")
    canonicalClasses = Classes(settings.list("canonical_classes"))
    senderCanonical = maps("sender_canonical_maps", "canonical")
    senderClasses = Classes(settings.list("sender_canonical_classes"))
    recipientCanonical = maps("recipient_canonical_maps", "canonical")
    recipientClasses = Classes(settings.list("recipient_canonical_classes"))
    virtualAlias = maps("virtual_alias_maps", "virtual")
    senderBCCMaps = maps("sender_bcc_maps", "bcc")
    recipientBCCMaps = maps("recipient_bcc_maps", "bcc")
    masqueradeDomains = settings.list("masquerade_domains").map {
      let isExcluded = $0.hasPrefix("!")
      return (Bytes(isExcluded ? String($0.dropFirst()) : $0).asciiLowercased, isExcluded)
    }
    masqueradeClasses = Classes(settings.list("masquerade_classes"))
    masqueradeExceptions = settings.list("masquerade_exceptions").map { Bytes($0).asciiLowercased }
    expansionLimit = settings.int("virtual_alias_expansion_limit")
    recursionLimit = settings.int("virtual_alias_recursion_limit")
    lengthLimit = settings.int("virtual_alias_address_length_limit")
  }

  public var mapsNothing: Bool {
    canonical.isEmpty && senderCanonical.isEmpty && recipientCanonical.isEmpty
      && masqueradeDomains.isEmpty
  }

  public func standardForm(_ address: Bytes, _ context: RewriteContext) -> Bytes {
    rewrite(address, context)
  }

  public func mappedSender(
    _ address: Bytes, isHeader: Bool
  ) throws(AddressMappingError) -> Bytes {
    let place: Classes = isHeader ? .headerSender : .envelopeSender
    var result = address
    if senderClasses.contains(place) { result = try mapOnce(senderCanonical, result) }
    if canonicalClasses.contains(place) { result = try mapOnce(canonical, result) }
    return masqueradeClasses.contains(place) ? masqueraded(result) : result
  }

  public func mappedRecipient(
    _ address: Bytes, isHeader: Bool
  ) throws(AddressMappingError) -> Bytes {
    let place: Classes = isHeader ? .headerRecipient : .envelopeRecipient
    var result = address
    if recipientClasses.contains(place) { result = try mapOnce(recipientCanonical, result) }
    if canonicalClasses.contains(place) { result = try mapOnce(canonical, result) }
    return masqueradeClasses.contains(place) ? masqueraded(result) : result
  }

  public func senderBCC(_ address: Bytes) throws(AddressMappingError) -> Bytes? {
    try blindCopy(senderBCCMaps, address)
  }

  public func recipientBCC(_ address: Bytes) throws(AddressMappingError) -> Bytes? {
    try blindCopy(recipientBCCMaps, address)
  }

  private func blindCopy(_ maps: Maps, _ address: Bytes) throws(AddressMappingError) -> Bytes? {
    guard !maps.isEmpty, !address.isEmpty, let found = try find(maps, address) else { return nil }
    return rewrite(MailAddress.internal(Bytes(found.value.trimmedASCIISpace)), .local)
  }

  // MARK: Canonical

  /// One table list, repeated until the address does not change; the last of ten results stays.
  private func mapOnce(_ maps: Maps, _ address: Bytes) throws(AddressMappingError) -> Bytes {
    guard !maps.isEmpty, !address.isEmpty else { return address }
    var result = address
    for _ in 0..<10 {
      guard let next = try results(maps, result)?.first, next != result else { return result }
      result = next
    }
    return result
  }

  /// Replaces a subdomain by the domain it is masqueraded as.
  private func masqueraded(_ address: Bytes) -> Bytes {
    guard !masqueradeDomains.isEmpty, let at = address.lastIndex(of: 0x40) else { return address }
    let local = address[..<at]
    if masqueradeExceptions.contains(where: { $0.equalsIgnoringCase(local) }) { return address }
    let domain = address[(at + 1)...]
    for entry in masqueradeDomains {
      if domain.equalsIgnoringCase(entry.domain) { return address }
      guard domain.count > entry.domain.count + 1 else { continue }
      let tail = domain.suffix(entry.domain.count)
      guard tail.equalsIgnoringCase(entry.domain), domain[tail.startIndex - 1] == 0x2E else {
        continue
      }
      return entry.isExcluded ? address : Bytes(address[...at]) + entry.domain
    }
    return address
  }

  // MARK: Virtual aliases

  public func expanded(_ address: Bytes) throws(AddressMappingError) -> [Bytes] {
    guard !virtualAlias.isEmpty, !address.isEmpty else { return [address] }
    var list: [Bytes] = [address]
    var depths = [0]
    // The addresses on the way down to each one: an alias that contains itself is a leaf.
    var parents: [[Bytes]] = [[]]
    var index = 0
    while index < list.count {
      guard list.count <= expansionLimit else { throw overflow("expansion size", address) }
      guard depths[index] < recursionLimit else { throw overflow("nesting", address) }
      let present = list[index]
      let isOwnParent = parents[index].contains { $0.equalsIgnoringCase(present) }
      guard !isOwnParent, let found = try results(virtualAlias, present) else {
        index += 1
        continue
      }
      guard found.allSatisfy({ $0.count <= lengthLimit }) else {
        throw overflow("address length", address)
      }
      let way = parents[index] + [present]
      list.replaceSubrange(index...index, with: found)
      depths.replaceSubrange(index...index, with: found.map { _ in way.count })
      parents.replaceSubrange(index...index, with: found.map { _ in way })
      // An address that maps to itself is final.
      if found.count == 1 && found[0].equalsIgnoringCase(present) { index += 1 }
    }
    return list
  }

  private func overflow(_ what: String, _ address: Bytes) -> AddressMappingError {
    .expansion("unreasonable virtual_alias_maps map \(what) for \(address.text)")
  }

  // MARK: Lookup

  /// The addresses that a table gives for one, in standard form; `nil` where it has no entry.
  private func results(_ maps: Maps, _ address: Bytes) throws(AddressMappingError) -> [Bytes]? {
    guard let (value, suffix) = try find(maps, address) else { return nil }
    var result: [Bytes] = []
    for part in AddressMapping.addresses(value) {
      var mapped = MailAddress.internal(part)
      // `@domain` keeps the local part.
      if mapped.first == 0x40, !mapped.contains(0x3A) {
        mapped = Bytes(MailAddress.localPart(of: address)) + mapped
      }
      mapped = rewrite(mapped, .local)
      if maps.propagates && !suffix.isEmpty {
        let at = mapped.lastIndex(of: 0x40) ?? mapped.endIndex
        mapped.insert(contentsOf: suffix, at: at)
      }
      result.append(mapped)
    }
    return result.isEmpty ? nil : result
  }

  /// Elements of a result: commas and white space separate, quotes protect.
  private static func addresses(_ value: Bytes) -> [Bytes] {
    var result: [Bytes] = []
    var current: Bytes = []
    var isQuoted = false
    var index = 0
    while index < value.count {
      let byte = value[index]
      if !isQuoted && (byte == 0x2C || byte.isASCIISpace) {
        if !current.isEmpty { result.append(current) }
        current = []
      } else {
        if byte == 0x22 { isQuoted.toggle() }
        current.append(byte)
        if byte == 0x5C, index + 1 < value.count {
          index += 1
          current.append(value[index])
        }
      }
      index += 1
    }
    if !current.isEmpty { result.append(current) }
    return result
  }

  /// Full address, without extension, local part where the domain is ours, `@domain`.
  ///
  /// - Returns: the value, and the extension that the matching key did not have
  private func find(
    _ maps: Maps, _ address: Bytes
  ) throws(AddressMappingError) -> (value: Bytes, suffix: Bytes)? {
    if let value = try lookup(maps, address) { return (value, []) }
    let external = MailAddress.external(address)
    if external != address, let value = try lookup(maps, external) { return (value, []) }
    guard let at = address.lastIndex(of: 0x40) else { return nil }
    let local = Bytes(address[..<at])
    let domain = Bytes(address[at...])
    var base: Bytes?
    var suffix: Bytes = []
    if !delimiters.isEmpty,
      let split = local.indices.dropFirst().first(where: { delimiters.contains(local[$0]) })
    {
      base = Bytes(local[..<split])
      suffix = Bytes(local[split...])
    }
    if let base, let value = try lookup(maps, base + domain) { return (value, suffix) }
    if isLocalDomain(address[(at + 1)...]) {
      if let value = try lookup(maps, local) { return (value, []) }
      if let base, let value = try lookup(maps, base) { return (value, suffix) }
    }
    if let value = try lookup(maps, domain) { return (value, []) }
    return nil
  }

  private func lookup(_ maps: Maps, _ key: Bytes) throws(AddressMappingError) -> Bytes? {
    for table in maps.tables {
      // Pattern tables see the whole address only.
      if table.kind == .pattern && !key.contains(0x40) { continue }
      if table.kind == .pattern && key.first == 0x40 { continue }
      do {
        if let value = try table.value(for: key.span) { return value }
      } catch {
        throw .lookup(error, parameter: maps.parameter)
      }
    }
    return nil
  }
}
