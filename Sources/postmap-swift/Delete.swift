import LookupTables
import RestrictionDSL

/// Removes keys from tables (`-d`).
struct Delete {
  let options: Options
  let tableOptions: TableOptions
  let specs: [TableSpec]
  let console: Console

  /// - Returns: the exit status.
  func run(_ key: [UInt8]) -> CInt {
    let tables = Tables(self)
    guard key == [UInt8(ascii: "-")] else {
      var found = false
      for spec in specs { found = tables.delete(key, from: spec) || found }
      return found ? 0 : 1
    }
    var found = false
    // Unlike for one key, all are opened before the first one is read.
    for spec in specs { tables.open(spec) }
    let lines = LineReader(fd: 0)
    var line: [UInt8] = []
    while lines.next(into: &line) {
      for spec in specs { found = tables.delete(line, from: spec) || found }
    }
    return found ? 0 : 1
  }

  /// Writers of the tables, each opened when its turn comes.
  private final class Tables {
    private let command: Delete
    private var writers: [TableSpec: any TableWriter] = [:]
    /// Tables of servers.
    private let cache: TableCache

    init(_ command: Delete) {
      self.command = command
      cache = TableCache(options: command.tableOptions)
    }

    func delete(_ text: [UInt8], from spec: TableSpec) -> Bool {
      let console = command.console
      let text = Array(text.prefix { $0 != 0 })
      guard !command.isEmptyTable(spec) else { return false }
      switch spec.type {
      case _ where spec.name.isEmpty: break
      case "static", "environ", "proxy":
        console.fatal("table \(spec): delete operation is not supported")
      case "fail": console.fatal("table \(spec): delete error: Application error")
      case "memcache": return remove(text, from: spec)
      default: break
      }
      do throws(BuildError) {
        let writer = try writer(spec)
        let options = command.tableOptions
        if let warning = options.keyWarning(text, table: writer.ownName) {
          console.warning(warning)
          return true
        }
        let key =
          command.options.folds ? CaseFolding.fold(text, unicode: options.smtputf8) : text
        return try writer.delete(key.span)
      } catch {
        console.fatal(error.message)
      }
    }

    /// Removes a key from the table of a server, and from the table behind it.
    private func remove(_ text: [UInt8], from spec: TableSpec) -> Bool {
      let console = command.console
      let table = openTable(spec, cache, console, command.options)
      guard let removing = table.removing else { return false }
      let options = command.tableOptions
      if let warning = options.keyWarning(text, table: table.ownName) {
        console.warning(warning)
        return true
      }
      let key = command.options.folds ? CaseFolding.fold(text, unicode: options.smtputf8) : text
      var found: Bool? = false
      do throws(LookupError) { found = try removing.remove(key.span) } catch {
        error.messages.forEach(console.line)
        if removing.tableBehind == nil {
          console.fatal(
            "table \(table.ownName): delete error\(error.reason.map { ": \($0)" } ?? "")")
        }
      }
      guard let found else { return false }
      return removing.tableBehind.map { delete(text, from: $0) } ?? found
    }

    func open(_ spec: TableSpec) {
      guard !command.isEmptyTable(spec) else { return }
      if Delete.failsLater.contains(spec.type), !spec.name.isEmpty { return }
      if spec.type == "memcache", !spec.name.isEmpty {
        _ = openTable(spec, cache, command.console, command.options)
        return
      }
      do throws(BuildError) { _ = try writer(spec) } catch {
        command.console.fatal(error.message)
      }
    }

    private func writer(_ spec: TableSpec) throws(BuildError) -> any TableWriter {
      if let writer = writers[spec] { return writer }
      let writer = try command.writer(spec)
      writers[spec] = writer
      return writer
    }
  }

  /// Types that can be opened for writing, and refuse it then.
  private static let failsLater = ["static", "environ", "proxy", "fail"]

  /// `internal:` holds nothing.
  private func isEmptyTable(_ spec: TableSpec) -> Bool { spec.type == "internal" }

  private func writer(_ spec: TableSpec) throws(BuildError) -> any TableWriter {
    guard !spec.name.isEmpty, !spec.type.isEmpty else {
      console.fatal(
        "open dictionary: expecting \"type:name\" form instead of \"\(spec)\"")
    }
    guard let type = TableRegistry.type(named: spec.type), type.isKnownToPostfix else {
      console.fatal("unsupported dictionary type: \(spec.type)")
    }
    guard let storage = type.storage else {
      console.fatal("\(spec) map requires O_RDONLY access mode")
    }
    var write = WriteOptions(.update, options: tableOptions)
    let console = console
    write.warn = { console.warning($0) }
    return try storage.writer(name: spec.name, options: write)
  }
}
