import RestrictionDSL

/// The addresses that one key, network or literal names: first to last, both in it.
struct AddressRange: Hashable, Sendable {
  let first: IPAddress
  let last: IPAddress
  /// The key holds a group that canonical text may leave out: the range is not exact.
  var isInexact = false

  init(_ network: IPNetwork) {
    first = network.address
    last = AddressRange.last(network.address, network.prefixLength)
  }

  /// A key of an access table: an address, or octets or groups from its left.
  ///
  /// - Returns: `nil` for what no address can have as a key.
  init?(key: Bytes) {
    if let address = IPAddress(key) {
      first = address
      last = address
      return
    }
    if let range = AddressRange.octets(key) {
      self = range
      return
    }
    guard let range = AddressRange.groups(key) else { return nil }
    self = range
  }

  /// Whether the bytes are those of addresses: most keys of other things are told by their first letters.
  static func isPossible(_ key: Span<UInt8>) -> Bool {
    for index in key.indices {
      let byte = key[index]
      guard byte.isHexDigit || byte == 0x2E || byte == 0x3A else { return false }
    }
    return true
  }

  private init(_ first: IPAddress, bits: Int, isInexact: Bool) {
    self.first = first
    last = AddressRange.last(first, bits)
    self.isInexact = isInexact
  }

  private static func octets(_ key: Bytes) -> AddressRange? {
    let fields = key.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard (1...3).contains(fields.count) else { return nil }
    var value: UInt32 = 0
    for field in fields {
      guard (1...3).contains(field.count), field.allSatisfy(\.isASCIIDigit),
        field.count == 1 || field.first != 0x30, let number = UInt8(field.text)
      else { return nil }
      value = value << 8 | UInt32(number)
    }
    let bits = 8 * fields.count
    return AddressRange(.v4(value << UInt32(32 - bits)), bits: bits, isInexact: false)
  }

  /// `2001:db8` and the like.
  private static func groups(_ key: Bytes) -> AddressRange? {
    guard key.contains(0x3A) || key.count <= 4 else { return nil }
    let fields = key.split(separator: 0x3A, omittingEmptySubsequences: true)
    guard (1...8).contains(fields.count) else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    // `::`, an end in `:` and groups of zero match texts, not networks.
    var isInexact = key.last == 0x3A || key.first == 0x3A
    if !isInexact { isInexact = zip(key, key.dropFirst()).contains { $0 == 0x3A && $1 == 0x3A } }
    for (index, field) in fields.enumerated() {
      guard field.count <= 4, field.allSatisfy(\.isHexDigit),
        let group = UInt16(field.text, radix: 16)
      else { return nil }
      if group == 0 { isInexact = true }
      if index < 4 {
        high |= UInt64(group) << UInt64(48 - 16 * index)
      } else {
        low |= UInt64(group) << UInt64(48 - 16 * (index - 4))
      }
    }
    return AddressRange(.v6(high, low), bits: 16 * fields.count, isInexact: isInexact)
  }

  private static func last(_ address: IPAddress, _ bits: Int) -> IPAddress {
    switch address {
    case .v4(let value): return .v4(bits == 0 ? .max : value | ~(UInt32.max << UInt32(32 - bits)))
    case .v6(let high, let low):
      let value = UInt128(high) << 64 | UInt128(low)
      let end = bits == 0 ? UInt128.max : value | ~(UInt128.max << UInt128(128 - bits))
      return .v6(UInt64(truncatingIfNeeded: end >> 64), UInt64(truncatingIfNeeded: end))
    }
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool { isASCIIDigit || (self | 0x20) &- 97 < 6 }
}

/// Cuts the address space at the ends of ranges; between two cuts all addresses are alike.
struct AddressCuts {
  private var v4: Set<UInt32> = [0]
  private var v6: Set<UInt128> = [0]
  private(set) var isInexact = false

  mutating func add(_ range: AddressRange) {
    if range.isInexact { isInexact = true }
    switch (range.first, range.last) {
    case (.v4(let first), .v4(let last)):
      v4.insert(first)
      if last < .max { v4.insert(last + 1) }
    case (.v6(let high, let low), .v6(let endHigh, let endLow)):
      v6.insert(UInt128(high) << 64 | UInt128(low))
      let end = UInt128(endHigh) << 64 | UInt128(endLow)
      if end < .max { v6.insert(end + 1) }
    default: break
    }
  }

  /// A cut in front of an address.
  mutating func add(_ address: IPAddress) {
    switch address {
    case .v4(let value): v4.insert(value)
    case .v6(let high, let low): v6.insert(UInt128(high) << 64 | UInt128(low))
    }
  }

  /// First addresses of the IPv4 pieces, ascending.
  var starts: [UInt32] { v4.sorted() }

  /// One address of each piece; one that people recognise where there is one.
  /// - Parameter avoids: addresses that say something of their own.
  func representatives(
    v4 usesV4: Bool, v6 usesV6: Bool, avoids: (IPAddress) -> Bool
  ) -> [IPAddress] {
    var result: [IPAddress] = []
    if usesV4 {
      let starts = v4.sorted()
      for (index, start) in starts.enumerated() {
        let end = index + 1 < starts.count ? starts[index + 1] - 1 : UInt32.max
        var value = AddressCuts.recognisable(start, end)
        var tries = 1000
        while tries > 0, value < end, avoids(.v4(value)) { (value, tries) = (value + 1, tries - 1) }
        result.append(.v4(value))
      }
    }
    if usesV6 {
      let starts = v6.sorted()
      for (index, start) in starts.enumerated() {
        let end = index + 1 < starts.count ? starts[index + 1] - 1 : UInt128.max
        let value = AddressCuts.recognisable(start, end)
        result.append(
          .v6(UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value)))
      }
    }
    return result
  }

  /// 203.0.113.1, 198.51.100.1 or 192.0.2.1 where the piece has one.
  private static func recognisable(_ start: UInt32, _ end: UInt32) -> UInt32 {
    let known: [UInt32] = [0xCB00_7101, 0xC633_6401, 0xC000_0201, 0x0102_0304]
    if let address = known.first(where: { start <= $0 && $0 <= end }) { return address }
    return start == 0 && end > 0 ? max(start, min(end, 0x0100_0001)) : start
  }

  /// No group is zero where the piece allows it, so that the text shows all of them.
  private static func recognisable(_ start: UInt128, _ end: UInt128) -> UInt128 {
    let known = UInt128(0x2001_0DB8_00FF_0001) << 64 | UInt128(0x0001_0001_0001_0001)
    if start <= known && known <= end { return known }
    let full = start | UInt128(0x0001_0001_0001_0001) << 64 | UInt128(0x0001_0001_0001_0001)
    return full <= end ? full : start
  }
}
