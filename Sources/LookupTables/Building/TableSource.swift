import RestrictionDSL

/// One logical line of a table source, parsed.
enum SourceRecord: Hashable {
  /// Where key and value stand in the line.
  case entry(key: Range<Int>, value: Range<Int>)
  case notUTF8
  case unbalancedQuote
  case incomplete

  /// Parses key, white space, value.
  ///
  /// The key ends at the first white space that is neither quoted nor behind a backslash.
  ///
  /// - Source: postmap(1) "the format of the table", facts postmap §2
  static func parse(_ line: Span<UInt8>, checksUTF8: Bool) -> SourceRecord {
    if checksUTF8 && !UTF8Check.isValid(line) { return .notUTF8 }
    let count = line.count
    var index = 0
    var quoted = false
    while index < count {
      let byte = line[index]
      // Nearly every byte of a key is neither white space, quote nor backslash.
      if byte > 0x22 && byte != 0x5C {
        index += 1
        continue
      }
      if byte == 0x5C && index + 1 < count {
        index += 2
        continue
      }
      if byte == 0x22 { quoted.toggle() }
      if byte.isASCIISpace && !quoted { break }
      index += 1
    }
    guard !quoted else { return .unbalancedQuote }
    index = min(index, count)
    var start = index
    while start < count && line[start].isASCIISpace { start += 1 }
    var end = count
    while end > start && line[end - 1].isASCIISpace { end -= 1 }
    guard index > 0, end > start else { return .incomplete }
    return .entry(key: 0..<index, value: start..<end)
  }
}

/// Reads a table source entry by entry, in one buffer.
public struct TableSource {
  /// The file in warnings.
  public let name: String

  private let options: TableOptions
  private let incompleteAction: String
  private var lines: LogicalLines
  private var text: Bytes = []
  private var keyRange = 0..<0
  private var valueRange = 0..<0

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

  /// `F, line N: ` with the first physical line of the last entry, 1-based.
  public var place: String { "\(name), line \(lines.number): " }

  /// The first physical line of the last entry.
  var line: Int { lines.number }

  /// Whether all that has come was taken, and nobody knows when more comes: a pipe.
  public var isIdle: Bool { lines.isIdle }

  /// The key of the last entry as written.
  public var key: ArraySlice<UInt8> { text[keyRange] }

  /// The value of the last entry.
  public var value: ArraySlice<UInt8> { text[valueRange] }

  /// The key of the last entry, folded as the options say, in place of what `folded` held.
  public func copyKey(to folded: inout Bytes) {
    folded.removeAll(keepingCapacity: true)
    let key = text.span.extracting(keyRange)
    let shape = KeyShape(key)
    let isFolded = !shape.hasUpperCase && !(shape.hasHighBytes && options.smtputf8)
    if isFolded || !options.foldsKeys {
      folded += text[keyRange]
    } else {
      CaseFolding.append(key, to: &folded, unicode: options.smtputf8)
    }
  }

  /// Goes to the next entry.
  ///
  /// - Parameter warn: told about lines that are skipped or odd, `F, line N: …` without prefix.
  /// - Returns: `false` at the end.
  /// - Throws: the error of read(2); what was read before it stands.
  public mutating func next(warn: (String) -> Void) throws(SystemErrno) -> Bool {
    while try lines.next(into: &text) {
      lines.takeWarnings().forEach(warn)
      switch SourceRecord.parse(text.span, checksUTF8: options.smtputf8) {
      case .entry(let key, let value):
        keyRange = key
        valueRange = value
        if text[key.upperBound - 1] == 0x3A {
          warn("\(place)record is in \"key: value\" format; is this an alias file?")
        }
        return true
      case .notUTF8:
        let shown = PrintableText.of(text, utf8: options.printsUTF8)
        warn("\(place)non-UTF-8 input \"\(shown)\" -- ignoring this line")
      case .unbalancedQuote:
        let shown = PrintableText.of(text, utf8: true)
        warn("\(place)unbalanced '\"' in '\(shown)' -- ignoring this line")
      case .incomplete:
        warn("\(place)expected format: key whitespace value\(incompleteAction)")
      }
    }
    lines.takeWarnings().forEach(warn)
    return false
  }
}
