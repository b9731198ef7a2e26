import Compiler
import Glibc
import LookupTables
import RestrictionDSL

/// Looks at the files that parameters name: local tables are opened as the server would and their
/// rows read, list files must be readable, sockets of policy services must be there.
///
/// First every service says what it names, then each file is looked at once.
struct FileInspection {
  /// A table and who asks it.
  struct Wanted {
    let table: TableSpec
    let element: RestrictionElement
    let options: TableOptions
    /// Of every list or parameter that names it.
    var uses: Set<TableUse> = []
    /// Its source is a file of aliases(5), which newaliases(1) reads.
    var isAliasFile = false
  }

  private(set) var diagnostics: [Diagnostic] = []
  /// What is known of the rows of tables.
  private(set) var contents: [TableSpec: TableContent] = [:]
  private var wanted: [Wanted] = []
  private var indices: [TableSpec: Int] = [:]
  private var listFiles: Set<String> = []
  private var sockets: Set<String> = []
  private var networks: Set<String> = []
  /// When Postfix was started.
  ///
  /// - Unit: seconds since 1970
  private var started: Int?

  /// Tables that were looked at.
  var tableCount: Int { wanted.count }

  /// Rows that were read.
  var keyCount: Int { contents.values.reduce(0) { $0 + $1.rowCount } }

  /// Collects what one service names.
  ///
  /// - Parameter ownSockets: sockets that master.cf makes.
  mutating func collect(_ service: LintedService, ownSockets: Set<String>) {
    let settings = service.settings
    var options = TableOptions(settings: settings)
    options.changesNothing = true
    for list in service.source.allLists {
      var before = ""
      for element in list.elements {
        defer { before = element.text }
        if before.lowercased() == RestrictionName.checkPolicyService.rawValue {
          inspectSocket(element, settings, ownSockets)
        } else if let table = TableReference(element.text)?.table {
          want(table, element, options, nil)
        }
      }
    }
    for item in service.allItems {
      guard let table = item.operation.table, let index = indices[table] else { continue }
      wanted[index].uses.insert(TableUse(item.operation, settings: settings))
    }
    for parameter in ParameterCatalog.all where settings.isSet(parameter.name) {
      switch parameter.kind {
      case .maps: collectMaps(settings, parameter.name, options)
      case .list: collectList(settings, parameter.name, options)
      default: continue
      }
    }
    if started == nil {
      var status = stat()
      let file = settings.string("queue_directory") + "/pid/master.pid"
      if stat(file, &status) == 0 { started = status.st_mtim.tv_sec }
    }
  }

  /// Looks at every table that was named.
  mutating func inspectTables() {
    for table in wanted {
      var inspection = TableInspection(table, started: started)
      inspection.run()
      diagnostics += inspection.diagnostics
      if let content = inspection.content { contents[table.table] = content }
    }
  }

  private mutating func want(
    _ table: TableSpec, _ element: RestrictionElement, _ options: TableOptions, _ use: TableUse?
  ) {
    let index: Int
    if let known = indices[table] {
      index = known
    } else {
      index = wanted.count
      indices[table] = index
      wanted.append(Wanted(table: table, element: element, options: options))
    }
    if let use { wanted[index].uses.insert(use) }
  }

  /// - Source: canonical(5), virtual(5), relocated(5), postconf(5): tables that are asked with
  ///   `user@domain`, `user` and `@domain`
  private static let addressMaps: Set<String> = [
    "virtual_alias_maps", "canonical_maps", "sender_canonical_maps", "recipient_canonical_maps",
    "smtpd_sender_login_maps",
  ]

  private mutating func collectMaps(_ settings: Settings, _ name: String, _ options: TableOptions) {
    let use = FileInspection.addressMaps.contains(name) ? TableUse.addressMap : .other
    for element in settings.elements(of: name) {
      guard let table = TableSpec(element.text) else { continue }
      want(table, element, options, use)
      if let index = indices[table], ["alias_maps", "alias_database"].contains(name) {
        wanted[index].isAliasFile = true
      }
    }
  }

  /// Lists with addresses and networks of clients.
  ///
  /// - Source: postconf(5)
  private static let networkLists: Set<String> = [
    "mynetworks", "smtpd_authorized_xclient_hosts", "smtpd_authorized_xforward_hosts",
    "smtpd_authorized_verp_clients", "smtpd_client_event_limit_exceptions",
    "smtpd_forbid_bare_newline_exclusions", "permit_mx_backup_networks",
    "smtpd_sasl_exceptions_networks", "debug_peer_list",
  ]

  /// A word with a colon that is no table, and a network that cannot be used.
  private mutating func inspectNetwork(
    _ pattern: String, _ element: RestrictionElement, _ name: String
  ) {
    var reason: String?
    var help = "the list fails here: clients behind it get a temporary error"
    if !pattern.hasPrefix("["), pattern.contains(":"), IPAddress(pattern.before("/")) != nil {
      reason = "'\(pattern)' is taken for a table, and the server does not start"
      help = "write [\(pattern.before("/"))]\(pattern.dropFirst(pattern.before("/").count))"
    } else if case .failure(let bad)? = MatchElement.Literal(Bytes(pattern)).network {
      reason = bad.reason
    }
    guard let reason, networks.insert("\(name) \(pattern)").inserted else { return }
    diagnostics.append(
      Diagnostic(
        .error, "bad-network", "\(name): \(reason)", at: element.range, help: help,
        notes: element.notes))
  }

  private mutating func collectList(_ settings: Settings, _ name: String, _ options: TableOptions) {
    // `inet:host:port` is no table there.
    if name.hasSuffix("_milters") { return }
    for element in settings.elements(of: name) {
      let pattern = String(element.text.drop { $0 == "!" })
      if FileInspection.networkLists.contains(name) { inspectNetwork(pattern, element, name) }
      if pattern.hasPrefix("/") {
        requireFile(pattern, element, name)
      } else if !pattern.hasPrefix("["), IPAddress(pattern.prefix { $0 != "/" }.description) == nil,
        let table = TableSpec(pattern)
      {
        want(table, element, options, .other)
      }
    }
  }

  private mutating func requireFile(_ path: String, _ element: RestrictionElement, _ name: String) {
    guard listFiles.insert(path).inserted, access(path, R_OK) != 0 else { return }
    let reason = String(cString: strerror(errno))
    diagnostics.append(
      Diagnostic(
        .error, "list-file-unavailable", "file '\(path)' in \(name): \(reason)", at: element.range,
        help: "every lookup fails with a temporary error", notes: element.notes))
  }

  private mutating func inspectSocket(
    _ element: RestrictionElement, _ settings: Settings, _ ownSockets: Set<String>
  ) {
    guard let policy = try? RestrictionDSL.PolicyService(element.text),
      case .unix(let path) = policy.endpoint,
      !ownSockets.contains(path), sockets.insert(path).inserted
    else { return }
    let queue = settings.string("queue_directory")
    // On a machine without a queue nobody can tell.
    guard access(queue, F_OK) == 0 else { return }
    let full = path.hasPrefix("/") ? path : queue + "/" + path
    var status = stat()
    guard stat(full, &status) != 0 else { return }
    let reason = String(cString: strerror(errno))
    diagnostics.append(
      Diagnostic(
        .warning, "policy-socket-missing",
        "policy service '\(element.text)': \(full): \(reason)", at: element.range,
        help: "paths are relative to queue_directory", notes: element.notes))
  }
}

extension String {
  /// The text in front of a mark, or all of it.
  fileprivate func before(_ mark: Character) -> String { String(prefix { $0 != mark }) }
}
