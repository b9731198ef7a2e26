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
    var previous: UInt8 = 0x2E
    for index in address.indices {
      let byte = address[index]
      if isSpecial(byte) {
        if byte == 0x2E {
          guard previous != 0x2E, previous != 0x40 else { return false }
          hasDot = true
        } else {
          guard byte == 0x40, at < 0, index > 0, previous != 0x2E else { return false }
          at = index
          hasDot = false
        }
      }
      previous = byte
    }
    return at > 0 && hasDot && previous != 0x2E && previous != 0x40
  }

  /// Controls, blank, DEL, `!"%(),.:;<>@[\]`.
  @inline(__always)
  private static func isSpecial(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte & 64 == 0 ? 0x5C00_5327_FFFF_FFFF : 0x8000_0000_3800_0001
    return byte < 128 && bits &>> UInt64(byte) & 1 != 0
  }
}
