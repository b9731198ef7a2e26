import Compiler
import LookupTables
import RestrictionDSL

/// What `smtpd lint` does: reads a configuration directory, opens its local tables, and runs the
/// rules.
///
/// Nothing is asked over the network: remote tables are not opened.
public struct ConfigurationLint: Sendable {
  /// Findings, errors and warnings by place.
  public let diagnostics: [Diagnostic]
  /// main.cf and master.cf as read.
  public let files: [SourceFile]
  /// How much was looked at: `3 services, 9 lists, 6 tables`.
  public let scope: String

  /// - Parameters:
  ///   - directory: of main.cf; master.cf may be missing.
  ///   - includesInfo: whether findings of severity info are wanted.
  /// - Throws: the file that cannot be read; there is nothing to check then.
  public init(
    directory: String, includesInfo: Bool = false, machine: MachineFacts = .current
  ) throws(ConfigReader.Failure) {
    let mainCF = try ConfigReader.mainCF(directory: directory)
    let master: MasterCF?
    do { master = try ConfigReader.masterCF(directory: directory) } catch { master = nil }
    var machine = machine
    machine.configDirectory = directory
    var given: [Diagnostic] = master?.diagnostics ?? []
    var services: [LintedService] = []
    var inspection = FileInspection()
    for service in master?.smtpdServices.map(Optional.some) ?? [nil] {
      let (settings, found) = SettingsBuilder(
        mainCF: mainCF, overrides: service?.overrides ?? [], environment: machine
      ).build()
      given += found
      services.append(ConfigurationLint.linted(service, settings))
      inspection.inspect(settings)
    }
    // Without any smtpd service main.cf alone is checked.
    if services.isEmpty {
      let (settings, found) = SettingsBuilder(mainCF: mainCF, environment: machine).build()
      given += found
      services.append(ConfigurationLint.linted(nil, settings))
      inspection.inspect(settings)
    }
    let configuration = LintedConfiguration(
      mainCF: mainCF, services: services,
      overrides: (master?.services ?? []).flatMap(\.overrides).map { ($0.name, $0.value) })
    diagnostics = Linter(
      configuration, given: given + inspection.diagnostics, includesInfo: includesInfo
    ).findings()
    files = mainCF.files + (master.map { [$0.file] } ?? [])
    let lists = services.reduce(0) { count, service in
      count + Stage.allCases.filter { !service.items($0).isEmpty }.count
    }
    scope = [
      ConfigurationLint.count(services.count, "service"), ConfigurationLint.count(lists, "list"),
      ConfigurationLint.count(inspection.tableCount, "table"),
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
