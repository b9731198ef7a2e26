import RestrictionDSL

/// One entry of a table source, or what is wrong with the line.
public enum SourceRecord: Hashable, Sendable {
  /// A key and a value; ``warning`` where the line looks like an alias file's.
  case entry(key: Bytes, value: Bytes, looksLikeAlias: Bool)
  case notUTF8
  case unbalancedQuote
  case incomplete

  /// Parses one logical line: key, white space, value.
  ///
  /// The key ends at the first white space that is neither quoted nor behind a backslash.
  ///
  /// - Source: postmap(1) "the format of the table", facts postmap §2
  public static func parse(_ line: Bytes, checksUTF8: Bool) -> SourceRecord {
    if checksUTF8 && !UTF8Check.isValid(line.span) { return .notUTF8 }
    var index = 0
    var quoted = false
    while index < line.count {
      let byte = line[index]
      if byte == 0x5C && index + 1 < line.count {
        index += 2
        continue
      }
      if byte == 0x22 { quoted.toggle() }
      if byte.isASCIISpace && !quoted { break }
      index += 1
    }
    guard !quoted else { return .unbalancedQuote }
    let key = line[..<index]
    let value = line[index...].trimmedASCIISpace
    guard !key.isEmpty, !value.isEmpty else { return .incomplete }
    return .entry(key: Bytes(key), value: Bytes(value), looksLikeAlias: key.last == 0x3A)
  }
}
