/// An IPv4 or IPv6 address.
///
/// IPv4-mapped IPv6 addresses (`::ffff:a.b.c.d`) are kept as IPv6 when parsed from text; use
/// ``unmapped`` for addresses that came from a socket.
///
/// - Source: RFC 4291 §2.2, RFC 5952 (text form)
public enum IPAddress: Hashable, Sendable {
  /// Host byte order.
  case v4(UInt32)
  /// High and low half, host byte order.
  case v6(UInt64, UInt64)

  /// Parses the text form without brackets, prefix length or zone.
  ///
  /// - Returns: `nil` where inet_pton(3) would refuse the text.
  public init?(_ text: Span<UInt8>) {
    if let v4 = IPAddress.parseV4(text) {
      self = .v4(v4)
    } else if let (high, low) = IPAddress.parseV6(text) {
      self = .v6(high, low)
    } else {
      return nil
    }
  }

  /// Parses the text form.
  public init?(_ text: ArraySlice<UInt8>) { self.init(text.span) }

  /// Parses the text form.
  public init?(_ text: Bytes) { self.init(text.span) }

  /// Parses the text form.
  public init?(_ text: String) { self.init(Bytes(text)) }

  /// 32 or 128.
  public var bitWidth: Int {
    switch self {
    case .v4: 32
    case .v6: 128
    }
  }

  /// An IPv4-mapped IPv6 address as IPv4; anything else unchanged.
  public var unmapped: IPAddress {
    if case .v6(0, let low) = self, low >> 32 == 0xFFFF {
      return .v4(UInt32(truncatingIfNeeded: low))
    }
    return self
  }

  /// The bit at `index`, counted from the most significant, 0…``bitWidth``-1.
  public func bit(_ index: Int) -> Bool {
    switch self {
    case .v4(let value): value >> UInt32(31 - index) & 1 == 1
    case .v6(let high, let low):
      index < 64 ? high >> UInt64(63 - index) & 1 == 1 : low >> UInt64(127 - index) & 1 == 1
    }
  }

  /// The address with all bits after the first `length` cleared.
  public func masked(to length: Int) -> IPAddress {
    switch self {
    case .v4(let value): .v4(length == 0 ? 0 : value & (UInt32.max << UInt32(32 - length)))
    case .v6(let high, let low):
      .v6(
        length == 0 ? 0 : high & (UInt64.max << UInt64(max(0, 64 - length))),
        length <= 64 ? 0 : low & (UInt64.max << UInt64(128 - length)))
    }
  }

  private static func parseV4(_ text: Span<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    var fields = 0
    var number: UInt32 = 0
    var digits = 0
    for index in text.indices {
      let byte = text[index]
      if byte == 0x2E {
        guard digits > 0, number < 256, fields < 3 else { return nil }
        value = value << 8 | number
        fields += 1
        (number, digits) = (0, 0)
      } else {
        // No number but 0 begins with 0.
        guard byte.isASCIIDigit, digits == 0 || number > 0 && digits < 3 else { return nil }
        number = number * 10 + UInt32(byte - 0x30)
        digits += 1
      }
    }
    guard digits > 0, number < 256, fields == 3 else { return nil }
    return value << 8 | number
  }

  private static func parseV6(_ text: Span<UInt8>) -> (UInt64, UInt64)? {
    guard text.count >= 2, text.count <= 45 else { return nil }
    let bytes = Bytes(copying: text)
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    if bytes[0] == 0x3A {
      guard bytes[1] == 0x3A else { return nil }
      gap = 0
      index = 2
    }
    while index < bytes.count {
      guard groups.count < 8 else { return nil }
      let end = bytes[index...].firstIndex(of: 0x3A) ?? bytes.count
      if end == bytes.count, bytes[index...].contains(0x2E) {
        guard groups.count <= 6, let v4 = parseV4(text.extracting(index...)) else { return nil }
        groups.append(UInt16(v4 >> 16))
        groups.append(UInt16(truncatingIfNeeded: v4))
        index = end
        break
      }
      guard (1...4).contains(end - index), let group = UInt16(bytes[index..<end].text, radix: 16),
        bytes[index] != 0x2B, bytes[index] != 0x2D
      else { return nil }
      groups.append(group)
      index = end
      guard index < bytes.count else { break }
      index += 1
      guard index < bytes.count else { return nil }
      if bytes[index] == 0x3A {
        guard gap == nil else { return nil }
        gap = groups.count
        index += 1
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    let high = groups[0..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
    let low = groups[4..<8].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
    return (high, low)
  }
}

extension IPAddress: CustomStringConvertible {
  /// The form of inet_ntop(3): lower case, the longest run of zero groups compressed.
  public var description: String {
    switch self {
    case .v4: return bytes.text
    case .v6(let high, let low):
      let groups = (0..<8).map { index in
        UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index & 3)))
      }
      var best = 0..<0
      var start = 0
      while start < 8 {
        var end = start
        while end < 8 && groups[end] == 0 { end += 1 }
        if end - start > max(1, best.count) { best = start..<end }
        start = max(end, start + 1)
      }
      // inet_ntop(3) writes the last 32 bits dotted for mapped and compatible addresses.
      if best.startIndex == 0 && !best.isEmpty
        && (best.count == 6 || best.count == 5 && groups[5] == 0xFFFF)
      {
        let v4 = IPAddress.v4(UInt32(truncatingIfNeeded: low))
        return best.count == 5 ? "::ffff:\(v4)" : "::\(v4)"
      }
      func text(_ part: ArraySlice<UInt16>) -> String {
        part.map { String($0, radix: 16) }.joined(separator: ":")
      }
      guard !best.isEmpty else { return text(groups[...]) }
      return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }
  }

  /// The same as bytes; for IPv4, which is asked for at every connection, without a detour.
  public var bytes: Bytes {
    guard case .v4(let value) = self else { return Bytes(description) }
    var text = Bytes()
    text.reserveCapacity(15)
    for part in 0..<4 {
      let number = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * part))
      if part > 0 { text.append(0x2E) }
      if number > 99 { text.append(0x30 + number / 100) }
      if number > 9 { text.append(0x30 + number / 10 % 10) }
      text.append(0x30 + number % 10)
    }
    return text
  }
}
