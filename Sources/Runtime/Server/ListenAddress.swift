import RestrictionDSL

/// An address and port to listen on.
public struct ListenAddress: Hashable, Sendable {
  public let address: IPAddress
  public let port: UInt16

  public init(_ address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Reads `127.0.0.1:25`, `[::1]:25`, `::1:25`; the port may be a name of services(5).
  ///
  /// - Returns: `nil` where the address is none or the port is not known
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"),
      let port = PortNumber.of(String(text[text.index(after: colon)...]))
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard let address = IPAddress(String(host)) else { return nil }
    self.init(address, port: port)
  }

  /// As `127.0.0.1:25` or `[::1]:25`.
  public var text: String {
    switch address {
    case .v4: "\(address):\(port)"
    case .v6: "[\(address)]:\(port)"
    }
  }
}
