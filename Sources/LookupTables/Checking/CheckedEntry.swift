import RestrictionDSL

/// One entry of a table source and where its parts are written.
struct CheckedEntry {
  /// The logical line.
  let text: TracedText
  let key: Range<Int>
  let value: Range<Int>
  /// 1-based; of the first physical line.
  let line: Int
  /// The key is a pattern or a network: not what a lookup asks for.
  let isPattern: Bool

  var keyText: String { text.bytes[key].text }
  var valueBytes: Bytes { Bytes(text.bytes[value]) }
  var valueText: String { text.bytes[value].text }
  var keyPlace: SourceRange? { text.range(of: key) }
  var valuePlace: SourceRange? { text.range(of: value) }

  /// Where a word of the value is written, or the value.
  func place(of word: String) -> SourceRange? {
    let wanted = Bytes(word)
    guard !wanted.isEmpty, wanted.count <= value.count else { return valuePlace }
    for start in value.lowerBound...(value.upperBound - wanted.count)
    where text.bytes[start..<start + wanted.count].elementsEqual(wanted) {
      return text.range(of: start..<start + wanted.count)
    }
    return valuePlace
  }

  /// The addresses of a value: separated by commas or white space outside quotes.
  var addresses: [String] {
    var parts: [Bytes] = []
    var part: Bytes = []
    var isQuoted = false
    for byte in valueBytes {
      if byte == 0x22 { isQuoted.toggle() }
      if !isQuoted && (byte == 0x2C || byte.isASCIISpace) {
        if !part.isEmpty { parts.append(part) }
        part = []
      } else {
        part.append(byte)
      }
    }
    if !part.isEmpty { parts.append(part) }
    return parts.map(\.text)
  }

  func finding(
    _ severity: Diagnostic.Severity, _ id: String, _ message: String, at place: SourceRange?,
    help: String? = nil
  ) -> Diagnostic {
    Diagnostic(severity, id, message, at: place, help: help)
  }
}
