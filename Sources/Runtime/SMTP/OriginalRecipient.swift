import RestrictionDSL

/// The address in ORCPT=.
///
/// - Source: RFC 3461 §4.2, RFC 6533 §3; facts proxies-and-extensions.md §7
enum OriginalRecipient {
  /// Decodes the address: xtext, and for `utf-8` the `\x{HEX}` coding too.
  ///
  /// - Parameter utf8: SMTPUTF8 was given.
  /// - Returns: `nil` where the coding is broken.
  static func decoded(
    type: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, utf8: Bool
  ) -> Bytes? {
    guard type.equalsIgnoringCase("utf-8") else { return XText.decoded(text) }
    var plain = Bytes()
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      index += 1
      guard byte == 0x5C else {
        plain.append(byte)
        continue
      }
      guard text[index...].starts(with: Bytes("x{")),
        let close = text[index...].firstIndex(of: 0x7D),
        let code = hexadecimal(text[(index + 2)..<close]), let scalar = Unicode.Scalar(code)
      else { return nil }
      plain.append(contentsOf: Bytes(String(Character(scalar))))
      index = close + 1
    }
    return plain
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
    guard (1...6).contains(digits.count), digits.first != 0x2B, digits.first != 0x2D else {
      return nil
    }
    return UInt32(digits.text, radix: 16)
  }
}
