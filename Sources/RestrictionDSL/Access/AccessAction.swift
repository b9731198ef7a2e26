/// The right-hand side of an access table, or the action of a policy service, taken apart.
///
/// Enhanced codes stand apart from the text only where Postfix takes them off; `nil` or an empty
/// text means that the default of the action applies.
///
/// - Source: access(5); facts restrictions.md §6.6
public enum AccessAction: Hashable, Sendable {
  /// `DUNNO …`
  case dunno
  /// `OK …`, `RELAY …`, and digits only. `name` is the word as written, for the permit log.
  case ok(name: Bytes)
  /// `REJECT [dsn] [text]`
  case reject(dsn: Bytes?, text: Bytes)
  /// `DEFER [dsn] [text]`
  case `defer`(dsn: Bytes?, text: Bytes)
  /// `4NN [dsn] [text]`, `5NN [dsn] [text]` with something behind the digits.
  case code(UInt16, dsn: Bytes?, text: Bytes)
  /// `DEFER_IF_PERMIT [dsn] [text]`
  case deferIfPermit(dsn: Bytes?, text: Bytes)
  /// `DEFER_IF_REJECT [dsn] [text]`
  case deferIfReject(dsn: Bytes?, text: Bytes)
  /// `HANGUP [text]`
  case hangUp(Bytes)
  /// `INFO [text]`
  case info(Bytes)
  /// `WARN [text]`
  case warn(Bytes)
  /// `FILTER transport:destination`; see ``malformation``.
  case filter(Bytes)
  /// `HOLD [text]`
  case hold(Bytes)
  /// `DISCARD [text]`
  case discard(Bytes)
  /// `REDIRECT user@domain`; see ``malformation``.
  case redirect(Bytes)
  /// `BCC user@domain`; see ``malformation``.
  case bcc(Bytes)
  /// `PREPEND header: text`; see ``malformation``.
  case prepend(Bytes)
  /// Contains a colon: refused, 451 4.3.5.
  case lookupTable
  /// Only commas and blanks: OK with a warning.
  case separators
  /// Anything else: a restriction list.
  case restrictions(Bytes)

  /// Why Postfix warns and goes on instead of doing what the action says.
  ///
  /// Checked after the action was found to be available at this stage.
  public enum Malformation: Hashable, Sendable {
    /// `has FILTER entry without value`
    case missingValue
    /// `requires transport:destination`
    case missingTransport
    /// `requires user@domain target`
    case missingDomain
    /// `requires header: text`
    case missingHeader
  }

  /// What is wrong with the value of FILTER, REDIRECT, BCC or PREPEND; `nil` for a good one.
  public var malformation: Malformation? {
    switch self {
    case .filter(let target):
      if target.isEmpty { return .missingValue }
      return target.contains(0x3A) ? nil : .missingTransport
    case .redirect(let address), .bcc(let address):
      return address.contains(0x40) ? nil : .missingDomain
    case .prepend(let header):
      return AccessAction.isHeader(header) ? nil : .missingHeader
    default:
      return nil
    }
  }

  /// A name of printable characters without blank, then optional blanks, then a colon.
  ///
  /// - Source: RFC 5322 §2.2; observed on 3.7.11
  private static func isHeader(_ text: Bytes) -> Bool {
    let name = text.prefix { $0.isASCIIPrintable && $0 != 0x20 && $0 != 0x3A }
    guard !name.isEmpty else { return false }
    return text[name.endIndex...].first { $0 != 0x20 && $0 != 0x09 } == 0x3A
  }
}
