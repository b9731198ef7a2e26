import RestrictionDSL

/// The `xtext` coding of DSN parameters, XCLIENT and XFORWARD.
///
/// - Source: RFC 3461 §4; facts proxies-and-extensions.md §7
enum XText {
  /// Decodes `+XX`.
  ///
  /// - Returns: `nil` where a `+` is not followed by two hexadecimal digits.
  static func decoded(_ text: some Collection<UInt8>) -> Bytes? {
    var plain = Bytes()
    plain.reserveCapacity(text.count)
    var index = text.startIndex
    while index != text.endIndex {
      let byte = text[index]
      index = text.index(after: index)
      guard byte == 0x2B else {
        plain.append(byte)
        continue
      }
      guard index != text.endIndex, let high = text[index].hexadecimalValue else { return nil }
      index = text.index(after: index)
      guard index != text.endIndex, let low = text[index].hexadecimalValue else { return nil }
      index = text.index(after: index)
      plain.append(high << 4 | low)
    }
    return plain
  }
}
