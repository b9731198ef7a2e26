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
      let kind = kinds[Int(address[index])]
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

  private enum Kind: UInt8 { case plain, at, dot, special }

  private static let kinds: [Kind] = (0...255).map { byte in
    switch UInt8(byte) {
    case 0x40: .at
    case 0x2E: .dot
    case 0...0x20, 0x7F, 0x21, 0x22, 0x25, 0x28, 0x29, 0x2C, 0x3A, 0x3B, 0x3C, 0x3E, 0x5B, 0x5C, 0x5D:
      .special
    default: .plain
    }
  }
}
