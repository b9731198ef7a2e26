import RestrictionDSL

/// Logical lines of a table source, main.cf style.
///
/// A line that begins with white space continues the one before it; empty lines and comments are
/// skipped, between continuation lines too.
///
/// - Source: postconf(5), postmap(1) "the format of the table"; facts restrictions §10.1
struct LogicalLines {
  private let name: String
  private let reader: FileReader
  private let utf8: Bool
  // Invariant: where there is one, the next line with content, at line `physical`.
  private var pending: Bytes = []
  private var hasPending = false
  private var physical = 0
  private(set) var warnings: [String] = []

  /// 1-based number of the first physical line of the last logical line.
  private(set) var number = 0

  init(name: String, reader: FileReader, utf8: Bool) {
    self.name = name
    self.reader = reader
    self.utf8 = utf8
  }

  var isIdle: Bool { reader.isIdle }

  /// Warnings since the last call.
  mutating func takeWarnings() -> [String] {
    guard !warnings.isEmpty else { return [] }
    defer { warnings = [] }
    return warnings
  }

  /// The next logical line in `line`.
  ///
  /// - Returns: `false` at the end of the file.
  mutating func next(into line: inout Bytes) throws(SystemErrno) -> Bool {
    if physical == 0 { try advance() }
    while hasPending {
      line.removeAll(keepingCapacity: true)
      swap(&line, &pending)
      number = physical
      try advance()
      while hasPending, let first = pending.first, first.isASCIISpace {
        line += pending
        try advance()
      }
      if let first = line.first, first.isASCIISpace {
        let shown = PrintableText.of(line.prefix(30).prefix { $0 != 0 }, utf8: utf8)
        let dots = line.count > 30 ? "..." : ""
        warnings.append(
          "\(name): logical line must not start with whitespace: \"\(shown)\(dots)\"")
        continue
      }
      // Postfix handles lines as C strings.
      let end = findByte(0, in: line, from: 0, to: line.count)
      if end < line.count { line.removeSubrange(end...) }
      return true
    }
    return false
  }

  /// Reads on to the next physical line that is neither blank nor a comment.
  private mutating func advance() throws(SystemErrno) {
    repeat {
      pending.removeAll(keepingCapacity: true)
      hasPending = try reader.readLine(into: &pending)
      physical += 1
      var start = 0
      while start < pending.count && pending[start].isASCIISpace { start += 1 }
      if start < pending.count && pending[start] != 0x23 { return }
    } while hasPending
  }
}
