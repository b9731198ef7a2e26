import RestrictionDSL

/// The query of an SQL table, perhaps put together from older parameters.
///
/// - Source: sqlite_table(5), pgsql_table(5), mysql_table(5) "OBSOLETE QUERY INTERFACE"
enum SQLQuery {
  /// - Parameter hasFunction: select_function is a parameter too
  static func text(
    _ parameters: TableParameters, hasFunction: Bool = false
  ) throws(OpenFailure) -> String {
    if let query = parameters.optional("query"), !query.isEmpty { return query }
    let function = parameters.string("select_function")
    if hasFunction, !function.isEmpty { return "SELECT \(function)('%s')" }
    let table = try parameters.required("table")
    let field = try parameters.required("select_field")
    let key = try parameters.required("where_field")
    let conditions = parameters.string("additional_conditions")
    return "SELECT \(field) FROM \(table) WHERE \(key)='%s' \(conditions)"
  }
}
