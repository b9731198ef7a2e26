import Compiler
import Glibc
import LookupTables
import RestrictionDSL

/// Looks at the files that parameters name: tables are opened as the server would, list files
/// must be readable.
struct FileInspection {
  private(set) var diagnostics: [Diagnostic] = []
  private var tables: Set<TableSpec> = []
  private var listFiles: Set<String> = []

  /// Tables that were looked at.
  var tableCount: Int { tables.count }

  /// Inspects what one service names.
  ///
  /// What another service named already is not opened again.
  mutating func inspect(_ settings: Settings) {
    let cache = TableCache(settings: settings)
    let source = PolicySource(settings: settings)
    for list in source.allLists {
      var before = ""
      for element in list.elements {
        defer { before = element.text }
        if before.lowercased() == RestrictionName.checkPolicyService.rawValue { continue }
        if let table = TableReference(element.text)?.table { open(table, element, in: cache) }
      }
    }
    for parameter in ParameterCatalog.all {
      switch parameter.kind {
      case .maps: inspectMaps(settings, parameter.name, cache)
      case .list: inspectList(settings, parameter.name, cache)
      default: continue
      }
    }
  }

  private mutating func inspectMaps(_ settings: Settings, _ name: String, _ cache: TableCache) {
    guard settings.isSet(name) else { return }
    for element in settings.elements(of: name) {
      if let table = TableSpec(element.text) { open(table, element, in: cache) }
    }
  }

  private mutating func inspectList(_ settings: Settings, _ name: String, _ cache: TableCache) {
    guard settings.isSet(name) else { return }
    for element in settings.elements(of: name) {
      let pattern = String(element.text.drop { $0 == "!" })
      if pattern.hasPrefix("/") {
        requireFile(pattern, element, name)
      } else if !pattern.hasPrefix("["), IPAddress(pattern.prefix { $0 != "/" }.description) == nil,
        let table = TableSpec(pattern)
      {
        open(table, element, in: cache)
      }
    }
  }

  private mutating func open(
    _ table: TableSpec, _ element: RestrictionElement, in cache: TableCache
  ) {
    guard TableRegistry.type(named: table.type)?.isRemote != true, tables.insert(table).inserted
    else { return }
    let before = cache.openMessages.count
    _ = cache.open(table)
    for message in cache.openMessages[before...] {
      diagnostics.append(finding(message, table, element))
    }
  }

  /// `error: …`, `fatal: …` and `warning: …` lines of opening.
  private func finding(
    _ line: String, _ table: TableSpec, _ element: RestrictionElement
  ) -> Diagnostic {
    let isWarning = line.hasPrefix("warning: ")
    let text = line.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? line
    return Diagnostic(
      isWarning ? .warning : .error, isWarning ? "table-warning" : "table-unavailable",
      "table '\(table)': \(text)", at: element.range,
      help: isWarning ? nil : "every lookup fails with a temporary error", notes: element.notes)
  }

  private mutating func requireFile(_ path: String, _ element: RestrictionElement, _ name: String) {
    guard listFiles.insert(path).inserted, access(path, R_OK) != 0 else { return }
    let reason = String(cString: strerror(errno))
    diagnostics.append(
      Diagnostic(
        .error, "list-file-unavailable", "file '\(path)' in \(name): \(reason)", at: element.range,
        help: "every lookup fails with a temporary error", notes: element.notes))
  }
}
