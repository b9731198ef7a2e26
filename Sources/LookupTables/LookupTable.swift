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

  /// Whether ``OpenTable`` folds keys to lower case; by default where the kind is fixed.
  var foldsKeys: Bool { get }

  /// The name in Postfix's own messages about the open table where it differs from the
  /// specification, for instance `hash:/etc/postfix/access.db`.
  var ownName: String? { get }

  /// Whether the file behind the table was replaced or changed since it was opened.
  var hasChanged: Bool { get }

  /// Whether values come in BASE64 where ``TableOptions/valuesAreFiles`` is set; not for tables
  /// that read the files themselves.
  var encodesFiles: Bool { get }

  /// A lookup goes through a file: ``OpenTable`` remembers the answers to partial keys for a while.
  var isIndexed: Bool { get }

  /// Looks for damage that opening does not show: entries that are gone, or that no lookup finds.
  ///
  /// - Throws: ``LookupError`` that names the file
  /// - Complexity: one pass over the file
  func inspect() throws(LookupError)

  /// Looks one key up.
  ///
  /// - Parameter key: bytes as they go to the database; folding was applied by ``OpenTable``.
  /// - Returns: the value, or `nil` where there is no entry. An empty value is not `nil`.
  /// - Throws: ``LookupError`` where the table could not be asked.
  /// - Complexity: one probe; no allocation beyond the value.
  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes?
}

extension LookupTable {
  public var foldsKeys: Bool { kind == .fixed }
  public var ownName: String? { nil }
  public var hasChanged: Bool { false }
  public var isIndexed: Bool { false }
  public var encodesFiles: Bool { true }
  public func inspect() throws(LookupError) {}
}

/// What visits the entries of a table: key and value are lent for the time of the call.
public typealias EntryVisitor = (_ key: Span<UInt8>, _ value: Span<UInt8>) -> Void

/// A table whose entries can be visited.
public protocol EntryTable: LookupTable {
  /// Visits every entry in the order of the table, without trailing NUL.
  ///
  /// - Throws: ``LookupError`` where the table could not be read to its end.
  /// - Complexity: no allocation for an entry of an indexed file of pages
  func visitEntries(_ visit: EntryVisitor) throws(LookupError)
}

extension EntryTable {
  /// Visits every entry as bytes to keep, in memory that is used again unless the visitor keeps it.
  ///
  /// - Throws: ``LookupError`` where the table could not be read to its end.
  public func forEachEntry(_ visit: (_ key: Bytes, _ value: Bytes) -> Void) throws(LookupError) {
    var (keyText, valueText) = (Bytes(), Bytes())
    try visitEntries { key, value in
      keyText.replace(with: key)
      valueText.replace(with: value)
      visit(keyText, valueText)
    }
  }
}

/// A table of a server that `postmap -d` removes keys from.
public protocol RemovingTable: LookupTable {
  /// Keys are removed from this table too, and what it says counts.
  var tableBehind: TableSpec? { get }

  /// Removes one key.
  ///
  /// - Returns: whether there was one; `nil` where keys like this are never asked for
  /// - Throws: ``LookupError`` where the server could not be asked.
  func remove(_ key: Span<UInt8>) throws(LookupError) -> Bool?
}

/// A table that `postmap -s` lists.
///
/// Postfix does not list cdb files.
public protocol ListableTable: EntryTable {}
