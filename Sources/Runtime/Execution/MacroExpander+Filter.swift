import RestrictionDSL

extension MacroExpander {
  /// Bytes that inserted values may have; others become `_`.
  public struct Filter: Hashable, Sendable {
    private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Allows every byte.
    public init() { bits = (.max, .max, .max, .max) }

    /// - Parameter raw: smtpd_expansion_filter as written, with C escapes.
    public init(raw: String) {
      for byte in MacroExpander.unescaped(Bytes(raw)) { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
      let bit = UInt64(1) << UInt64(byte & 63)
      switch byte >> 6 {
      case 0: bits.0 |= bit
      case 1: bits.1 |= bit
      case 2: bits.2 |= bit
      default: bits.3 |= bit
      }
    }

    /// Whether a byte may stay.
    public func allows(_ byte: UInt8) -> Bool {
      let word =
        switch byte >> 6 {
        case 0: bits.0
        case 1: bits.1
        case 2: bits.2
        default: bits.3
        }
      return word >> UInt64(byte & 63) & 1 == 1
    }

    public static func == (left: Filter, right: Filter) -> Bool { left.bits == right.bits }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(bits.0)
      hasher.combine(bits.1)
      hasher.combine(bits.2)
      hasher.combine(bits.3)
    }
  }

  /// Resolves C escapes: `\t`, `\40`, `\\` and so on.
  static func unescaped(_ text: Bytes) -> Bytes {
    var plain = Bytes()
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      guard byte == 0x5C, index < text.count else {
        plain.append(byte)
        continue
      }
      let escape = text[index]
      index += 1
      switch escape {
      case 0x61: plain.append(7)
      case 0x62: plain.append(8)
      case 0x66: plain.append(12)
      case 0x6E: plain.append(10)
      case 0x72: plain.append(13)
      case 0x74: plain.append(9)
      case 0x76: plain.append(11)
      case 0x30...0x37:
        var value = Int(escape - 0x30)
        var digits = 1
        while digits < 3, index < text.count, (0x30...0x37).contains(text[index]) {
          value = value * 8 + Int(text[index] - 0x30)
          index += 1
          digits += 1
        }
        plain.append(UInt8(truncatingIfNeeded: value))
      default: plain.append(escape)
      }
    }
    return plain
  }
}
