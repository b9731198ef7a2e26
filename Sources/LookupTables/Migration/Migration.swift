import RestrictionDSL

/// Moves every indexed table that a configuration names to another type.
///
/// Tables are written beside the old ones; the configuration files only where the caller says so.
public struct Migration {
  /// Why a migration was not begun.
  public struct Failure: Error, Hashable {
    public let message: String
  }

  /// What became of one table.
  public struct Step: Hashable {
    public let from: TableSpec
    public let to: TableSpec
    /// Number of entries that were copied and compared, or why they were not.
    public let outcome: Outcome
    /// Log lines: the source is newer, a key has several values.
    public let warnings: [String]

    public enum Outcome: Hashable {
      case copied(Int)
      /// The file is not there, and a daemon makes it anew when it is needed.
      case madeAnew
      case failed(String)
    }
  }

  public private(set) var steps: [Step] = []
  /// Of main.cf and master.cf, where they change.
  public private(set) var edits: [ConfigurationEdit] = []

  /// Whether a table could not be copied; then nothing should be written.
  public var hasFailed: Bool {
    steps.contains { if case .failed = $0.outcome { true } else { false } }
  }

  /// Files that daemons write themselves.
  private static let caches: Set = [
    "address_verify_map", "postscreen_cache_map", "smtp_tls_session_cache_database",
    "smtpd_tls_session_cache_database", "lmtp_tls_session_cache_database",
    "tlsproxy_tls_session_cache_database",
  ]

  /// - Parameters:
  ///   - old: types to leave
  ///   - new: the type to go to
  ///   - mainCF: path of main.cf; master.cf is looked for beside it
  /// - Throws: what is wrong with the request or with the files
  public init(
    from old: Set<String>, to new: String, mainCF path: String, machine: MachineFacts
  ) throws(Failure) {
    let storage = try Migration.storage(old, new)
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let main: MainCF
    do {
      main = MainCF(try ConfigReader.file(path), predefined: ["config_directory": directory])
    } catch {
      throw Failure(message: "open \(error.path): \(error.reason)")
    }
    let master: MasterCF?
    do { master = try ConfigReader.masterCF(directory: directory) } catch { master = nil }
    var machine = machine
    machine.configDirectory = directory
    var tables = NamedTables(types: old)
    var settings: [Settings] = []
    for overrides in [[]] + (master?.services ?? []).map(\.overrides)
    where settings.isEmpty || !overrides.isEmpty {
      let (found, _) = SettingsBuilder(mainCF: main, overrides: overrides, environment: machine)
        .build()
      settings.append(found)
      // Other programs have parameters of their own: whatever a file sets is looked at.
      for name in found.names {
        if let entry = found.entry(name) { tables.scan(entry.text, of: name) }
      }
    }
    let options = settings.first.map { TableOptions(settings: $0) } ?? TableOptions(smtputf8: true)
    copy(tables.found, new, storage, options)
    var files = (main.files + (master.map { [$0.file] } ?? [])).map(ConfigurationEdit.init)
    for found in settings {
      Migration.edit(&files, tables.found, new, found, done: steps)
      Migration.editDefaultType(&files, found, old, new)
    }
    edits = files.filter { !$0.lines.isEmpty }
  }

  private static func storage(_ old: Set<String>, _ new: String) throws(Failure) -> TableStorage {
    for name in old.sorted() + [new] where TableRegistry.type(named: name)?.storage == nil {
      throw Failure(message: "\(name): not a type with files that postmap makes")
    }
    guard !old.contains(new) else { throw Failure(message: "\(new) is where the tables are") }
    let suffix = TableSpec(type: new, name: "").suffix
    for name in old.sorted() where TableSpec(type: name, name: "").suffix == suffix {
      throw Failure(
        message: "\(name) and \(new) have one file, NAME\(suffix): go through another type")
    }
    guard let storage = TableRegistry.type(named: new)?.storage else {
      throw Failure(message: "unsupported dictionary type: \(new)")
    }
    return storage
  }

  private mutating func copy(
    _ tables: [NamedTable], _ new: String, _ storage: TableStorage, _ options: TableOptions
  ) {
    var done: Set<TableSpec> = []
    // newaliases(1) makes by default what may be nobody's.
    let used = Set(
      tables.filter { $0.typePlace != nil || $0.parameter != "alias_database" }.map(\.spec))
    for table in tables where used.contains(table.spec) && done.insert(table.spec).inserted {
      let target = TableSpec(type: new, name: table.spec.name)
      // What only a default names is nobody's table where it does not exist.
      let path = table.spec.name + table.spec.suffix
      if !TableCopy.exists(path) {
        if table.typePlace == nil { continue }
        if Migration.caches.contains(table.parameter) {
          steps.append(Step(from: table.spec, to: target, outcome: .madeAnew, warnings: []))
          continue
        }
      }
      var warnings: [String] = []
      let copy = TableCopy(from: table.spec, to: target, storage: storage, options: options)
      do throws(TableCopy.Failure) {
        let count = try copy.run { warnings.append($0) }
        steps.append(
          Step(from: table.spec, to: target, outcome: .copied(count), warnings: warnings))
      } catch {
        steps.append(
          Step(from: table.spec, to: target, outcome: .failed(error.message), warnings: warnings))
      }
    }
  }

  private static func edit(
    _ files: inout [ConfigurationEdit], _ tables: [NamedTable], _ new: String,
    _ settings: Settings, done: [Step]
  ) {
    var defaults: [String: String] = [:]
    for table in tables {
      guard let place = table.typePlace else {
        // The default of a parameter that is in use: it has to be written down now.
        guard let value = settings.entry(table.parameter), value.range == nil,
          done.contains(where: { $0.from == table.spec })
        else { continue }
        let target = TableSpec(type: new, name: table.spec.name)
        defaults[table.parameter] = (defaults[table.parameter] ?? value.value).replacing(
          table.spec.description, with: target.description)
        continue
      }
      for index in files.indices where files[index].path == place.file {
        files[index].replace(table.spec.type, with: new, at: place)
      }
    }
    for (name, value) in defaults.sorted(by: { $0.key < $1.key }) {
      files[0].append("\(name) = \(value)")
    }
  }

  /// What is named without a type, and what newaliases(1) makes.
  private static func editDefaultType(
    _ files: inout [ConfigurationEdit], _ settings: Settings, _ old: Set<String>, _ new: String
  ) {
    guard let entry = settings.entry("default_database_type"), old.contains(entry.value) else {
      return
    }
    guard let place = entry.text.range(of: 0..<entry.text.bytes.count) else {
      files[0].append("default_database_type = \(new)")
      return
    }
    for index in files.indices where files[index].path == place.file {
      files[index].replace(entry.value, with: new, at: place)
    }
  }
}
