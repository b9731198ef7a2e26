import LookupTables
import RestrictionDSL

/// Canonical, masquerade, virtual and bcc mapping over open tables.
///
/// - Source: canonical(5), virtual(5), postconf(5); order, extensions and limits observed
public final class AddressMapping {
  private typealias Classes = CleanupSettings.AddressClasses

  private let forms: AddressForms
  private let finder: AddressFinder
  private let classes: AddressClasses
  private let canonical: TableList
  private let canonicalClasses: Classes
  private let senderCanonical: TableList
  private let senderClasses: Classes
  private let recipientCanonical: TableList
  private let recipientClasses: Classes
  private let virtualAlias: TableList
  private let senderCopies: TableList
  private let recipientCopies: TableList
  private let propagatesCanonical: Bool
  private let propagatesVirtual: Bool
  private let masqueradeDomains: [(domain: Bytes, isExcluded: Bool)]
  private let masqueradeClasses: Classes
  private let masqueradeExceptions: [Bytes]
  private let expansionLimit: Int
  private let recursionLimit: Int
  private let lengthLimit: Int

  /// No table of canonical or masquerade mapping is configured: standard addresses stay what they are.
  let mapsNothing: Bool

  /// No virtual_alias_maps.
  var expandsNothing: Bool { virtualAlias.isEmpty }

  /// - Parameter classes: which domains are ours: `user` alone is tried for `user@domain`
  /// - Parameter tables: opens a table; a remote one is asked with a blocking call
  public init(
    settings: Settings, classes: AddressClasses, tables: (TableSpec) -> OpenTable
  ) {
    func list(_ parameter: String) -> TableList {
      TableList(parameter, settings: settings, tables: tables)
    }
    forms = AddressForms(settings: settings)
    finder = AddressFinder(settings: settings)
    self.classes = classes
    canonical = list("canonical_maps")
    canonicalClasses = Classes(settings.list("canonical_classes"))
    senderCanonical = list("sender_canonical_maps")
    senderClasses = Classes(settings.list("sender_canonical_classes"))
    recipientCanonical = list("recipient_canonical_maps")
    recipientClasses = Classes(settings.list("recipient_canonical_classes"))
    virtualAlias = list("virtual_alias_maps")
    senderCopies = list("sender_bcc_maps")
    recipientCopies = list("recipient_bcc_maps")
    let propagated = settings.list("propagate_unmatched_extensions")
    propagatesCanonical = propagated.contains("canonical")
    propagatesVirtual = propagated.contains("virtual")
    masqueradeDomains = settings.list("masquerade_domains").map {
      let isExcluded = $0.hasPrefix("!")
      return (Bytes(isExcluded ? String($0.dropFirst()) : $0).asciiLowercased, isExcluded)
    }
    masqueradeClasses = Classes(settings.list("masquerade_classes"))
    masqueradeExceptions = settings.list("masquerade_exceptions").map { Bytes($0).asciiLowercased }
    expansionLimit = settings.int("virtual_alias_expansion_limit")
    recursionLimit = settings.int("virtual_alias_recursion_limit")
    lengthLimit = settings.int("virtual_alias_address_length_limit")
    mapsNothing =
      canonical.isEmpty && senderCanonical.isEmpty && recipientCanonical.isEmpty
      && masqueradeDomains.isEmpty
  }

  /// The standard form of an address: what trivial-rewrite(8) makes of it.
  func standardForm(_ address: Bytes, _ clients: AddressForms.Clients) -> Bytes {
    forms.rewrite(internal: address, for: clients)
  }

  // All addresses are in internal form.

  /// sender_canonical_maps, canonical_maps, masquerading.
  func mappedSender(
    _ address: Bytes, isHeader: Bool
  ) throws(AddressMappingError) -> Bytes {
    let place: Classes = isHeader ? .headerSender : .envelopeSender
    var result = address
    if senderClasses.contains(place) { result = try mapOnce(senderCanonical, result) }
    if canonicalClasses.contains(place) { result = try mapOnce(canonical, result) }
    return masqueradeClasses.contains(place) ? masqueraded(result) : result
  }

