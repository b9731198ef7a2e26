import RestrictionDSL

/// The table type is going away.
public struct BerkeleyDBTable: LintRule {
  public static let id = "berkeley-db-table"
  public static let number: String? = "SP403"
  public static let severity = Diagnostic.Severity.info
  public static let explanation = """
    The table type is going away. Distributions drop Berkeley DB, and with it hash: and \
    btree: tables. Use lmdb: and rebuild the table.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    var seen: Set<TableSpec> = []
    return service.allItems.compactMap { item in
      guard let table = item.operation.table, ["hash", "btree"].contains(table.type),
        seen.insert(table).inserted
      else { return nil }
      var diagnostic = finding(
        "'\(table)' needs Berkeley DB", at: item.range, help: "use lmdb:\(table.name)")
      let lmdb = TableSpec(type: "lmdb", name: table.name)
      let word = item.name == table.description ? nil : service.argument(of: item)
      // The type alone is written anew: a `$name` behind it stays.
      if let range = word?.range ?? item.range, word == nil || word?.text == table.description,
        word?.notes.isEmpty ?? true, range.length > table.type.count
      {
        let edit = FixIt.Edit(
          file: range.file, line: range.line, column: range.column, length: table.type.count,
          text: "lmdb")
        diagnostic.fixIt = FixIt("use '\(lmdb)' and build it", edits: [edit], rebuilds: [lmdb])
      }
      return diagnostic
    }
  }
}
