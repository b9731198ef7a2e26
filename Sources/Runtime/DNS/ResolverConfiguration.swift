import RestrictionDSL

/// What resolv.conf says that matters to a client which never completes names.
///
/// - Source: resolv.conf(5)
struct ResolverConfiguration: Hashable, Sendable {
  /// In the order to be asked; at most three.
  var servers: [IPAddress] = []
  /// - Unit: seconds, 1…30; default 5
  var timeout = 5
  /// Rounds over all servers: 1…5, by default 2.
  var attempts = 2
  var rotates = false
  /// `use-vc`: ask by TCP.
  var usesTCP = false

  /// - Parameter text: the file; without any `nameserver` the local host is asked.
  init(_ text: Bytes) {
    for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      guard line.first != 0x23, line.first != 0x3B else { continue }
      let words = line.split(whereSeparator: \.isASCIISpace)
      guard let keyword = words.first else { continue }
      switch keyword.text {
      case "nameserver":
        // A zone (fe80::1%eth0) cannot be expressed here: such a server is left out.
        if words.count > 1, servers.count < 3, let address = IPAddress(words[1]) {
          servers.append(address)
        }
      case "options":
        for option in words.dropFirst() { apply(option) }
      default: break
      }
    }
    if servers.isEmpty { servers = [.v4(0x7F00_0001)] }
  }

  private mutating func apply(_ option: ArraySlice<UInt8>) {
    let parts = option.split(separator: 0x3A, maxSplits: 1)
    let number = parts.count > 1 ? Int(parts[1].text) : nil
    switch parts.first?.text {
    case "timeout": timeout = min(max(number ?? timeout, 1), 30)
    case "attempts": attempts = min(max(number ?? attempts, 1), 5)
    case "rotate": rotates = true
    case "use-vc": usesTCP = true
    default: break
    }
  }

  /// `address,address…` as ares_set_servers_ports_csv(3) reads it.
  ///
  /// - Parameter port: 53 but in tests
  func serverList(port: UInt16) -> String {
    servers.map { server in
      switch server {
      case .v4: "\(server):\(port)"
      case .v6: "[\(server)]:\(port)"
      }
    }.joined(separator: ",")
  }
}
