import RestrictionDSL

/// Well-formed UTF-8 without surrogates and overlong forms.
///
/// - Source: Unicode, table 3-7
enum UTF8Check {
  static func isValid(_ text: Span<UInt8>) -> Bool {
    if isASCII(text) { return true }
    var index = 0
    let count = text.count
    while index < count {
      let lead = text[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let length = UTF8Check.length(of: lead)
      guard length > 1, index + length <= count else { return false }
      let second = text[index + 1]
      let range: ClosedRange<UInt8> =
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
      guard range.contains(second) else { return false }
      for next in 2..<max(2, length) where text[index + next] & 0xC0 != 0x80 { return false }
      index += length
    }
    return true
  }

  /// Bytes of the sequence that begins with `lead`; 0 where none can.
  static func length(of lead: UInt8) -> Int {
    switch lead {
    case 0..<0x80: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 0
    }
  }
}
