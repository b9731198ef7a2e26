import RestrictionDSL

/// A table of the configuration in use by one event loop: its name, its kind, and key folding.
///
/// A table that could not be opened is an `OpenTable` all the same: every lookup throws.
public final class OpenTable {
  /// As written in the configuration.
  public let spec: TableSpec

  /// Whether callers try partial keys.
  public let kind: TableKind

  /// Answers cross a network or may block: the session loop must not call ``value(for:)`` itself.
  public let isRemote: Bool

  /// The same key may have another answer at the next question (`randmap:`, `tcp:` …).
  public let isVolatile: Bool

  private let table: any LookupTable
  private let foldsUnicode: Bool

  public init(
    spec: TableSpec, table: any LookupTable, isRemote: Bool = false, isVolatile: Bool = false,
    foldsUnicode: Bool
  ) {
    self.spec = spec
    self.table = table
    self.kind = table.kind
    self.isRemote = isRemote
    self.isVolatile = isVolatile
    self.foldsUnicode = foldsUnicode
  }

  /// Looks one key up, folded as the kind of the table demands.
  ///
  /// - Returns: the value, or `nil` where there is no entry.
  /// - Throws: ``LookupError``; an empty value is one.
  public func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    try table.value(for: key)
  }
}
