import RestrictionDSL

/// Reads the text of a table as a stream, without building the table: for analyses of its rows.
public enum TableInspector {
  /// Types whose rows stand in a source in postmap(1) format at their name.
  public static func hasSource(_ type: String) -> Bool {
    ["hash", "btree", "lmdb", "cdb", "texthash"].contains(type)
  }

  /// Visits the rows of a source; keys are folded as the table folds them.
  ///
  /// - Parameter warn: `F, line N: …`, about lines that are skipped.
  /// - Throws: the error of open(2) or read(2).
  /// - Complexity: one pass, no row is kept.
  public static func rows(
    of path: String, options: TableOptions, warn: (String) -> Void,
    visit: (_ key: Bytes, _ value: ArraySlice<UInt8>, _ line: Int) -> Void
  ) throws(SystemErrno) {
    let reader = try FileReader(path: path)
    var source = TableSource(
      name: path, reader: reader, options: options, incompleteAction: " -- ignoring this line")
    var key: Bytes = []
    while try source.next(warn: warn) {
      source.copyKey(to: &key)
      visit(key, source.value, source.line)
    }
  }

  /// A rule of a cidr table.
  public struct Network {
    public let line: Int
    public let network: IPNetwork
    /// Negated, or with an IF around it.
    public let isConditional: Bool
    public let value: Bytes
  }

  /// The rules of a cidr table, with what reading them has to say, `warning: …`.
  public static func networks(
    of name: String, options: TableOptions
  ) throws(OpenFailure) -> (rules: [Network], messages: [String]) {
    let opening = TableOpening(
      options: options, warnings: TableWarnings(),
      proxymap: ProxymapClient(directory: "", service: options.proxymapService),
      openTable: { spec in
        OpenTable(
          spec: spec, table: UnavailableTable(spec, OpenFailure("")), foldsUnicode: false)
      })
    let source = try RuleLines(name: name, what: "cidr map", opening: opening)
    let rules = CIDRRules(source, name: name, opening: opening).rules.map { rule in
      Network(
        line: rule.line, network: rule.pattern.network,
        isConditional: rule.pattern.isNegated || !rule.conditions.isEmpty, value: rule.value)
    }
    return (rules, opening.messages)
  }

  /// Builds an indexed table anew from the source at its name, as postmap(1) does.
  ///
  /// - Throws: ``BuildError`` with the reason.
  public static func rebuild(_ table: TableSpec, options: TableOptions) throws(BuildError) {
    guard let storage = TableRegistry.type(named: table.type)?.storage else {
      throw BuildError("table type \(table.type) has no index")
    }
    let reader: FileReader
    do { reader = try FileReader(path: table.name) } catch {
      throw BuildError("open \(table.name): \(error.text)")
    }
    var writing = WriteOptions(.create, options: options)
    writing.sourceSize = Int(reader.status.st_size)
    let writer = try storage.writer(name: table.name, options: writing)
    var builder = TableBuilder(writer, mode: .create, duplicates: .ignore)
    var source = TableSource(
      name: table.name, reader: reader, options: options, incompleteAction: "")
    var key: Bytes = []
    do {
      while try source.next(warn: { _ in }) {
        source.copyKey(to: &key)
        _ = try builder.add(key, source.value)
      }
    } catch let error as BuildError {
      throw error
    } catch {
      throw BuildError("read \(table.name): \((error as? SystemErrno)?.text ?? "")")
    }
    try builder.finish()
  }
}
