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
      for index in specs.indices { found = tables.delete(key, from: index) || found }
      return found ? 0 : 1
    }
    var found = false
    // Unlike for one key, all are opened before the first one is read.
    for index in specs.indices { tables.open(index) }
    let lines = LineReader(fd: 0)
    var line: [UInt8] = []
    while lines.next(into: &line) {
      for index in specs.indices { found = tables.delete(line, from: index) || found }
    }
    return found ? 0 : 1
  }

  /// Writers of the tables, each opened when its turn comes.
  private final class Tables {
    private let command: Delete
    private var writers: [Int: any TableWriter] = [:]

    init(_ command: Delete) { self.command = command }

    func delete(_ text: [UInt8], from index: Int) -> Bool {
      let spec = command.specs[index]
      let console = command.console
      let text = Array(text.prefix { $0 != 0 })
      guard !command.isEmptyTable(spec) else { return false }
      switch spec.type {
      case _ where spec.name.isEmpty: break
      case "static", "environ", "proxy":
        console.fatal("table \(spec): delete operation is not supported")
      case "fail": console.fatal("table \(spec): delete error: Application error")
      default: break
      }
      do throws(BuildError) {
        let writer = try writer(index, spec)
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

    func open(_ index: Int) {
      let spec = command.specs[index]
      guard !command.isEmptyTable(spec) else { return }
      if Delete.failsLater.contains(spec.type), !spec.name.isEmpty { return }
      do throws(BuildError) { _ = try writer(index, spec) } catch {
        command.console.fatal(error.message)
      }
    }

    private func writer(
      _ index: Int, _ spec: TableSpec
    ) throws(BuildError) -> any TableWriter {
      if let writer = writers[index] { return writer }
      let writer = try command.writer(spec)
      writers[index] = writer
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
