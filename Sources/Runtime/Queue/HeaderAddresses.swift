import RestrictionDSL

/// Address headers that need no second look.
enum HeaderAddresses {
  /// Whether every address of a header value is in standard form beyond doubt: `local@domain.tld`, bare or
  /// in brackets, without quotes, comments, routes, `%` and `!`.
  ///
  /// - Complexity: one pass, no allocation.
  static func areStandard(_ text: Span<UInt8>, from start: Int) -> Bool {
    var first = start
    while first < text.count, text[first] == 0x20 { first += 1 }
    if MailForm.isStandard(text.extracting(first..<text.count)) { return true }
    var seenAt = false
    var seenDot = false
    var words = 0
    var inWord = false
    var inRoute = false
    var last: UInt8 = 0
    for index in start..<text.count {
      let byte = text[index]
      switch byte {
      case 0x20, 0x09, 0x0A:
        inWord = false
        continue
      case 0x2C, 0x3E:
        guard seenAt, seenDot, last != 0x2E, inRoute == (byte == 0x3E) || words == 1 else {
          return false
        }
        if byte == 0x3E {
          guard inRoute, words == 1 else { return false }
          inRoute = false
          inWord = true
          last = 0x3E
          words = 1
          continue
        }
        guard !inRoute else { return false }
        (seenAt, seenDot, inWord, words) = (false, false, false, 0)
      case 0x3C:
        // What came before is a display name.
        guard !inRoute, !seenAt, last != 0x3E else { return false }
        (seenAt, seenDot, inRoute, inWord, words) = (false, false, true, false, 0)
      case 0x40:
        guard !seenAt, inWord, last != 0x40 else { return false }
        (seenAt, seenDot) = (true, false)
      case 0x2E:
        guard inWord, last != 0x40 else { return false }
        seenDot = true
      case 0x25, 0x21, 0x22, 0x28, 0x29, 0x3A, 0x3B, 0x5B, 0x5C, 0x5D: return false
      default:
        if !inWord {
          if last == 0x3E || seenAt { return false }
          words += 1
          inWord = true
        }
      }
      last = byte
    }
    return seenAt && seenDot && !inRoute && last != 0x2E && last != 0x40 && words == 1
  }
}
