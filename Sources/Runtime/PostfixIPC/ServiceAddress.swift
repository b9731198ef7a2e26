import RestrictionDSL

/// Where a service outside this process listens.
public enum ServiceAddress: Hashable, Sendable {
  /// A local socket; a relative path starts at the queue directory.
  case local(path: String)
  case inet(host: String, port: String)

  /// Reads `unix:path`, `local:path`, `inet:host:port` or `inet:port` (the local host).
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = String(text[text.index(after: colon)...])
    guard !rest.isEmpty else { return nil }
    switch text[..<colon] {
    case "unix", "local": self = .local(path: rest)
    case "inet":
      // [address]:port keeps the colons of an IPv6 address together.
      if rest.hasPrefix("["), let end = rest.lastIndex(of: "]") {
        let port = rest[rest.index(after: end)...]
        guard port.hasPrefix(":") else { return nil }
        self = .inet(
          host: String(rest[rest.index(after: rest.startIndex)..<end]),
          port: String(port.dropFirst()))
      } else if let separator = rest.lastIndex(of: ":") {
        self = .inet(
          host: String(rest[..<separator]), port: String(rest[rest.index(after: separator)...]))
      } else {
        self = .inet(host: "localhost", port: rest)
      }
    default: return nil
    }
  }

  /// As log lines show it: without transport.
  public var name: String {
    switch self {
    case .local(let path): path
    case .inet(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}
