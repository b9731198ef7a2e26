import Compiler
import LookupTables
import RestrictionDSL

/// What `smtpd lint` does: reads a configuration directory, opens its local tables and reads their
/// rows, and runs the rules.
///
/// Nothing is asked over the network: remote tables are not opened, unless questions may be asked.
public struct ConfigurationLint: Sendable {
  /// What is wanted besides errors and warnings about the files.
  public struct Options {
    /// Findings of severity info.
    public var includesInfo = false
    /// Answers questions to the DNS, for rules that need the network; `nil` for none.
    public var ask: ((Question) -> Answer?)?
    /// Name servers of this machine.
    public var resolvers: [IPAddress] = []
    public var machine = MachineFacts.current

    public init() {}

    /// Asks the real DNS.
    ///
    /// - Throws: ``SystemError`` where the resolver cannot be set up.
    public mutating func goOnline() throws(SystemError) {
      let answers = try OnlineAnswers(settings: Settings(entries: [:]))
      ask = answers.answer
      resolvers = ResolverConfiguration(SmallFile.contents(of: "/etc/resolv.conf")).servers
    }
  }

  /// Findings, errors and warnings by place.
  public let diagnostics: [Diagnostic]
  /// main.cf and master.cf as read.
  public let files: [SourceFile]
  /// How much was looked at: `3 services, 9 lists, 6 tables`.
  public let scope: String
  /// For building tables anew.
  public let tableOptions: TableOptions

  /// - Parameters:
  ///   - directory: of main.cf; master.cf may be missing.
  ///   - includesInfo: whether findings of severity info are wanted.
  /// - Throws: the file that cannot be read; there is nothing to check then.
  public init(
    directory: String, includesInfo: Bool = false, machine: MachineFacts = .current
  ) throws(ConfigReader.Failure) {
    var options = Options()
    options.includesInfo = includesInfo
    options.machine = machine
    try self.init(directory: directory, options)
  }

  /// - Throws: the file that cannot be read; there is nothing to check then.
  public init(directory: String, _ options: Options) throws(ConfigReader.Failure) {
    let master: MasterCF?
    do { master = try ConfigReader.masterCF(directory: directory) } catch { master = nil }
    var machine = options.machine
    machine.configDirectory = directory
    let mainCF = try ConfigReader.mainCF(for: machine)
    var given: [Diagnostic] = master?.diagnostics ?? []
    var services: [LintedService] = []
    // Without any smtpd service main.cf alone is checked.
    let entries = master?.smtpdServices ?? []
    for service in entries.isEmpty ? [nil] : entries.map(Optional.some) {
      machine.serviceName = service?.name ?? "smtp"
      let (settings, found) = SettingsBuilder(
        mainCF: mainCF, overrides: service?.overrides ?? [], environment: machine
      ).build()
      given += found + UnhonouredParameters.diagnostics(settings)
      services.append(ConfigurationLint.linted(service, settings))
    }
    let sockets = Set(
      (master?.services ?? []).compactMap { service in
        if case .unix(let path) = service.endpoint { path } else { nil }
      })
    var inspection = FileInspection()
    for service in services { inspection.collect(service, ownSockets: sockets) }
    inspection.inspectTables()
    for index in services.indices { services[index].contents = inspection.contents }
    given += inspection.diagnostics
    if let ask = options.ask {
      given += OnlineInspection.diagnostics(services, resolvers: options.resolvers, ask: ask)
    }
    let configuration = LintedConfiguration(
      mainCF: mainCF, services: services,
      overrides: (master?.services ?? []).flatMap(\.overrides).map { ($0.name, $0.value) },
      masterCF: master?.file)
    diagnostics = Linter(
      configuration, given: given, includesInfo: options.includesInfo,
      isOnline: options.ask != nil
    ).findings()
    files = configuration.files
    tableOptions = TableOptions(smtputf8: services[0].settings.bool("smtputf8_enable"))
    let lists = services.reduce(0) { count, service in
      count + Stage.allCases.filter { !service.items($0).isEmpty }.count
    }
    let keys = inspection.keyCount
    scope = [
      ConfigurationLint.count(services.count, "service"), ConfigurationLint.count(lists, "list"),
      ConfigurationLint.count(inspection.tableCount, "table")
        + (keys > 0 ? " with " + ConfigurationLint.count(keys, "row") : ""),
    ].joined(separator: ", ")
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func linted(_ service: MasterCF.Service?, _ settings: Settings) -> LintedService {
    LintedService(
      name: service.map { "\($0.name) \($0.type)" } ?? "smtp inet",
      audience: audience(service?.endpoint ?? .inet(host: nil, port: "smtp"), settings),
      settings: settings, overridden: Set(service?.overrides.map(\.name) ?? []))
  }

  private static func audience(
    _ endpoint: MasterCF.Endpoint, _ settings: Settings
  ) -> LintedService.Audience {
    switch endpoint {
    case .unix: return .loopback
    // postscreen(8) passes clients of port 25 on.
    case .pass: return .exchange
    case .inet(let host, let port):
      let hosts = host.map { [$0] } ?? settings.list("inet_interfaces")
      if !hosts.isEmpty, hosts.allSatisfy(isLoopback) { return .loopback }
      let submission = ["submission", "submissions", "smtps", "587", "465"]
      return submission.contains(port) ? .submission : .exchange
    }
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "loopback-only" { return true }
    let bare =
      host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    switch IPAddress(bare)?.unmapped {
    case .v4(let address): return address >> 24 == 127
    case .v6(let high, let low): return high == 0 && low == 1
    case nil: return false
    }
  }
}
