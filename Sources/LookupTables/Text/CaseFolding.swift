import RestrictionDSL

/// Case folding of lookup keys.
///
/// - Source: Unicode CaseFolding.txt, statuses C and F
public enum CaseFolding {
  /// Appends `text` folded; without `unicode` only ASCII letters change.
  ///
  /// Folding a scalar is lower-casing its upper-case form, but for the scalars that fold to an
  /// upper-case form (Cherokee) or whose upper-case form says nothing (`ẞ`, dotless and dotted i).
  ///
  /// - Precondition: with `unicode`, the text is well-formed UTF-8; other bytes are kept.
  public static func append(_ text: Span<UInt8>, to folded: inout Bytes, unicode: Bool) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      let length = byte < 0x80 || !unicode ? 1 : UTF8Check.length(of: byte)
      guard length > 1, index + length <= text.count else {
        folded.append(byte.asciiLowercased)
        index += 1
        continue
      }
      var value = UInt32(byte) & (0x7F >> UInt32(length))
      for next in 1..<length { value = value << 6 | UInt32(text[index + next] & 0x3F) }
      index += length
      guard let scalar = Unicode.Scalar(value) else { continue }
      append(scalar, to: &folded)
    }
  }

  /// A copy of `text`, folded.
  public static func fold(_ text: Bytes, unicode: Bool) -> Bytes {
    var folded: Bytes = []
    folded.reserveCapacity(text.count)
    append(text.span, to: &folded, unicode: unicode)
    return folded
  }

  private static func append(_ scalar: Unicode.Scalar, to folded: inout Bytes) {
    switch scalar.value {
    case 0x1E9E: folded += [0x73, 0x73]
    case 0x0131: folded += [0xC4, 0xB1]
    case 0x13A0...0x13F5: folded += scalar.utf8
    case 0x13F8...0x13FD, 0xAB70...0xABBF:
      folded += scalar.properties.uppercaseMapping.utf8
    default:
      let upper = scalar.properties.uppercaseMapping
      for part in upper.unicodeScalars { folded += part.properties.lowercaseMapping.utf8 }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var utf8: [UInt8] { Array(String(Character(self)).utf8) }
}
