import LookupTables
import RestrictionDSL

/// The lists that give a domain its class.
///
/// - Source: facts restrictions.md §7.1
public struct AddressClasses {
  public let destination: MatchList
  public let virtualAliasDomains: MatchList
  public let virtualMailboxDomains: MatchList
  public let relayDomains: MatchList
  public let own: OwnAddresses

  public init(settings: Settings, own: OwnAddresses, tables: (TableSpec) -> OpenTable) {
    func list(_ parameter: String, _ style: MatchList.Style) -> MatchList {
      MatchList(parameter, style: style, settings: settings, tables: tables)
    }
    destination = list("mydestination", .strings)
    virtualAliasDomains = list("virtual_alias_domains", .strings)
    virtualMailboxDomains = list("virtual_mailbox_domains", .strings)
    relayDomains = list("relay_domains", .domains)
    self.own = own
  }

  /// Lines of opening the lists.
  public var openMessages: [String] {
    lists.flatMap(\.openMessages)
  }

  /// Whether an answer may differ the next time.
  public var areVolatile: Bool { lists.contains(where: \.isVolatile) }

  /// Whether an answer depends on tables.
  public var askTables: Bool { lists.contains(where: \.asksTables) }

  private var lists: [MatchList] {
    [destination, virtualAliasDomains, virtualMailboxDomains, relayDomains]
  }

  /// Whether mail for the domain is local: mydestination, or `[address]` of this host or its proxy.
  ///
  /// - Throws: ``Suspension/failed(_:)`` with the lines to be logged.
  public func isLocal(
    _ domain: Span<UInt8>, book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    var end = domain.count
    if end > 0, domain[end - 1] == UInt8(ascii: ".") { end -= 1 }
    guard end > 0, domain[end - 1] != UInt8(ascii: ".") else { return false }
    if try destination.matches(domain.extracting(0..<end), book: &book) { return true }
    guard end > 2, domain[0] == UInt8(ascii: "["), domain[end - 1] == UInt8(ascii: "]") else {
      return false
    }
    let inner = domain.extracting(1..<(end - 1))
    guard let range = DomainName.literalAddress(inner),
      let address = IPAddress(hostAddress: inner.extracting(range))
    else { return false }
    return own.contains(address)
  }
}
