import CSQLite
import Glibc
import RestrictionDSL

/// `sqlite:file` – a query of an SQLite database.
///
/// The C library owns what it hands out until the statement is stepped or finalised; both happen
/// behind the last use here.
///
/// - Source: sqlite_table(5); texts observed on 3.7.11
final class SQLiteTable: LookupTable {
  let kind = TableKind.fixed
  private let format: QueryFormat
  private var database: OpaquePointer?

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    let parameters = try TableParameters(name: name, opening: opening)
    let path = try parameters.required("dbpath")
    format = try QueryFormat(
      type: "sqlite", queries: [try SQLQuery.text(parameters)], parameters, opening)
    // Postfix's way: a database that is not there is made, empty.
    let mode = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    let flags = opening.options.changesNothing ? SQLITE_OPEN_READONLY : mode
    guard sqlite3_open_v2(path, &database, flags, nil) == SQLITE_OK else {
      let why = message
      sqlite3_close(database)
      database = nil
      throw OpenFailure("sqlite:\(name): Can't open database: \(why)?", isFatal: true)
    }
  }

  deinit { sqlite3_close(database) }

  private var message: String { String(cString: sqlite3_errmsg(database)) }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    guard let parts = try format.candidate(key) else { return nil }
    let query = format.query(for: parts, quote: SQLiteTable.quoted)
    var statement: OpaquePointer?
    let status = query.withUnsafeBufferPointer { text in
      text.withMemoryRebound(to: CChar.self) {
        sqlite3_prepare_v2(database, $0.baseAddress, CInt(clamping: $0.count), &statement, nil)
      }
    }
    guard status == SQLITE_OK else {
      throw failure("fatal", "SQL prepare failed: \(message)\n")
    }
    defer { sqlite3_finalize(statement) }
    var results = QueryFormat.Results()
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_DONE: return results.value
      case SQLITE_ROW:
        guard let text = sqlite3_column_text(statement, 0) else { continue }
        let value = Bytes(UnsafeBufferPointer(start: text, count: strlen(text)))
        guard format.add(value, for: key, to: &results) else {
          throw failure(
            "warning", "Expansion limit exceeded for key '\(Bytes(copying: key).text)'")
        }
      default:
        throw failure(
          "warning", "SQL step failed for query '\(query.text)': \(message)\n")
      }
    }
  }

  /// A quote is written twice.
  private static func quoted(_ text: Bytes) -> Bytes {
    var quoted = Bytes()
    for byte in text.prefix(while: { $0 != 0 }) {
      if byte == UInt8(ascii: "'") { quoted.append(byte) }
      quoted.append(byte)
    }
    return quoted
  }

  private func failure(_ severity: String, _ text: String) -> LookupError {
    let line = "\(severity): dict_sqlite_lookup: \(format.name): \(text)"
    return LookupError(
      .temporary, [PrintableText.of(line.utf8, utf8: true)],
      reason: String(cString: strerror(ENOENT)))
  }
}
