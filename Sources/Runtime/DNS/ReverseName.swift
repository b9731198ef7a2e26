import RestrictionDSL

/// The name under which PTR records of an address stand.
///
/// - Source: RFC 1035 §3.5, RFC 3596 §2.5
public enum ReverseName {
  public static func name(of address: IPAddress) -> Bytes {
    switch address {
    case .v4(let value):
      let octets = (0..<4).map { String(value >> UInt32($0 * 8) & 255) }
      return Bytes(octets.joined(separator: ".") + ".in-addr.arpa")
    case .v6(let high, let low):
      let digits = Bytes("0123456789abcdef")
      var name = Bytes()
      for half in [low, high] {
        for shift in stride(from: UInt64(0), to: 64, by: 4) {
          name += [digits[Int(half >> shift & 15)], 0x2E]
        }
      }
      return name + Bytes("ip6.arpa")
    }
  }
}
