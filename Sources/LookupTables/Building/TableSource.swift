import RestrictionDSL

/// One logical line of a table source, parsed.
public enum SourceRecord: Hashable, Sendable {
  /// A key and a value; the line may look like one of an alias file.
  case entry(key: Bytes, value: Bytes, looksLikeAlias: Bool)
  case notUTF8
  case unbalancedQuote
  case incomplete

  /// Parses key, white space, value.
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

/// Reads a table source line by line.
public struct TableSource {
  /// A line that is an entry.
  public struct Entry: Hashable, Sendable {
    public let key: Bytes
    public let value: Bytes
    /// 1-based number of the first physical line.
    public let line: Int
  }

  /// The file in warnings.
  public let name: String
  private let options: TableOptions
  private let incompleteAction: String
  private var lines: LogicalLines
  private var line: Bytes = []

  /// - Parameter name: the file in warnings, `stdin` for standard input.
  /// - Parameter fd: an open descriptor, not closed here.
  public init(name: String, fd: CInt, options: TableOptions) {
    self.init(name: name, reader: FileReader(fd: fd), options: options, incompleteAction: "")
  }

  /// - Parameter incompleteAction: what the warning about a line without value ends with.
  init(name: String, reader: FileReader, options: TableOptions, incompleteAction: String) {
    self.name = name
    self.options = options
    self.incompleteAction = incompleteAction
    lines = LogicalLines(name: name, reader: reader, utf8: options.printsUTF8)
  }

  /// The next entry.
  ///
  /// - Parameter warn: told about lines that are skipped or odd, `F, line N: …` without prefix.
  /// - Throws: the error of read(2); what was read before it stands.
  public mutating func next(warn: (String) -> Void) throws(SystemErrno) -> Entry? {
    while try lines.next(into: &line) {
      lines.takeWarnings().forEach(warn)
      let place = "\(name), line \(lines.number): "
      switch SourceRecord.parse(line, checksUTF8: options.smtputf8) {
      case .entry(let key, let value, let looksLikeAlias):
        if looksLikeAlias {
          warn("\(place)record is in \"key: value\" format; is this an alias file?")
        }
        return Entry(key: key, value: value, line: lines.number)
      case .notUTF8:
        let shown = PrintableText.of(line, utf8: options.printsUTF8)
        warn("\(place)non-UTF-8 input \"\(shown)\" -- ignoring this line")
      case .unbalancedQuote:
        warn("\(place)unbalanced '\"' in '\(line.text)' -- ignoring this line")
      case .incomplete:
        warn("\(place)expected format: key whitespace value\(incompleteAction)")
      }
    }
    lines.takeWarnings().forEach(warn)
    return nil
  }
}
