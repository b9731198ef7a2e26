import LookupTables
import RestrictionDSL

/// transport_maps: another way for an address or a domain.
///
/// - Source: transport(5) "TABLE SEARCH ORDER", "RESULT FORMAT"
struct TransportTable {
  private let list: TableList
  private let parentsWithDot: Bool

  init(settings: Settings, tables: (TableSpec) -> OpenTable) {
    list = TableList("transport_maps", settings: settings, tables: tables)
    parentsWithDot = !MatchList.matchesParents("transport_maps", settings: settings)
  }

  /// Whether an answer may differ the next time.
  var isVolatile: Bool { list.isVolatile }

  var isEmpty: Bool { list.isEmpty }

  /// The entry for an address, else for its domain and parents, else `*`.
  func entry(
    for address: Bytes, finder: AddressFinder, book: inout AnswerBook
  ) throws(Suspension) -> Bytes? {
    guard !list.isEmpty else { return nil }
    let match = try finder.find(
      address, in: list, keys: [.withoutExtension, .domains], domainsWithDot: parentsWithDot,
      book: &book, isLocal: { (_, _) throws(Suspension) in false })
    if let match { return match.value }
    return try list.value(for: [UInt8(ascii: "*")].span, isPartial: true, book: &book)
  }

  /// Applies `transport:nexthop`; what is not given stays, or falls back to the domain.
  static func apply(_ entry: Bytes, domain: ArraySlice<UInt8>, to resolved: inout ResolvedAddress) {
    let colon = entry.firstIndex(of: UInt8(ascii: ":")) ?? entry.endIndex
    let transport = Bytes(entry[..<colon])
    let nextHop = Bytes(entry[colon...].dropFirst())
    if transport.isEmpty {
      if !nextHop.isEmpty { resolved.nextHop = nextHop }
      return
    }
    resolved.transport = transport
    if !nextHop.isEmpty {
      resolved.nextHop = nextHop
    } else if transport.equals("error") || transport.equals("retry") {
      resolved.nextHop = Bytes("Address is undeliverable")
    } else {
      resolved.nextHop = Bytes(domain)
    }
  }
}
