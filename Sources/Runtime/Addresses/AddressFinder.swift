import LookupTables
import RestrictionDSL

/// Looks an address up in a list of tables, from the whole address to less of it.
///
/// - Source: facts restrictions.md §7.4 (key order), §6.4 (quoted forms, extension)
public struct AddressFinder {
  /// Which keys follow the whole address.
  public struct Keys: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The address without its extension: `B@D`.
    public static let withoutExtension = Keys(rawValue: 1)
    /// `L`, then `B`, where the domain is ours.
    public static let localPart = Keys(rawValue: 2)
    /// `@D`.
    public static let atDomain = Keys(rawValue: 4)
    /// `D`, then its parents.
    public static let domains = Keys(rawValue: 8)
    /// Canonical, virtual alias and recipient tables.
    public static let standard: Keys = [.withoutExtension, .localPart, .atDomain]
  }

  /// A value, and what of the address took no part in finding it.
  public struct Match: Hashable, Sendable {
    public let value: Bytes
    /// The extension with its delimiter where a key without it was found; else empty.
    public let unmatchedExtension: Bytes
  }

  private let origin: Bytes
  private let foldsUnicode: Bool
  private let delimiter: RecipientDelimiter

  public init(settings: Settings) {
    origin = Bytes(settings.string("myorigin"))
    foldsUnicode = settings.bool("smtputf8_enable")
    delimiter = RecipientDelimiter(settings: settings)
  }

  /// Looks an address up.
  ///
  /// - Parameter address: internal form; the null address is asked for as `""`.
  /// - Parameter isAsked: there is no entry for the whole address.
  /// - Parameter isLocal: whether a domain is ours; asked only when the longer keys gave nothing.
  /// - Throws: ``Suspension/failed(_:)`` with the lines to be logged.
  public func find(
    _ address: Bytes, in list: TableList, keys: Keys = .standard, domainsWithDot: Bool = false,
    book: inout AnswerBook, isAsked: Bool = false,
    isLocal: (Span<UInt8>, inout AnswerBook) throws(Suspension) -> Bool
  ) throws(Suspension) -> Match? {
    guard !list.isEmpty else { return nil }
    if !isAsked, let value = try bothForms(address, list, isPartial: false, &book) {
      return Match(value: value, unmatchedExtension: [])
    }
    let at = address.lastIndex(of: UInt8(ascii: "@"))
    let localEnd = at ?? address.count
    let split =
      keys.contains(.withoutExtension)
      ? delimiter.split(address.span.extracting(0..<localEnd)) : nil
    let unmatched = split.map { Bytes(address[$0..<localEnd]) } ?? []
    if let split {
      let bare = Bytes(address[..<split]) + address[localEnd...]
      if let value = try bothForms(bare, list, isPartial: true, &book) {
        return Match(value: value, unmatchedExtension: unmatched)
      }
    }
    guard let at else { return nil }
    let host = address.span.extracting((at + 1)..<address.count)
    if keys.contains(.localPart), try isOurs(host, &book, isLocal) {
      if let value = try localForms(address.span.extracting(0..<at), list, &book) {
        return Match(value: value, unmatchedExtension: [])
      }
      if let split,
        let value = try localForms(
          address.span.extracting(0..<split), list, &book)
      {
        return Match(value: value, unmatchedExtension: unmatched)
      }
    }
    if keys.contains(.atDomain),
      let value = try list.value(
        for: address.span.extracting(at..<address.count), isPartial: true, book: &book)
    {
      // Seen with virtual_alias_maps: `@domain` gives its value without the extension.
      return Match(value: value, unmatchedExtension: [])
    }
    guard keys.contains(.domains) else { return nil }
    var domainKeys = DomainKeys(isPartial: true, withDot: domainsWithDot)
    while let range = domainKeys.next(in: host) {
      if let value = try list.value(for: host.extracting(range), isPartial: true, book: &book) {
        return Match(value: value, unmatchedExtension: unmatched)
      }
    }
    return nil
  }

  private func isOurs(
    _ domain: Span<UInt8>, _ book: inout AnswerBook,
    _ isLocal: (Span<UInt8>, inout AnswerBook) throws(Suspension) -> Bool
  ) throws(Suspension) -> Bool {
    if CaseFolding.equal(domain, origin.span, unicode: foldsUnicode) { return true }
    return try isLocal(domain, &book)
  }

  private func bothForms(
    _ address: Bytes, _ list: TableList, isPartial: Bool, _ book: inout AnswerBook
  ) throws(Suspension) -> Bytes? {
    if MailAddress.needsQuotes(address.span) {
      let external = MailAddress.external(address)
      if let value = try list.value(for: external.span, isPartial: isPartial, book: &book) {
        return value
      }
    }
    return try list.value(for: address.span, isPartial: isPartial, book: &book)
  }

  private func localForms(
    _ local: Span<UInt8>, _ list: TableList, _ book: inout AnswerBook
  ) throws(Suspension) -> Bytes? {
    if MailAddress.needsQuotes(localPart: local) {
      let external = MailAddress.external(localPart: Bytes(copying: local))
      if let value = try list.value(for: external.span, isPartial: true, book: &book) {
        return value
      }
    }
    return try list.value(for: local, isPartial: true, book: &book)
  }
}
