import RestrictionDSL

/// What a table is asked with: which keys can be found at all.
public enum TableUse: Hashable, Sendable {
  /// Addresses with their networks, names with their parent domains: check_client_access and the
  /// checks about servers.
  case client(parentsWithDot: Bool)
  /// Names with their parent domains: HELO, reverse client name, ETRN.
  case name(parentsWithDot: Bool)
  /// `user@domain`, domain and parents, `user@`: sender and recipient of access(5).
  case mail(parentsWithDot: Bool)
  /// `user@domain`, `user`, `@domain`: canonical(5), virtual(5).
  case addressMap
  /// Nothing is known about keys and values.
  case other

  /// Whether values are actions of access(5).
  public var isAccess: Bool {
    switch self {
    case .client, .name, .mail: true
    case .addressMap, .other: false
    }
  }

  /// The use that an element of a list makes of its table.
  public init(_ operation: Operation, settings: Settings) {
    let lists = settings.list("parent_domain_matches_subdomains").map { $0.lowercased() }
    let withDot = !lists.contains("smtpd_access_maps")
    switch operation {
    case .access(.client, _), .serverAccess: self = .client(parentsWithDot: withDot)
    case .access(.helo, _), .access(.reverseClient, _), .access(.etrn, _):
      self = .name(parentsWithDot: withDot)
    case .access(.sender, _), .access(.recipient, _): self = .mail(parentsWithDot: withDot)
    default: self = .other
    }
  }

  /// Why a key can never be found; `nil` where it can.
  ///
  /// - Source: access(5), canonical(5), virtual(5); facts restrictions.md §6
  func deadReason(_ key: ArraySlice<UInt8>) -> DeadKey? {
    guard let first = key.first, let last = key.last else { return nil }
    switch self {
    case .other: return nil
    case .addressMap: return last == 0x40 && key.count > 1 ? .mailboxOfNobody : nil
    case .client(let withDot):
      if key.contains(0x40) { return .mailAddress }
      if let dead = TableUse.deadDomain(key, first, last, withDot) { return dead }
      return TableUse.deadAddress(key)
    case .name(let withDot):
      if key.contains(0x40) { return .mailAddress }
      if TableUse.isNetwork(key) { return .network }
      return TableUse.deadDomain(key, first, last, withDot, brackets: true)
    case .mail(let withDot):
      if first == 0x40 { return .bareAt }
      if key.contains(0x40) { return last == 0x2E ? .trailingDot : nil }
      if TableUse.isNetwork(key) { return .network }
      return TableUse.deadDomain(key, first, last, withDot, brackets: true)
    }
  }

  private static func deadDomain(
    _ key: ArraySlice<UInt8>, _ first: UInt8, _ last: UInt8, _ withDot: Bool, brackets: Bool = false
  ) -> DeadKey? {
    if key.contains(0x2A) { return .wildcard }
    if last == 0x2E { return .trailingDot }
    if first == 0x5B && !brackets { return .brackets }
    if first == 0x2E && !withDot { return .leadingDot }
    return nil
  }

  private static func isNetwork(_ key: ArraySlice<UInt8>) -> Bool {
    guard let slash = key.lastIndex(of: 0x2F) else { return false }
    return IPAddress(key[..<slash]) != nil && key[(slash + 1)...].allSatisfy(\.isASCIIDigit)
  }

  /// One to four octets as addresses are written: most keys of a table of clients, told without allocation.
  private static func isOctets(_ key: ArraySlice<UInt8>) -> Bool {
    var (fields, digits, value) = (1, 0, 0)
    for byte in key {
      if byte == 0x2E {
        guard digits > 0, fields < 4 else { return false }
        (fields, digits, value) = (fields + 1, 0, 0)
      } else {
        guard byte.isASCIIDigit, digits == 0 || value > 0 else { return false }
        (digits, value) = (digits + 1, value * 10 + Int(byte - 0x30))
        guard value < 256 else { return false }
      }
    }
    return digits > 0
  }

  private static func deadAddress(_ key: ArraySlice<UInt8>) -> DeadKey? {
    if isNetwork(key) { return .network }
    if key.contains(0x3A) {
      guard let address = IPAddress(key), address.bitWidth == 128 else { return nil }
      return key.elementsEqual(address.bytes) ? nil : .otherForm("\(address)")
    }
    guard key.allSatisfy({ $0.isASCIIDigit || $0 == 0x2E }), !isOctets(key) else { return nil }
    let parts = key.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard (1...4).contains(parts.count) else { return nil }
    let numbers = parts.compactMap { Int($0.text) }
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 < 256 }) else { return .noAddress }
    let normal = numbers.map(String.init).joined(separator: ".")
    return key.elementsEqual(normal.utf8) ? nil : .otherForm(normal)
  }
}

/// Why a key can never be found.
public enum DeadKey: Hashable, Sendable {
  case mailAddress, network, wildcard, trailingDot, leadingDot, brackets, bareAt, mailboxOfNobody
  case noAddress
  case otherForm(String)
  /// An indexed file holds a key that was not folded.
  case upperCase

  /// Behind `key 'KEY'`.
  var explanation: String {
    switch self {
    case .mailAddress: "is a mail address, and the table is asked about hosts"
    case .network: "is a network in CIDR form, which only cidr: tables understand"
    case .wildcard: "has a '*', which is no wildcard here"
    case .trailingDot: "ends in a dot"
    case .leadingDot:
      "begins with a dot; with smtpd_access_maps in parent_domain_matches_subdomains 'domain' is looked "
        + "up for its subdomains, never '.domain'"
    case .brackets: "has brackets; addresses are looked up without"
    case .bareAt: "begins with '@'; access tables are asked with 'domain', not '@domain'"
    case .mailboxOfNobody: "ends in '@'; such a table is asked with 'user', not 'user@'"
    case .noAddress: "is no address"
    case .otherForm(let normal): "is written as '\(normal)' when it is looked up"
    case .upperCase: "has capital letters, and keys are looked up in lower case"
    }
  }
}
