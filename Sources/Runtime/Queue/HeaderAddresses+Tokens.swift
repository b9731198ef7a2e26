import RestrictionDSL

/// Words, comments and punctuation of an address header; and the common case that needs none of it.
extension HeaderAddresses {
  static func scan(_ text: Bytes, from start: Int, limit: Int) -> [Token] {
    var tokens: [Token] = []
    var index = start
    while index < text.count, tokens.count < limit {
      let byte = text[index]
      switch byte {
      case _ where byte.isASCIISpace:
        index += 1
      case 0x28:
        tokens.append(.comment(take(text, &index, open: 0x28, close: 0x29, nests: true)))
      case 0x22:
        tokens.append(.word(take(text, &index, open: 0x22, close: 0x22, nests: false)))
      case 0x5B:
        tokens.append(.literal(take(text, &index, open: 0x5B, close: 0x5D, nests: false)))
      case _ where isSpecial(byte):
        tokens.append(.special(byte))
        index += 1
      default:
        let first = index
        while index < text.count, !text[index].isASCIISpace, text[index] != 0x28,
          text[index] != 0x22, text[index] != 0x5B, !isSpecial(text[index])
        {
          index += text[index] == 0x5C && index + 1 < text.count ? 2 : 1
        }
        tokens.append(.word(Bytes(text[first..<index])))
      }
    }
    return tokens
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x3C, 0x3E, 0x40, 0x2C, 0x3B, 0x3A, 0x2E, 0x29, 0x5D: true
    default: false
    }
  }

  /// A bracketed text with its brackets; LF inside becomes a blank, a missing end is supplied.
  private static func take(
    _ text: Bytes, _ index: inout Int, open: UInt8, close: UInt8, nests: Bool
  ) -> Bytes {
    var result: Bytes = [open]
    var depth = 1
    index += 1
    while index < text.count, depth > 0 {
      var byte = text[index]
      index += 1
      if byte == 0x5C, index < text.count {
        result.append(byte)
        byte = text[index]
        index += 1
      } else if byte == close {
        depth -= 1
        if depth == 0 { break }
      } else if byte == open && nests {
        depth += 1
      }
      result.append(byte == 0x0A ? 0x20 : byte)
    }
    result.append(close)
    return result
  }

  /// Whether every address of a header value is in standard form beyond doubt: `local@domain.tld`, bare or
  /// in brackets, without quotes, comments, routes, `%` and `!`.
  ///
  /// - Complexity: one pass, no allocation.
  static func areStandard(_ text: Span<UInt8>, from start: Int) -> Bool {
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
