import RestrictionDSL

/// Berkeley DB files without the library: read only, in every build.
public enum BerkeleyPages {
  /// Opens `NAME.db`.
  ///
  /// - Parameter spec: `hash:NAME` or `btree:NAME`
  /// - Throws: ``OpenFailure`` where the file is missing, damaged, or of the other type
  public static func open(
    _ spec: TableSpec, options: TableOptions
  ) throws(OpenFailure) -> any ListableTable {
    let opening = TableOpening(
      options: options, warnings: TableWarnings(),
      proxymap: ProxymapClient(
        directory: options.queueDirectory, service: options.proxymapService)
    ) { OpenTable(spec: $0, table: FailTable(), foldsUnicode: false) }
    return try PagedDatabase(
      name: spec.name, format: spec.type == "btree" ? .btree : .hash, opening: opening)
  }
}
