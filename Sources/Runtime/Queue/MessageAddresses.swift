import LookupTables
import RestrictionDSL

/// An address could not be mapped: the message is not accepted now.
enum AddressMappingError: Error, Hashable, Sendable {
  /// A table could not be asked; all lines to be logged.
  case lookup(LookupError)
  /// Alias expansion has no reasonable end; the line to be logged.
  case expansion(String)
}

/// Addresses that rewriting cannot change.
enum MailForm {
  /// Whether an address in internal form is `local@domain.tld` without anything that rewriting looks
  /// at: routes, quotes, `%`, `!`, a dot at the end, a domain without dot.
  static func isStandard(_ address: Span<UInt8>) -> Bool {
    var at = -1
    var hasDot = false
    // As if a dot stood before the address: one may not be the first byte.
    var previous = Kind.dot
    for index in address.indices {
      let kind = Kind(address[index])
      switch kind {
      case .plain: break
      case .at:
        guard at < 0, index > 0, previous != .dot else { return false }
        at = index
        hasDot = false
      case .dot:
        guard previous == .plain else { return false }
        hasDot = true
      case .special: return false
      }
      previous = kind
    }
    return at > 0 && hasDot && previous == .plain
  }

  private enum Kind {
    case plain, at, dot, special

    @inline(__always)
    init(_ byte: UInt8) {
      switch byte {
      case 0x40: self = .at
      case 0x2E: self = .dot
      case 0..<64 where Kind.low & 1 << UInt64(byte) != 0: self = .special
      case 64..<128 where Kind.high & 1 << UInt64(byte & 63) != 0: self = .special
      default: self = .plain
      }
    }

    /// Bit n: byte n is special: controls, blank, `!"%(),:;<>`.
    private static let low: UInt64 = 0x5C00_1327_FFFF_FFFF
    /// Bit n: byte 64 + n is special: `[\]` and DEL.
    private static let high: UInt64 = 0x8000_0000_3800_0000
  }
}
