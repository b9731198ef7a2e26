import Compiler
import RestrictionDSL

/// One service of the server as its configuration has it: checked, compiled, nothing opened yet.
struct ServicePlan: Sendable {
  /// Name in master.cf, for instance `smtp` or `127.0.0.1:25`.
  let name: String
  let addresses: [ListenAddress]
  /// `-v` in master.cf.
  var isVerbose = false
  let settings: Settings
  let policy: PolicyCompiler.Result
  let diagnostics: [Diagnostic]

  /// What Postfix logs about the parameters, and about the restriction lists.
  var parameterLines: [String] { ServicePlan.lines(diagnostics) }
  var policyLines: [String] { ServicePlan.lines(policy.diagnostics) }

  /// One finding may be several lines.
  static func lines(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.flatMap(\.logLines)
  }
}

/// All services of a server.
struct ServerPlan: Sendable {
  /// Why a configuration cannot be served.
  enum Failure: Error, Sendable {
    /// As the log says it, with `fatal: `, after the lines that come before it.
    case fatal([String])
  }

  let services: [ServicePlan]

  /// Lines about master.cf and about parameters that are not honoured, with their severity prefix.
  let notes: [String]

  /// Where a configuration comes from and what the command line adds.
  struct Source: Sendable {
    /// Absolute.
    var directory: String
    /// Of `--listen`; empty means those of master.cf.
    var addresses: [ListenAddress]
    var services: Server.Services
    /// `--strict`: any finding of error severity stops.
    var isStrict: Bool
  }

  /// Reads, checks and compiles.
  ///
  /// - Throws: ``Failure`` with all lines to be logged. At start the caller stops, at a reload it
  ///   keeps what it has.
  init(_ source: Source) throws(Failure) {
    var machine = MachineFacts.current
    machine.configDirectory = source.directory
    let main: MainCF
    do { main = try ConfigReader.mainCF(for: machine) } catch {
      throw .fatal(["fatal: open \(error.path): \(error.reason)"])
    }
    var services: [ServicePlan] = []
    var notes: [String] = []
    if source.addresses.isEmpty {
      for entry in try ServerPlan.entries(source.directory, notes: &notes) {
        guard case .inet(let host, let port) = entry.endpoint else { continue }
        machine.serviceName = entry.name
        let settings = ServerPlan.settings(main, entry.overrides, machine)
        let addresses = ServerPlan.addresses(host: host, port: port, settings.0)
        var service = try ServerPlan.service(entry.name, addresses, settings, source, &notes)
        service.isVerbose = entry.isVerbose
        services.append(service)
      }
      if services.isEmpty {
        machine.serviceName = "smtp"
        let settings = ServerPlan.settings(main, [], machine)
        let addresses = ServerPlan.addresses(host: nil, port: "25", settings.0)
        try services.append(
          ServerPlan.service(machine.serviceName, addresses, settings, source, &notes))
      }
    } else {
      // As if master.cf had a service of this address.
      machine.serviceName = source.addresses[0].text
      let settings = ServerPlan.settings(main, [], machine)
      try services.append(
        ServerPlan.service(machine.serviceName, source.addresses, settings, source, &notes))
    }
    self.services = services
    self.notes = notes
  }

  private static func settings(
    _ main: MainCF, _ overrides: [SettingsBuilder.Override], _ machine: MachineFacts
  ) -> (Settings, [Diagnostic]) {
    SettingsBuilder(mainCF: main, overrides: overrides, environment: machine).build()
  }

  private static func service(
    _ name: String, _ addresses: [ListenAddress], _ built: (Settings, [Diagnostic]),
    _ source: Source, _ notes: inout [String]
  ) throws(Failure) -> ServicePlan {
    let (settings, diagnostics) = built
    // The log of smtpd is that of Postfix: what the process as a whole does not do is said by master.
    for line in ServicePlan.lines(UnhonouredParameters.diagnostics(settings))
    where !notes.contains(line) { notes.append(line) }
    let lines = ServicePlan.lines(diagnostics)
    if let fatal = lines.firstIndex(where: { $0.hasPrefix("fatal: ") }) {
      throw .fatal(Array(lines[...fatal]))
    }
    if addresses.isEmpty {
      throw .fatal(lines + ["fatal: service \(name): no address to listen on"])
    }
    let policy = PolicyCompiler(settings: settings).compile()
    let unsupported =
      UnsupportedSettings.diagnostics(settings)
      + UnsupportedServices.diagnostics(policy.program, settings, source.services)
    if !unsupported.isEmpty { throw .fatal(lines + unsupported.map { "fatal: \($0.message)" }) }
    let errors = (diagnostics + policy.diagnostics).filter { $0.severity == .error }
    if source.isStrict, let first = errors.first {
      throw .fatal(lines + ["fatal: configuration error: \(first.message) [\(first.id)]"])
    }
    return ServicePlan(
      name: name, addresses: addresses, settings: settings, policy: policy,
      diagnostics: diagnostics)
  }
}
