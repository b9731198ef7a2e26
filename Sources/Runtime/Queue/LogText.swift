import RestrictionDSL

/// Client text in log lines.
enum LogText {
  /// Appends text; what cannot be printed becomes `?`.
  ///
  /// UTF-8 stays where it is well formed.
  static func append(_ text: Span<UInt8>, to line: inout ByteBuffer) {
    if text.isPrintable { return line.append(text) }
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte.isASCIIPrintable {
        line.append(byte)
        index += 1
        continue
      }
      let length = sequenceLength(text, at: index)
      if length > 1 {
        for position in index..<(index + length) { line.append(text[position]) }
        index += length
      } else {
        line.append(0x3F)
        index += 1
      }
    }
  }

  /// Length of the well-formed UTF-8 sequence of two to four bytes at an index, else 1.
  private static func sequenceLength(_ text: Span<UInt8>, at index: Int) -> Int {
    let lead = text[index]
    let length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
    guard length > 1, lead < 0xF5, index + length <= text.count else { return 1 }
    for position in (index + 1)..<(index + length) where text[position] & 0xC0 != 0x80 { return 1 }
    return length
  }
}
