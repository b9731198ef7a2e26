/// The services of master.cf.
///
/// - Source: master(5); facts §10.6; texts of errors observed with master(8) of Postfix 3.7.11
public struct MasterCF: Sendable {
  /// How clients reach a service.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case inet, unix
    case unixDatagram = "unix-dgram"
    case fifo, pass
  }

  /// Where a service listens.
  public enum Endpoint: Hashable, Sendable {
    /// Host without brackets, `nil` for all of inet_interfaces; port as a number or a name.
    case inet(host: String?, port: String)
    /// Path below the queue directory.
    case unix(path: String)
    /// Path below the queue directory; connections come as descriptors.
    case pass(path: String)
  }

  /// One line of master.cf.
  public struct Service: Hashable, Sendable {
    public let name: String
    public let type: String
    public let kind: Kind
    public let isPrivate: Bool
    public let isUnprivileged: Bool
    /// `nil` for `-`.
    public let isChrooted: Bool?
    /// `-` or seconds, perhaps with a `?`.
    public let wakeUp: String
    /// 0 for no limit; `nil` for `-`: `$default_process_limit`.
    public let processLimit: Int?
    public let command: String
    /// Behind the command; braces around an argument are removed.
    public let arguments: [TracedText]
    /// Every `-o name=value` of the arguments.
    public let overrides: [SettingsBuilder.Override]
    /// `-v` is among the arguments.
    public let isVerbose: Bool
    /// Where the service is written.
    public let range: SourceRange?
    public let line: Int

    /// Where the service listens.
    public var endpoint: Endpoint {
      switch kind {
      case .inet: MasterCF.inetEndpoint(name)
      case .pass: .pass(path: path)
      case .unix, .unixDatagram, .fifo: .unix(path: path)
      }
    }

    private var path: String { (isPrivate ? "private/" : "public/") + name }
  }

  public let file: SourceFile
  /// In the order of the file; of several with one name and type only the last.
  public let services: [Service]
  public let diagnostics: [Diagnostic]

  public init(_ file: SourceFile) {
    let logical = LogicalLines(file)
    var parser = MasterCFParser(path: file.path, diagnostics: logical.diagnostics)
    var services: [Service] = []
    for line in logical.lines {
      guard let service = parser.service(line) else { continue }
      services.removeAll { $0.name == service.name && $0.kind == service.kind }
      services.append(service)
    }
    self.file = file
    self.services = services
    diagnostics = parser.diagnostics
  }

  /// The services that run this server.
  public var smtpdServices: [Service] {
    services.filter { $0.command.split(separator: "/").last == "smtpd" }
  }

  /// `port`, `host:port` or `[host]:port`.
  static func inetEndpoint(_ name: String) -> Endpoint {
    guard let colon = name.lastIndex(of: ":") else { return .inet(host: nil, port: name) }
    var host = String(name[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    let port = String(name[name.index(after: colon)...])
    return .inet(host: host.isEmpty ? nil : host, port: port)
  }
}
