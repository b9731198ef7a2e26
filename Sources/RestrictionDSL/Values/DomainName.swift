/// What Postfix accepts as host name, address or address literal.
///
/// - Source: facts restrictions.md §5.3 (valid host name, valid IPv4), RFC 1123 §2.1, RFC 4291 §2.2
public enum DomainName {
  /// - Unit: bytes
  public static let maxLength = 255

  /// 1…255 bytes, labels of 1…63 letters, digits, `_` or `-` (not at an end of a label), no empty
  /// label, not only digits and dots.
  ///
  /// - Complexity: O(n), no allocation.
  public static func isValidHostname(_ name: Span<UInt8>) -> Bool { labels(ofHostname: name) > 0 }

  /// Number of labels of a valid host name; 0 for any other.
  ///
  /// - Complexity: O(n), no allocation.
  public static func labels(ofHostname name: Span<UInt8>) -> Int {
    let count = name.count
    guard (1...maxLength).contains(count) else { return 0 }
    var labels = 1
    // Where the label begins.
    var start = 0
    var digits = 0
    for index in 0..<count {
      let byte = name[index]
      if byte.isASCIILetter { continue }
      if byte == UInt8(ascii: ".") {
        guard isLabel(name, start..<index) else { return 0 }
        start = index &+ 1
        labels &+= 1
      } else if byte.isASCIIDigit {
        digits &+= 1
      } else if byte != UInt8(ascii: "-"), byte != UInt8(ascii: "_") {
        return 0
      }
    }
    let isOnlyDigits = digits &+ labels &- 1 == count
    return isLabel(name, start..<count) && !isOnlyDigits ? labels : 0
  }

  /// Length and ends of a label.
  private static func isLabel(_ name: Span<UInt8>, _ range: Range<Int>) -> Bool {
    !range.isEmpty && range.count <= 63 && name[range.lowerBound] != UInt8(ascii: "-")
      && name[range.upperBound - 1] != UInt8(ascii: "-")
  }

  /// As ``isValidHostname(_:)``; with `allowsUTF8` a name in Unicode is valid where its ASCII form is.
  public static func isValidHostname(_ name: Span<UInt8>, allowsUTF8: Bool) -> Bool {
    guard allowsUTF8, !name.isASCII else { return isValidHostname(name) }
    guard let ascii = DomainName.ascii(Bytes(copying: name)) else { return false }
    return isValidHostname(ascii.span)
  }

  /// An IPv4 or IPv6 address without brackets.
  public static func isValidAddress(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] == UInt8(ascii: ":") { return isValidIPv6(text) }
    return isValidIPv4(text)
  }

  /// `[1.2.3.4]` or `[IPv6:…]`.
  public static func isValidLiteral(_ text: Span<UInt8>) -> Bool {
    let count = text.count
    guard count > 2, text[0] == UInt8(ascii: "["), text[count - 1] == UInt8(ascii: "]") else {
      return false
    }
    return literalAddress(text.extracting(1..<(count - 1))) != nil
  }

  /// The address of what stands between brackets: `1.2.3.4`, or an IPv6 address behind `IPv6:`.
  ///
  /// - Returns: the part of `text` without prefix, or `nil` where it is no valid address.
  public static func literalAddress(_ text: Span<UInt8>) -> Range<Int>? {
    if hasPrefix(text, "ipv6:") {
      return isValidIPv6(text.extracting(5..<text.count)) ? 5..<text.count : nil
    }
    return isValidIPv4(text) ? 0..<text.count : nil
  }

  /// Four decimal numbers 0…255, the first of them not 0 unless all are.
  public static func isValidIPv4(_ text: Span<UInt8>) -> Bool {
    let count = text.count
    var fields = 0
    var value = 0
    var inField = false
    for index in 0..<count {
      let byte = text[index]
      if byte.isASCIIDigit {
        if !inField {
          inField = true
          fields += 1
          value = 0
        }
        value = value * 10 + Int(byte - 0x30)
        if value > 255 { return false }
      } else if byte == UInt8(ascii: ".") {
        if !inField || index + 1 == count { return false }
        if fields == 1 && value == 0 && !isAllZero(text) { return false }
        inField = false
      } else {
        return false
      }
    }
    return fields == 4
  }

  /// Groups of one to four hexadecimal digits, at most one `::`, perhaps IPv4 at the end.
  public static func isValidIPv6(_ text: Span<UInt8>) -> Bool {
    let count = text.count
    var field = 0
    var nullField = 0
    var length = 0
    var index = 0
    while true {
      guard index < count else {
        return field >= 2 && !(length == 0 && nullField != field - 1)
      }
      let byte = text[index]
      if byte == UInt8(ascii: ".") {
        guard (2...6).contains(field) else { return false }
        return isValidIPv4(text.extracting((index - length)..<count))
      }
      if byte == UInt8(ascii: ":") {
        let next = index + 1 < count ? text[index + 1] : 0
        if field == 0 && length == 0 && (next.isASCIILetter || next.isASCIIDigit) { return false }
        field += 1
        if field > 7 { return false }
        index += 1
        length = 0
        if index < count && text[index] == UInt8(ascii: ":") {
          if nullField > 0 { return false }
          nullField = field
        }
        continue
      }
      length = 0
      while index + length < count, isHexDigit(text[index + length]) { length += 1 }
      guard (1...4).contains(length) else { return false }
      index += length
    }
  }

  /// Whether all bytes are below 128.
  @inlinable public static func isASCII(_ text: Span<UInt8>) -> Bool { text.isASCII }

  static func hasPrefix(_ text: Span<UInt8>, _ prefix: StaticString) -> Bool {
    let length = prefix.utf8CodeUnitCount
    guard text.count >= length else { return false }
    return prefix.withUTF8Buffer { buffer in
      for index in 0..<length where text[index].asciiLowercased != buffer[index] { return false }
      return true
    }
  }

  private static func isAllZero(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] != 0x30 && text[index] != 0x2E { return false }
    return true
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    byte.isASCIIDigit || (byte | 0x20) &- 97 < 6
  }
}