  /// recipient_canonical_maps, canonical_maps, masquerading.
  func mappedRecipient(
    _ address: Bytes, isHeader: Bool
  ) throws(AddressMappingError) -> Bytes {
    let place: Classes = isHeader ? .headerRecipient : .envelopeRecipient
    var result = address
    if recipientClasses.contains(place) { result = try mapOnce(recipientCanonical, result) }
    if canonicalClasses.contains(place) { result = try mapOnce(canonical, result) }
    return masqueradeClasses.contains(place) ? masqueraded(result) : result
  }

  /// sender_bcc_maps, in standard form.
  func senderBCC(_ address: Bytes) throws(AddressMappingError) -> Bytes? {
    try blindCopy(senderCopies, address)
  }

  /// recipient_bcc_maps, in standard form.
  func recipientBCC(_ address: Bytes) throws(AddressMappingError) -> Bytes? {
    try blindCopy(recipientCopies, address)
  }

  private func blindCopy(
    _ list: TableList, _ address: Bytes
  ) throws(AddressMappingError) -> Bytes? {
    guard let match = try find(list, address) else { return nil }
    return forms.rewrite(
      internal: MailAddress.internal(Bytes(match.value.trimmedASCIISpace)), for: .local)
  }

  // MARK: Canonical

  /// One table list, repeated until the address does not change; the last of ten results stays.
  private func mapOnce(_ list: TableList, _ address: Bytes) throws(AddressMappingError) -> Bytes {
    guard !list.isEmpty, !address.isEmpty else { return address }
    var result = address
    for _ in 0..<10 {
      guard let next = try results(list, result, propagates: propagatesCanonical)?.first,
        next != result
      else { return result }
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

  /// virtual_alias_maps, again and again; the address itself where nothing matches.
  func expanded(_ address: Bytes) throws(AddressMappingError) -> [Bytes] {
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
      guard !isOwnParent,
        let found = try results(virtualAlias, present, propagates: propagatesVirtual)
      else {
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
  private func results(
    _ list: TableList, _ address: Bytes, propagates: Bool
  ) throws(AddressMappingError) -> [Bytes]? {
    guard let match = try find(list, address) else { return nil }
    // `@domain` as a key ignores the extension, so there is none left over: seen.
    let suffix = propagates ? match.unmatchedExtension : []
    var result: [Bytes] = []
    for part in AddressMapping.addresses(match.value) {
      var mapped = MailAddress.internal(part)
      // `@domain` as a result keeps the local part.
      if mapped.first == 0x40, !mapped.contains(0x3A) {
        mapped = Bytes(MailAddress.localPart(of: address)) + mapped
      }
      mapped = forms.rewrite(internal: mapped, for: .local)
      if !suffix.isEmpty {
        mapped.insert(contentsOf: suffix, at: mapped.lastIndex(of: 0x40) ?? mapped.endIndex)
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

  /// Looks an address up.
  ///
  /// The queue writer cannot wait: what the finder asks of a remote table is asked here and now.
  private func find(
    _ list: TableList, _ address: Bytes
  ) throws(AddressMappingError) -> AddressFinder.Match? {
    guard !list.isEmpty, !address.isEmpty else { return nil }
    var book = AnswerBook()
    while true {
      do {
        return try finder.find(address, in: list, book: &book) {
          (domain, book) throws(Suspension) in
          try classes.isLocal(domain, book: &book)
        }
      } catch {
        switch error {
        case .failed(let cause): throw .lookup(cause, parameter: list.parameter)
        case .ask(let question): answer(question, list, &book)
        }
      }
    }
  }

  private func answer(_ question: Question, _ list: TableList, _ book: inout AnswerBook) {
    guard case .table(let spec, let key) = question,
      let table = list.tables.first(where: { $0.spec == spec })
    else {
      // A remote table inside mydestination: it counts as failed, so that nobody waits for it.
      let failure = LookupError(.temporary, [])
      return book.file(Answer(.table(.failure(failure))), to: question)
    }
    do throws(LookupError) {
      let value = try table.value(for: key.span)
      book.file(Answer(.table(.success(value))), to: question)
    } catch {
      book.file(Answer(.table(.failure(error))), to: question)
    }
  }
}
