import RestrictionDSL

/// `proxy:type:name` where no proxymap(8) serves us: the table itself.
///
/// - Source: proxymap(8), postconf(5) proxy_read_maps
final class ProxyTable: LookupTable {
  private let table: OpenTable

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    let allowed = opening.options.proxyReadTables?.contains(name) ?? true
    guard allowed, let spec = TableSpec(name) else {
      throw OpenFailure(
        "proxymap service is not configured for table \"\(name)\"", isFatal: true)
    }
    table = opening.openMember(spec)
  }

  /// The table that is proxied.
  var inner: OpenTable { table }

  var kind: TableKind { table.kind }
  var foldsKeys: Bool { false }
  var encodesFiles: Bool { false }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    try table.uncheckedValue(for: key)
  }
}
