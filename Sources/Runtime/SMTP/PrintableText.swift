import RestrictionDSL

/// The forms in which text from a client may appear in logs, headers and replies.
enum PrintableText {
  /// Control characters as `?`; with `utf8`, well-formed non-ASCII text stays, else it is `?` too.
  ///
  /// - Complexity: no allocation where nothing has to be replaced.
  /// - Source: facts smtp-session.md §5, §14
  static func cleaned(_ text: Bytes, utf8: Bool) -> Bytes {
    if text.allSatisfy(\.isASCIIPrintable) { return text }
    var clean = text
    let keepsHigh = utf8 && UTF8Validity.holds(for: text.span)
    for index in clean.indices where !clean[index].isASCIIPrintable {
      if keepsHigh && clean[index] >= 0x80 { continue }
      clean[index] = 0x3F
    }
    return clean
  }

  /// A name that a client gave: not printable and special characters as `?`.
  ///
  /// - Source: facts proxies-and-extensions.md §1
  static func neutered(_ text: Bytes, utf8: Bool) -> Bytes {
    var clean = cleaned(text, utf8: utf8)
    for index in clean.indices where isSpecial(clean[index]) { clean[index] = 0x3F }
    return clean
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x3C, 0x3E, 0x28, 0x29, 0x5C, 0x22, 0x3B, 0x40: true  // blank < > ( ) \ " ; @
    default: false
    }
  }

  /// C escapes: `\r`, `\n`, `\\`, three octal digits.
  ///
  /// - Source: observed in `improper command pipelining` lines of Postfix 3.7.11
  static func escaped(_ text: some Collection<UInt8>) -> Bytes {
    var plain = Bytes()
    plain.reserveCapacity(text.count + 16)
    for byte in text {
      if byte == 0x5C {
        plain.append(contentsOf: [0x5C, 0x5C])
      } else if byte.isASCIIPrintable {
        plain.append(byte)
      } else if (7...13).contains(byte) {
        plain.append(0x5C)
        plain.append(Bytes("abtnvfr")[Int(byte) - 7])
      } else {
        plain.append(0x5C)
        for shift in [6, 3, 0] as [UInt8] { plain.append(0x30 + (byte >> shift & 7)) }
      }
    }
    return plain
  }
}
