import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// A configuration directory as the analyses see it: its smtpd services, each with its own settings.
public struct AnalysedConfiguration: Sendable {
  /// One service of master.cf, or what main.cf alone would serve.
  public struct Service: Sendable {
    /// Name and type, `smtp/inet`.
    public let name: String
    public let settings: Settings
    /// What reading its parameters had to say.
    public let diagnostics: [Diagnostic]

    public init(name: String, settings: Settings, diagnostics: [Diagnostic] = []) {
      self.name = name
      self.settings = settings
      self.diagnostics = diagnostics
    }
  }

  public let directory: String
  public let services: [Service]
  /// What is wrong with main.cf or master.cf.
  public let diagnostics: [Diagnostic]

  /// - Throws: the file that cannot be read; a missing master.cf is no mistake.
  public init(
    directory: String, machine: MachineFacts = .current
  ) throws(ConfigReader.Failure) {
    var machine = machine
    machine.configDirectory = directory
    let main = try ConfigReader.mainCF(for: machine)
    var master: MasterCF?
    do { master = try ConfigReader.masterCF(directory: directory) } catch {
      if error.errno != 2 { throw error }
    }
    self.init(main, master, directory: directory, machine: machine)
  }

  /// A configuration that was read already.
  public init(_ main: MainCF, _ master: MasterCF?, directory: String, machine: MachineFacts) {
    var machine = machine
    machine.configDirectory = directory
    var diagnostics = master?.diagnostics ?? []
    var services: [Service] = []
    func add(_ service: String, _ type: String, _ overrides: [SettingsBuilder.Override]) {
      machine.serviceName = service
      let (settings, found) = SettingsBuilder(
        mainCF: main, overrides: overrides, environment: machine
      ).build()
      diagnostics += found.filter { !diagnostics.contains($0) }
      services.append(Service(name: "\(service)/\(type)", settings: settings, diagnostics: found))
    }
    for service in master?.smtpdServices ?? [] {
      add(service.name, "\(service.type)", service.overrides)
    }
    if services.isEmpty { add("smtp", "inet", []) }
    self.directory = directory
    self.services = services
    self.diagnostics = diagnostics
  }

  /// The service of a name, `smtp` or `smtp/inet`; the first one without a name.
  public func service(_ name: String?) -> Service? {
    guard let name else { return services.first }
    return services.first {
      $0.name == name || $0.name.split(separator: "/").first.map(String.init) == name
    }
  }
}
