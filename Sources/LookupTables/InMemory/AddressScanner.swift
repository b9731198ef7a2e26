import RestrictionDSL

/// Addresses in text form, read without allocation.
///
/// - Source: inet_pton(3)
enum AddressScanner {
  /// Four decimal numbers without leading zeros.
  static func v4(_ text: Span<UInt8>) -> UInt32? { v4(text, from: 0) }

  private static func v4(_ text: Span<UInt8>, from start: Int) -> UInt32? {
    let count = text.count
    guard count - start >= 7, count - start <= 15 else { return nil }
    var value: UInt32 = 0
    var field: UInt32 = 0
    var digits = 0
    var dots = 0
    for index in start..<count {
      let byte = text[index]
      if byte.isASCIIDigit {
        if digits > 0 && field == 0 { return nil }
        field = field * 10 + UInt32(byte & 15)
        digits += 1
        if field > 255 { return nil }
      } else {
        guard byte == 0x2E, digits > 0, dots < 3 else { return nil }
        value = value << 8 | field
        field = 0
        digits = 0
        dots += 1
      }
    }
    return dots == 3 && digits > 0 ? value << 8 | field : nil
  }

  /// Hexadecimal groups, at most one `::`, perhaps an IPv4 tail.
  static func v6(_ text: Span<UInt8>) -> UInt128? {
    let count = text.count
    guard count >= 2, count <= 45 else { return nil }
    var value: UInt128 = 0
    var groups = 0
    var gap: Int?
    var index = 0
    if text[0] == 0x3A {
      guard text[1] == 0x3A else { return nil }
      gap = 0
      index = 2
    }
    while index < count {
      guard groups < 8 else { return nil }
      let start = index
      var group: UInt128 = 0
      while index < count, let digit = hexValue(text[index]) {
        guard index - start < 4 else { return nil }
        group = group << 4 | UInt128(digit)
        index += 1
      }
      if index < count && text[index] == 0x2E {
        guard groups <= 6, let tail = v4(text, from: start) else { return nil }
        value = value << 32 | UInt128(tail)
        groups += 2
        index = count
        break
      }
      guard index > start else { return nil }
      value = value << 16 | group
      groups += 1
      guard index < count else { break }
      guard text[index] == 0x3A, index + 1 < count else { return nil }
      index += 1
      if text[index] == 0x3A {
        guard gap == nil else { return nil }
        gap = groups
        index += 1
      }
    }
    guard let gap else { return groups == 8 ? value : nil }
    guard groups < 8 else { return nil }
    let after = UInt128(16 * (groups - gap))
    // What stands behind the gap keeps its place at the right; the rest moves to the left.
    let tail = after == 0 ? 0 : value & ((1 << after) - 1)
    let head = after >= 128 ? 0 : value >> after
    return gap == 0 ? tail : head << UInt128(128 - 16 * gap) | tail
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    if byte.isASCIIDigit { return byte & 15 }
    let letter = byte | 0x20
    return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : nil
  }
}
