import LookupTables
import RestrictionDSL

/// The tables of one parameter, asked one after the other.
///
/// - Source: facts restrictions.md §6.1, §6.6 (empty value), §9
public struct TableList {
  /// The parameter, for messages.
  public let parameter: String
  public let tables: [OpenTable]

  public init(parameter: String, tables: [OpenTable]) {
    self.parameter = parameter
    self.tables = tables
  }

  /// Opens the tables that the parameter names.
  public init(_ parameter: String, settings: Settings, tables open: (TableSpec) -> OpenTable) {
    self.init(
      parameter: parameter, tables: settings.list(parameter).compactMap { TableSpec($0) }.map(open))
  }

  /// Whether an answer may differ the next time (remote or volatile tables).
  public var isVolatile: Bool { tables.contains { $0.isRemote || $0.isVolatile } }

  /// No table at all.
  public var isEmpty: Bool { tables.isEmpty }

  /// The first value found.
  ///
  /// - Parameter isPartial: the key is a part of what is looked up: pattern tables are not asked.
  /// - Parameter isFolded: see ``OpenTable/value(for:isFolded:)``
  /// - Parameter allowsEmpty: an empty value is a value as any other.
  /// - Throws: ``Suspension/failed(_:)`` with the lines to be logged; tables behind the failing one
  ///   are not asked.
  public func value(
    for key: Span<UInt8>, isPartial: Bool, isFolded: Bool = false, allowsEmpty: Bool = false,
    book: inout AnswerBook
  ) throws(Suspension) -> Bytes? {
    guard key.count > 0 else { return nil }
    for table in tables where !isPartial || table.kind == .fixed {
      do {
        if let value = try book.value(of: table, for: key, isFolded: isFolded) { return value }
      } catch {
        guard case .failed(let cause) = error else { throw error }
        if allowsEmpty, EmptyValue.isReported(by: cause) { return [] }
        throw .failed(report(cause, of: table, key))
      }
    }
    return nil
  }

  /// The same for a key that is an array.
  func value(
    for key: Bytes, isPartial: Bool, isFolded: Bool, book: inout AnswerBook
  ) throws(Suspension) -> Bytes? {
    try value(for: key.span, isPartial: isPartial, isFolded: isFolded, book: &book)
  }

  private func report(_ cause: LookupError, of table: OpenTable, _ key: Span<UInt8>) -> LookupError
  {
    guard EmptyValue.isReported(by: cause) else {
      return LookupError(cause.kind, cause.messages + [table.lookupErrorLine(for: key)])
    }
    return LookupError(
      .configuration,
      [
        "warning: \(parameter) lookup of \(Bytes(copying: key).text) returns an empty string result",
        "warning: \(parameter) should return NO RESULT in case of NOT FOUND",
      ])
  }
}
