import RestrictionDSL

/// Which services master.cf and inet_interfaces ask for.
extension ServerPlan {
  /// The Internet services of master.cf whose command is smtpd; none where there is no master.cf.
  ///
  /// - Parameter notes: gets a line for each thing that master.cf asks for in vain
  static func entries(
    _ directory: String, notes: inout [String]
  ) throws(Failure) -> [MasterCF.Service] {
    let master: MasterCF
    do { master = try ConfigReader.masterCF(directory: directory) } catch {
      guard error.errno == 2 else { throw .fatal(["fatal: open \(error.path): \(error.reason)"]) }
      return []
    }
    let lines = ServicePlan.lines(master.diagnostics)
    if let fatal = lines.firstIndex(where: { $0.hasPrefix("fatal: ") }) {
      throw .fatal(Array(lines[...fatal]))
    }
    notes += lines
    for service in master.smtpdServices {
      let name = "master.cf service \(service.name)/\(service.type)"
      if service.kind != .inet {
        notes.append("warning: \(name): not served, only Internet services are")
      } else if service.isChrooted == true {
        notes.append("warning: \(name): chroot is not applied")
      }
    }
    return master.smtpdServices.filter { $0.kind == .inet }
  }

  /// The addresses behind an Internet service.
  ///
  /// - Parameter host: `nil` for those of inet_interfaces
  static func addresses(
    host: String?, port name: String, _ settings: Settings
  ) -> [ListenAddress] {
    guard let port = PortNumber.of(name) else { return [] }
    if let host {
      let literal = IPAddress(host).map { [$0] }
      return (literal ?? MachineFacts.addresses(ofHost: host)).map { ListenAddress($0, port: port) }
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
      settings: settings, machine: InterfaceAddresses.current(),
      resolve: MachineFacts.addresses(ofHost:))
    return own.interfaces.map { ListenAddress($0, port: port) }
  }
}
