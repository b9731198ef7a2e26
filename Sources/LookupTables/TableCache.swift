import RestrictionDSL

/// The open tables of one event loop, each opened once.
public final class TableCache {
  /// Log lines of opening tables in their order: `error: …` for a table that could not be opened,
  /// warnings about its text, `fatal: …` where a Postfix daemon would have stopped.
  public private(set) var openMessages: [String] = []

  /// How tables are opened.
  public let options: TableOptions
  private let openErrorIsFatal: Bool
  private let warnings = TableWarnings()
  private let proxymap: ProxymapClient
  private let period: LookupPeriod?
  private let locks: HeldLocks?
  private var tables: [TableSpec: OpenTable] = [:]
  private var order: [OpenTable] = []

  /// Tables that callers are to treat as remote, for analyses that answer in their place.
  public var answersElsewhere: (TableSpec, TableShape) -> Bool = { _, _ in false }

  /// - Parameter settings: parameters of the service: smtputf8_enable, proxy_read_maps,
  ///   daemon_table_open_error_is_fatal and the cache sizes.
  /// - Parameter changesNothing: opening a table leaves no trace and asks nobody
  public convenience init(settings: Settings, changesNothing: Bool = false) {
    var options = TableOptions(settings: settings)
    options.changesNothing = changesNothing
    self.init(
      options: options,
      openErrorIsFatal: settings.bool("daemon_table_open_error_is_fatal"))
  }

  /// - Parameter period: how long indexed tables remember their last answers; whoever gives one ends it.
  ///   `nil`: they remember nothing.
  /// - Parameter locks: read locks that outlast a lookup; whoever gives them has them given back.
  public init(
    options: TableOptions, openErrorIsFatal: Bool = false, period: LookupPeriod? = nil,
    locks: HeldLocks? = nil
  ) {
    self.options = options
    self.period = period
    self.locks = locks
    self.openErrorIsFatal = openErrorIsFatal
    proxymap = ProxymapClient(
      directory: options.queueDirectory, service: options.proxymapService)
  }

  /// The open table of a specification; the same specification is the same object.
  public func open(_ spec: TableSpec) -> OpenTable {
    if let table = tables[spec] { return table }
    let opened = openTable(spec)
    let type = TableRegistry.type(named: spec.type)
    var table = OpenTable(
      spec: spec, table: opened.table,
      isRemote: type?.isRemote ?? false || opened.opening.hasRemoteMember,
      isVolatile: type?.isVolatile ?? false || opened.opening.hasVolatileMember,
      options: options, warnings: warnings, period: period)
    if !table.isRemote, answersElsewhere(spec, table.shape) {
      table = OpenTable(
        spec: spec, table: opened.table, isRemote: true, isVolatile: table.isVolatile,
        options: options, warnings: warnings, period: period)
    }
    tables[spec] = table
    order.append(table)
    return table
  }

  /// The open tables whose lookups may block.
  public var remoteTables: [TableSpec] { order.filter(\.isRemote).map(\.spec) }

  /// The first table whose file was changed or replaced since it was opened, as Postfix names it
  /// in `table NAME has changed -- restarting`.
  ///
  /// - Complexity: one fstat(2) for every indexed table.
  public func changedTable() -> String? {
    order.first(where: \.hasChanged).map(changeName)
  }

  /// Opens the tables anew that changed; their `OpenTable`s stay the same objects.
  ///
  /// - Returns: the names of the tables as in ``changedTable()``; what opening them had to say is
  ///   added to ``openMessages``.
  public func reopenChangedTables() -> [String] {
    let changed = order.filter(\.hasChanged)
    for table in changed { table.replace(with: openTable(table.spec).table) }
    return changed.map(changeName)
  }

  /// Warnings of lookups since the last call: keys that are not UTF-8, patterns that gave up.
  public func takeWarnings() -> [String] { warnings.take() }

  /// Whether ``takeWarnings()`` has any.
  public var hasWarnings: Bool { !warnings.lines.isEmpty }

  private func changeName(_ table: OpenTable) -> String {
    "\(table.spec)(0,lock|fold_fix|utf8_request)"
  }

  private func openTable(
    _ spec: TableSpec
  ) -> (table: any LookupTable, opening: TableOpening) {
    let opening = TableOpening(
      options: options, warnings: warnings, proxymap: proxymap, locks: locks
    ) {
      self.open($0)
    }
    do throws(OpenFailure) {
      guard !spec.name.isEmpty, !spec.type.isEmpty else {
        throw OpenFailure(
          "open dictionary: expecting \"type:name\" form instead of \"\(spec)\"", isFatal: true)
      }
      guard let type = TableRegistry.type(named: spec.type) else {
        throw OpenFailure("unsupported dictionary type: \(spec.type)")
      }
      let table = try type.open(spec.name, opening)
      openMessages += opening.messages
      return (table, opening)
    } catch {
      openMessages += opening.messages
      let prefix = error.isFatal || openErrorIsFatal ? "fatal" : "error"
      openMessages.append("\(prefix): \(error.reason)")
      return (UnavailableTable(spec, error), opening)
    }
  }
}
