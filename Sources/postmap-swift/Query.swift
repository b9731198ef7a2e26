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
    guard let value = value(for: cString(key)) else { return 1 }
    console.print(value + [0x0A])
    return 0
  }

  private func runLines() -> CInt {
    var found = false
    var lines = InputLines()
    while let line = lines.next() {
      let key = cString(line)
      guard let value = value(for: key) else { continue }
      found = true
      console.print(key + [0x09] + value + [0x0A])
    }
    return found ? 0 : 1
  }

  private func runMessage() -> CInt {
    var found = false
    var reader = MessageReader(isMIME: options.mimeKeys)
    var lines = InputLines()
    func look(_ item: MessageReader.Item) {
      let key: [UInt8]
      switch item {
      case .header(let text) where options.headerKeys: key = cString(text)
      case .body(let text) where options.bodyKeys: key = cString(text)
      case .header, .body: return
      }
      guard let value = value(for: key) else { return }
      found = true
      console.print(key + [0x09] + value + [0x0A])
    }
    while let line = lines.next() {
      reader.read(line).forEach(look)
      // Without body keys nothing behind the headers matters.
      if !options.bodyKeys && !options.mimeKeys && reader.isInBody { break }
    }
    reader.finish().forEach(look)
    return found ? 0 : 1
  }

  /// The value in the first table that has the key; a table is opened when its turn comes.
  private func value(for key: [UInt8]) -> [UInt8]? {
    for spec in specs {
      let table = open(spec)
      let value: [UInt8]?
      do { value = try table.uncheckedValue(for: key.span) } catch {
        cache.takeWarnings().forEach(console.line)
        error.messages.forEach(console.line)
        let reason = error.reason.map { ": \($0)" } ?? ""
        console.fatal("table \(table.ownName): query error\(reason)")
      }
      cache.takeWarnings().forEach(console.line)
      guard let value else { continue }
      if value.isEmpty { warnEmpty(spec, key) }
      return value
    }
    return nil
  }

  private func open(_ spec: TableSpec) -> OpenTable {
    openTable(spec, cache, console, options)
  }

  private func warnEmpty(_ spec: TableSpec, _ key: [UInt8]) {
    emptyValueWarning(spec, key).forEach(console.warning)
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

/// Lines of standard input without their newline.
struct InputLines {
  private var reader = LineReader(fd: 0)

  mutating func next() -> [UInt8]? { reader.next() }
}
