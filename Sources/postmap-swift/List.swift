import LookupTables
import RestrictionDSL

/// Prints every entry of a table (`-s`).
struct List {
  let options: Options
  let tableOptions: TableOptions
  let console: Console

  func run(_ spec: TableSpec) -> CInt {
    if spec.type == "proxy" { console.fatal("can't sequence maps via the proxy service") }
    let cache = TableCache(options: tableOptions)
    let table = openTable(spec, cache, console, options)
    if spec.type == "fail" {
      console.fatal("table \(spec): sequence error: Application error")
    }
    if spec.type == "memcache", let removing = table.removing {
      // What the cache holds nobody can list.
      if let behind = removing.tableBehind { return run(behind) }
      console.warning("database \(table.ownName): first/next support requires backup database")
      return 0
    }
    guard let listable = table.listable else {
      console.fatal("table \(table.ownName): sequence operation is not supported")
    }
    do throws(LookupError) {
      var failed = false
      try listable.forEachEntry { key, value in
        guard !failed else { return }
        failed = !show(spec, table, key, value)
      }
    } catch {
      error.messages.forEach(console.line)
      console.fatal("table \(table.ownName): sequence error: \(error.reason ?? "")")
    }
    return 0
  }

  /// - Returns: `false` where the value is no BASE64 although it should be: the list ends.
  private func show(
    _ spec: TableSpec, _ table: OpenTable, _ key: [UInt8], _ value: [UInt8]
  ) -> Bool {
    var value = value
    if table.decodesFiles {
      guard let content = Base64.decode(value) else {
        let shown = String(decoding: value.prefix(30), as: UTF8.self)
        let name = String(decoding: key, as: UTF8.self)
        console.warning(
          "table \(table.ownName): key \(name): malformed BASE64 value: \(shown)")
        return false
      }
      value = content
    }
    if key.isEmpty { console.warning("table \(spec): empty lookup key value is not allowed") }
    if value.isEmpty { emptyValueWarning(spec, key).forEach(console.warning) }
    if options.printsJSON { console.printJSON(key, value) } else { console.print(key, value) }
    return true
  }
}
