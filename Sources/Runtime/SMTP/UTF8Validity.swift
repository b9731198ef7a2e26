/// Whether a command line is well-formed UTF-8.
///
/// - Source: RFC 3629 §4; facts smtp-session.md §3 step 5
enum UTF8Validity {
  /// No overlong forms, no surrogates, nothing above U+10FFFF.
  ///
  /// - Complexity: one pass; no allocation.
  static func holds(for bytes: Span<UInt8>) -> Bool {
    var index = asciiPrefix(bytes)
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte < 0x80 { continue }
      let length: Int
      var allowed: ClosedRange<UInt8> = 0x80...0xBF
      switch byte {
      case 0xC2...0xDF: length = 1
      case 0xE0:
        length = 2
        allowed = 0xA0...0xBF
      case 0xED:
        length = 2
        allowed = 0x80...0x9F
      case 0xE1...0xEF: length = 2
      case 0xF0:
        length = 3
        allowed = 0x90...0xBF
      case 0xF4:
        length = 3
        allowed = 0x80...0x8F
      case 0xF1...0xF3: length = 3
      default: return false
      }
      guard bytes.count - index >= length, allowed.contains(bytes[index]) else { return false }
      for offset in 1..<max(length, 1) where !(0x80...0xBF).contains(bytes[index + offset]) {
        return false
      }
      index += length
    }
    return true
  }
}
