import RestrictionDSL

/// How the keys of a table are made.
public enum TableKind: Hashable, Sendable {
  /// Indexed or exact tables: folded keys, and partial keys (parent domains, networks) are tried.
  case fixed
  /// Pattern tables: only the full key, never folded.
  case pattern
}

/// A table that maps one key to at most one value.
public protocol LookupTable: AnyObject {
  /// Whether callers try partial keys.
  var kind: TableKind { get }

  /// Looks one key up.
  ///
  /// - Parameter key: bytes as they go to the database; folding was applied by ``OpenTable``.
  /// - Returns: the value, or `nil` where there is no entry. An empty value is not `nil`.
  /// - Throws: ``LookupError`` where the table could not be asked.
  /// - Complexity: one probe; no allocation beyond the value.
  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes?
}
