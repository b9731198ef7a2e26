import RestrictionDSL

/// The addresses that mail for `user@[address]` is local to: our own, and those of proxies before us.
///
/// - Source: postconf(5) inet_interfaces, proxy_interfaces, inet_protocols; facts restrictions.md §7.1
public struct OwnAddresses: Hashable, Sendable {
  /// inet_interfaces.
  public let interfaces: [IPAddress]
  /// proxy_interfaces.
  public let proxies: [IPAddress]

  public init(interfaces: [IPAddress], proxies: [IPAddress]) {
    self.interfaces = interfaces
    self.proxies = proxies
  }

  /// The addresses that the parameters stand for.
  ///
  /// - Parameter machine: addresses of the network interfaces that are up.
  /// - Parameter resolve: addresses of a host name; asked at start only.
  public init(
    settings: Settings, machine: [IPAddress], resolve: (String) -> [IPAddress]
  ) {
    let protocols = settings.list("inet_protocols").map { $0.lowercased() }
    func isEnabled(_ address: IPAddress) -> Bool {
      protocols.contains("all") || protocols.contains(address.bitWidth == 32 ? "ipv4" : "ipv6")
    }
    func addresses(of host: String) -> [IPAddress] {
      let text =
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
      return IPAddress(text).map { [$0] } ?? resolve(text)
    }
    let machine = machine.map(\.unmapped)
    var own: [IPAddress] = []
    for word in settings.list("inet_interfaces") {
      switch word.lowercased() {
      case "all": own += machine
      case "loopback-only": own += machine.filter(\.isLoopback)
      default: own += addresses(of: word)
      }
    }
    interfaces = own.filter(isEnabled).withoutRepetition
    proxies =
      settings.list("proxy_interfaces").flatMap(addresses).filter(isEnabled).withoutRepetition
  }

  /// Whether the address is one of ours or of a proxy.
  public func contains(_ address: IPAddress) -> Bool {
    interfaces.contains(address) || proxies.contains(address)
  }
}

extension IPAddress {
  /// 127.0.0.0/8 or ::1.
  var isLoopback: Bool {
    switch self {
    case .v4(let value): value >> 24 == 127
    case .v6(let high, let low): high == 0 && low == 1
    }
  }
}

extension Array where Element: Hashable {
  fileprivate var withoutRepetition: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
