import RestrictionDSL

/// Which services master.cf and inet_interfaces ask for.
extension ServerPlan {
  /// A service of master.cf that this program serves.
  struct Entry {
    let name: String
    let overrides: [SettingsBuilder.Override]
  }

  /// The Internet services of master.cf whose command is smtpd; none where there is no master.cf.
  static func entries(_ directory: String) throws(Failure) -> [Entry] {
    []
  }

  /// The addresses behind a service name: `smtp`, `25`, `host:port`, `[address]:port`.
  static func addresses(of name: String, _ settings: Settings) -> [ListenAddress] {
    if let address = ListenAddress(name) { return [address] }
    if let colon = name.lastIndex(of: ":"), colon != name.startIndex,
      let port = PortNumber.of(String(name[name.index(after: colon)...]))
    {
      let host = String(name[..<colon])
      return MachineFacts.addresses(ofHost: host).map { ListenAddress($0, port: port) }
    }
    guard let port = PortNumber.of(name.hasPrefix(":") ? String(name.dropFirst()) : name) else {
      return []
    }
    let protocols = settings.list("inet_protocols").map { $0.lowercased() }
    if settings.list("inet_interfaces").map({ $0.lowercased() }).contains("all") {
      var wildcards: [ListenAddress] = []
      if protocols.contains("all") || protocols.contains("ipv4") {
        wildcards.append(ListenAddress(.v4(0), port: port))
      }
      if protocols.contains("all") || protocols.contains("ipv6") {
        wildcards.append(ListenAddress(.v6(0, 0), port: port))
      }
      return wildcards
    }
    let own = OwnAddresses(
      settings: settings, machine: InterfaceAddresses.current(), resolve: MachineFacts.addresses(ofHost:))
    return own.interfaces.map { ListenAddress($0, port: port) }
  }
}
