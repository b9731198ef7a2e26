/// The addresses on which mail is received, and the networks around them.
///
/// - Source: postconf(5) inet_interfaces, inet_protocols, mynetworks_style
struct OwnInterfaces {
  let own: [MachineFacts.Interface]

  static let styles = ["class", "subnet", "host"]

  init(own: [MachineFacts.Interface]) { self.own = own }

  /// - Throws: the fatal error of Postfix where a name has no address, or the machine lacks it.
  init(
    _ interfaces: String, machine: MachineFacts, protocols: Set<Int>,
    resolve: (String) -> [IPAddress]
  ) throws(ParameterCheck.Failure) {
    let local = machine.interfaces.filter { protocols.contains($0.address.bitWidth) }
    guard !local.isEmpty else {
      throw ParameterCheck.Failure(
        message: "this machine has no network interface",
        fatal: "could not find any active network interfaces")
    }
    switch interfaces {
    case "all": own = local
    case "loopback-only": own = local.filter { $0.address.isLoopback }
    default:
      var wanted: Set<IPAddress> = []
      for name in Settings.split(interfaces) {
        let addresses = OwnInterfaces.addresses(name, protocols, resolve)
        guard !addresses.isEmpty else {
          throw ParameterCheck.Failure(
            message: "'\(name)' has no address",
            fatal: "config variable inet_interfaces: host not found: \(name)")
        }
        for address in addresses {
          guard local.contains(where: { $0.address == address }) else {
            throw ParameterCheck.Failure(
              message: "this machine does not have the address \(address)",
              fatal: "parameter inet_interfaces: no local interface found for \(address)")
          }
          wanted.insert(address)
        }
      }
      own = local.filter { wanted.contains($0.address) }
    }
  }

  private static func addresses(
    _ name: String, _ protocols: Set<Int>, _ resolve: (String) -> [IPAddress]
  ) -> [IPAddress] {
    var host = name
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    let found = IPAddress(host).map { [$0] } ?? resolve(host)
    return found.filter { protocols.contains($0.bitWidth) }
  }

  /// The address widths that `inet_protocols` allows.
  static func protocols(_ text: String) -> Set<Int> {
    var widths: Set<Int> = []
    for word in Settings.split(text) {
      if word != "ipv6" { widths.insert(32) }
      if word != "ipv4" { widths.insert(128) }
    }
    return widths.isEmpty ? [32, 128] : widths
  }

  /// What is wrong with a value of `inet_protocols`.
  static func protocolProblem(_ text: String) -> ParameterCheck.Failure? {
    let words = Settings.split(text)
    guard !words.isEmpty else {
      return ParameterCheck.Failure(
        message: "'inet_protocols' must be all, ipv4 or ipv6, not empty",
        fatal: "all network protocols are disabled (inet_protocols = )")
    }
    let word = words.first { !["all", "ipv4", "ipv6"].contains($0) }
    return word.map { word in
      ParameterCheck.Failure(
        message: "'inet_protocols' must be all, ipv4 or ipv6, not '\(word)'",
        fatal: "unknown inet_protocols value \"\(word)\" in \"\(text)\"")
    }
  }

  static func unknownStyle(_ style: String) -> ParameterCheck.Failure {
    ParameterCheck.Failure(
      message: "'mynetworks_style' must be class, subnet or host, not '\(style)'",
      fatal: "unknown mynetworks mask style value \"\(style)\" in \"\(style)\"")
  }

  /// The default of `mynetworks`: every network once, in the order of the interfaces.
  static func networks(_ interfaces: [MachineFacts.Interface], style: String) -> String {
    var networks: [String] = []
    for interface in interfaces {
      let length = prefixLength(interface, style)
      let address = interface.address.masked(to: length)
      let text = address.bitWidth == 32 ? "\(address)/\(length)" : "[\(address)]/\(length)"
      if !networks.contains(text) { networks.append(text) }
    }
    return networks.joined(separator: " ")
  }

  private static func prefixLength(_ interface: MachineFacts.Interface, _ style: String) -> Int {
    switch (style, interface.address) {
    case ("host", _): interface.address.bitWidth
    case ("class", .v4(let value)): value >> 31 == 0 ? 8 : value >> 30 == 2 ? 16 : 24
    default: interface.prefixLength
    }
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
