import Glibc
import LookupTables
import RestrictionDSL

/// Looks keys up, prints values.
struct Query {
  let options: Options
  let tableOptions: TableOptions
  let specs: [TableSpec]
  let console: Console
  private let cache: TableCache
  private let tables = OpenTables()

  init(options: Options, tableOptions: TableOptions, specs: [TableSpec], console: Console) {
    self.options = options
    self.tableOptions = tableOptions
    self.specs = specs
    self.console = console
    cache = TableCache(options: tableOptions)
  }

  /// - Returns: the exit status.
  func run(_ key: [UInt8]) -> CInt {
    if options.readsMessage { return runMessage() }
    if key == [UInt8(ascii: "-")] { return runLines() }
    let key = cString(key)
    guard let value = value(for: key) else { return 1 }
    if options.printsJSON { console.printJSON(key, value) } else { console.print(value) }
    return 0
  }

  private func runLines() -> CInt {
    var found = false
    let lines = LineReader(fd: 0)
    var key: [UInt8] = []
    while lines.next(into: &key) {
      // Keys are C strings.
      if let end = key.firstIndex(of: 0) { key.removeSubrange(end...) }
      guard let value = value(for: key) else { continue }
      found = true
      show(key, value)
    }
    return found ? 0 : 1
  }

  private func runMessage() -> CInt {
    var found = false
    var reader = MessageReader(isMIME: options.mimeKeys)
    let lines = LineReader(fd: 0)
    func look(_ item: MessageReader.Item) {
      let key: [UInt8]
      switch item {
      case .header(let text) where options.headerKeys: key = cString(text)
      case .body(let text) where options.bodyKeys: key = cString(text)
      case .header, .body: return
      }
      guard let value = value(for: key) else { return }
      found = true
      show(key, value)
    }
    var line: [UInt8] = []
    while lines.next(into: &line) {
      reader.read(line).forEach(look)
      // Without body keys nothing behind the headers matters.
      if !options.bodyKeys && !options.mimeKeys && reader.isInBody { break }
    }
    reader.finish().forEach(look)
    return found ? 0 : 1
  }

  private func show(_ key: [UInt8], _ value: [UInt8]) {
    if options.printsJSON { console.printJSON(key, value) } else { console.print(key, value) }
  }

  /// The value in the first table that has the key; a table is opened when its turn comes.
  private func value(for key: [UInt8]) -> [UInt8]? {
    for index in specs.indices {
      let table = tables.table(index) ?? open(index)
      let value: [UInt8]?
      do { value = try table.uncheckedValue(for: key.span) } catch {
        cache.takeWarnings().forEach(console.line)
        error.messages.forEach(console.line)
        let reason = error.reason.map { ": \($0)" } ?? ""
        console.fatal("table \(table.ownName): query error\(reason)")
      }
      if cache.hasWarnings { cache.takeWarnings().forEach(console.line) }
      guard let value else { continue }
      if value.isEmpty { emptyValueWarning(specs[index], key).forEach(console.warning) }
      return value
    }
    return nil
  }

  private func open(_ index: Int) -> OpenTable {
    let table = openTable(specs[index], cache, console, options)
    tables.append(table)
    return table
  }

  /// Tables in the order of the command line, as far as they were needed.
  private final class OpenTables {
    private var tables: [OpenTable] = []

    func table(_ index: Int) -> OpenTable? { index < tables.count ? tables[index] : nil }
    func append(_ table: OpenTable) { tables.append(table) }
  }

  /// Keys are C strings.
  private func cString(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.prefix { $0 != 0 }) }
}

/// Opens a table for reading and says what that says; what cannot be opened ends the program.
func openTable(
  _ spec: TableSpec, _ cache: TableCache, _ console: Console, _ options: Options
) -> OpenTable {
  let before = cache.openMessages.count
  let table = cache.open(spec)
  for line in cache.openMessages[before...] { console.line(line) }
  if options.verbosity > 0 && cache.openMessages.count == before {
    console.trace("dict_open: \(spec)")
  }
  return table
}

/// The two lines about an empty value.
func emptyValueWarning(_ spec: TableSpec, _ key: [UInt8]) -> [String] {
  [
    "table \(spec): key \(String(decoding: key, as: UTF8.self)): "
      + "empty string result is not allowed",
    "table \(spec) should return NO RESULT in case of NOT FOUND",
  ]
}
