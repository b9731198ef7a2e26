import RestrictionDSL

/// The entries of a table source with their places, and what reading it has to say.
struct CheckedSource {
  private(set) var entries: [CheckedEntry] = []
  private(set) var diagnostics: [Diagnostic] = []
  private let lines: [Int: TracedText]
  private let path: String

  /// - Parameter isAliases: lines are `name: value`
  init(_ file: SourceFile, _ spec: TableSpec, isAliases: Bool, options: TableOptions) {
    let logical = RestrictionDSL.LogicalLines(file)
    path = file.path
    lines = Dictionary(logical.lines.map { ($0.number, $0.text) }, uniquingKeysWith: { $1 })
    diagnostics = logical.diagnostics
    switch spec.type {
    case "cidr", "regexp", "pcre": readRules(logical)
    default:
      for line in logical.lines {
        if isAliases { readAlias(line) } else { readEntry(line, options) }
      }
    }
  }

  private mutating func readEntry(_ line: RestrictionDSL.LogicalLines.Line, _ options: TableOptions)
  {
    switch SourceRecord.parse(line.text.bytes.span, checksUTF8: options.smtputf8) {
    case .entry(let key, let value):
      let entry = CheckedEntry(
        text: line.text, key: key, value: value, line: line.number, isPattern: false)
      entries.append(entry)
      if line.text.bytes[key].last == 0x3A {
        add(
          "malformed-line", "'\(entry.keyText)' ends with a colon", line,
          help: "is this an alias file?")
      }
    case .notUTF8: add("malformed-line", "the line is not UTF-8: postmap ignores it", line)
    case .unbalancedQuote:
      add("malformed-line", "a quote is not closed: postmap ignores the line", line)
    case .incomplete:
      add(
        "malformed-line", "there is no value: postmap ignores the line", line,
        help: "expected key, white space, value")
    }
  }

  /// `name: value`, where the name may be quoted.
  private mutating func readAlias(_ line: RestrictionDSL.LogicalLines.Line) {
    let bytes = line.text.bytes
    var isQuoted = false
    var colon: Int?
    for index in bytes.indices {
      if bytes[index] == 0x22 { isQuoted.toggle() }
      if bytes[index] == 0x3A && !isQuoted {
        colon = index
        break
      }
    }
    guard let colon, colon > 0 else {
      add(
        "malformed-line", "there is no name with a colon: postalias ignores the line", line,
        help: "expected name: value")
      return
    }
    var key = 0..<bytes[..<colon].trimmedASCIISpace.endIndex
    if key.count > 2, bytes[0] == 0x22, bytes[key.upperBound - 1] == 0x22 {
      key = 1..<key.upperBound - 1
    }
    let value = bytes[(colon + 1)...].trimmedASCIISpace
    guard !value.isEmpty else {
      add("malformed-line", "'\(bytes[key].text)' has no value: postalias ignores the line", line)
      return
    }
    entries.append(
      CheckedEntry(
        text: line.text, key: key, value: value.startIndex..<value.endIndex, line: line.number,
        isPattern: false))
  }

  /// Rules of pattern tables: what stands in front of the value is found from behind, because only the table
  /// itself knows where a pattern ends.
  private mutating func readRules(_ logical: RestrictionDSL.LogicalLines) {
    for line in logical.lines {
      let bytes = line.text.bytes
      let text = bytes.trimmedASCIISpace
      guard !text.isEmpty else { continue }
      entries.append(
        CheckedEntry(
          text: line.text, key: text.startIndex..<text.endIndex,
          value: text.endIndex..<text.endIndex, line: line.number, isPattern: true))
    }
  }

  /// Keeps the rules that the table has, with the values it found.
  mutating func keep(_ rules: [(line: Int, value: Bytes)]) {
    let byLine = Dictionary(entries.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
    entries = rules.compactMap { rule in
      guard let entry = byLine[rule.line], entry.key.count > rule.value.count else { return nil }
      let start = entry.key.upperBound - rule.value.count
      let pattern = entry.text.bytes[entry.key.lowerBound..<start].trimmedASCIISpace
      return CheckedEntry(
        text: entry.text, key: pattern.startIndex..<pattern.endIndex,
        value: start..<entry.key.upperBound, line: rule.line, isPattern: true)
    }
  }

  /// A warning of opening the table: `… map FILE, line N: what is wrong`.
  mutating func add(openMessage line: String) {
    let text = line.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? line
    let parts = text.split(separator: ", line ", maxSplits: 1).map(String.init)
    guard parts.count == 2, let colon = parts[1].firstIndex(of: ":"),
      let number = Int(parts[1][..<colon])
    else {
      diagnostics.append(Diagnostic(.error, "table-unavailable", text))
      return
    }
    let message = parts[1][parts[1].index(after: colon)...].drop { $0 == " " }
    let place = lines[number].flatMap { line -> SourceRange? in
      let content = line.bytes.trimmedASCIISpace
      return line.range(of: content.startIndex..<content.endIndex)
    }
    diagnostics.append(
      Diagnostic(
        .error, "malformed-line", String(message),
        at: place ?? SourceRange(file: path, line: number, column: 1)))
  }

  private mutating func add(
    _ id: String, _ message: String, _ line: RestrictionDSL.LogicalLines.Line, help: String? = nil
  ) {
    let content = line.text.bytes.trimmedASCIISpace
    diagnostics.append(
      Diagnostic(
        .error, id, message, at: line.text.range(of: content.startIndex..<content.endIndex),
        help: help))
  }
}
