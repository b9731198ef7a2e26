import LookupTables
import RestrictionDSL

/// The class of a recipient domain: by which list of the configuration it is ours.
///
/// - Source: facts restrictions.md §7.1, in order of precedence
public enum AddressClass: UInt8, Hashable, Sendable {
  /// mydestination, or a literal with one of our addresses.
  case local
  /// virtual_alias_domains
  case virtualAlias
  /// virtual_mailbox_domains
  case virtualMailbox
  /// relay_domains
  case relay
  /// None of the lists.
  case `default`

  /// The mail ends here: local, virtual alias and virtual mailbox.
  public var isFinal: Bool { self != .relay && self != .default }
}

/// Where an address leads to.
public struct ResolvedAddress: Hashable, Sendable {
  /// Internal form in lower case, complete with domain; empty where resolution failed early.
  public var address: Bytes
  public var addressClass: AddressClass
  /// The local part holds another destination (`@`, `%`, `!`).
  public var isRouted: Bool
  /// No mail can be sent to this: the command is answered with a syntax error.
  public var hasSyntaxError: Bool
  /// A table or list could not be asked: temporary failure.
  public var hasFailed: Bool
  /// Name of the delivery service; `error` and `retry` give their text in ``nextHop``.
  public var transport: Bytes
  public var nextHop: Bytes

  public init(
    address: Bytes, addressClass: AddressClass = .default, isRouted: Bool = false,
    hasSyntaxError: Bool = false, hasFailed: Bool = false, transport: Bytes = [],
    nextHop: Bytes = []
  ) {
    self.address = address
    self.addressClass = addressClass
    self.isRouted = isRouted
    self.hasSyntaxError = hasSyntaxError
    self.hasFailed = hasFailed
    self.transport = transport
    self.nextHop = nextHop
  }

  /// The domain of ``address``.
  public var domain: ArraySlice<UInt8> { MailAddress.domain(of: address) }
}

/// A ``ResolvedAddress`` that is kept, with what every lookup of it needs: handing it on copies one
/// reference.
public final class Resolution: Sendable {
  /// The address as it was given; behind the sender and a NUL, where the sender matters.
  let key: Bytes
  public let value: ResolvedAddress
  public let address: Bytes
  public let addressClass: AddressClass
  /// Where the `@` stands, and whether the local part is written as it is.
  public let shape: MailShape?
  /// The address is ASCII without capital letters: keys made of it need no folding.
  let isFolded: Bool
  let hasASCIIDomain: Bool
  /// The address as it was given is written without quotes and the like.
  let isPlain: Bool
  let outlet: Outlet

  /// What becomes of mail for the address.
  enum Outlet: UInt8 {
    case delivery
    /// Transport `error` or `retry`: it is refused, for good or for now.
    case error, retry
  }

  init(_ value: ResolvedAddress, of key: Bytes) {
    self.key = key
    self.value = value
    address = value.address
    addressClass = value.addressClass
    shape = MailShape(value.address.span)
    let folding = KeyShape(value.address.span)
    isFolded = !folding.hasUpperCase && !folding.hasHighBytes
    let domain = value.domain
    isPlain = AddressParser.isPlain(key.span)
    hasASCIIDomain = domain.span.isASCII
    outlet =
      value.transport.equals("error")
      ? .error : value.transport.equals("retry") ? .retry : .delivery
  }

  /// Whether this is about that address.
  @inline(__always)
  func isOf(_ key: Span<UInt8>) -> Bool { self.key.hasSameBytes(as: key) }

  /// See ``AddressResolver/accepts(_:sender:smtputf8:book:)``.
  func isAcceptable(smtputf8: Bool) -> Bool { !hasSyntaxError && (smtputf8 || hasASCIIDomain) }

  public var isRouted: Bool { value.isRouted }
  public var hasSyntaxError: Bool { value.hasSyntaxError }
  public var hasFailed: Bool { value.hasFailed }
  public var transport: Bytes { value.transport }
  public var nextHop: Bytes { value.nextHop }
  public var domain: ArraySlice<UInt8> { value.domain }
}

extension Array where Element == UInt8 {
  /// Whether these are the bytes of a word of the program.
  func equals(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { elementsEqual($0) }
  }
}
