import RestrictionDSL

/// What a table type may use while it opens a table.
final class TableOpening {
  let options: TableOptions

  /// Log lines of opening, each with its prefix.
  private(set) var messages: [String] = []

  /// Where an open table leaves warnings.
  let warnings: TableWarnings

  /// A member asks over a network.
  private(set) var hasRemoteMember = false

  /// A member may answer differently at the next question.
  private(set) var hasVolatileMember = false

  /// The connection of all proxied tables.
  let proxymap: ProxymapClient

  /// For read locks that outlast a lookup; `nil`: none does.
  let locks: HeldLocks?

  private let openTable: (TableSpec) -> OpenTable

  init(
    options: TableOptions, warnings: TableWarnings, proxymap: ProxymapClient,
    locks: HeldLocks? = nil, openTable: @escaping (TableSpec) -> OpenTable
  ) {
    self.options = options
    self.warnings = warnings
    self.proxymap = proxymap
    self.locks = locks
    self.openTable = openTable
  }

  func warn(_ line: String) { messages.append(line) }

  /// What the text of a table says is the value: the text itself, or the files that it names.
  func value(_ text: Bytes) throws(OpenFailure) -> Bytes {
    options.valuesAreFiles ? try FileValue.read(text) : text
  }

  /// The table itself asks over a network.
  func noteRemote(isVolatile: Bool) {
    hasRemoteMember = true
    hasVolatileMember = hasVolatileMember || isVolatile
  }

  /// Opens a member of a combined table.
  func openMember(_ spec: TableSpec) -> OpenTable {
    let table = openTable(spec)
    hasRemoteMember = hasRemoteMember || table.isRemote
    hasVolatileMember = hasVolatileMember || table.isVolatile
    return table
  }
}
