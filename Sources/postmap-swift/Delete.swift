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

    private func writer(
      _ index: Int, _ spec: TableSpec
    ) throws(BuildError) -> any TableWriter {
      if let writer = writers[index] { return writer }
      let writer = try command.writer(spec)
      writers[index] = writer
      return writer
    }
  }

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
    switch spec.type {
    case "static", "environ", "proxy":
      console.fatal("table \(spec): delete operation is not supported")
    case "fail": console.fatal("table \(spec): delete error: Application error")
    default: break
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
