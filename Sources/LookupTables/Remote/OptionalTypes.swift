import RestrictionDSL

/// Table types that need a client library of their server, each behind a trait of the package.
///
/// Without its trait a type is known, and says which trait it wants.
enum OptionalTypes {
  static let all = [postgreSQL, mySQL, ldap, redis]

  private static let postgreSQL: TableType = {
    #if PostgreSQL
      TableType("pgsql", isRemote: true) { name, opening throws(OpenFailure) in
        try PostgreSQLTable(name: name, opening: opening)
      }
    #else
      missing("pgsql", trait: "PostgreSQL")
    #endif
  }()

  private static let mySQL: TableType = {
    #if MySQL
      TableType("mysql", isRemote: true) { name, opening throws(OpenFailure) in
        try MySQLTable(name: name, opening: opening)
      }
    #else
      missing("mysql", trait: "MySQL")
    #endif
  }()

  private static let ldap: TableType = {
    #if LDAP
      TableType("ldap", isRemote: true) { name, opening throws(OpenFailure) in
        try LDAPTable(name: name, opening: opening)
      }
    #else
      missing("ldap", trait: "LDAP")
    #endif
  }()

  private static let redis: TableType = {
    #if Redis
      TableType("redis", isRemote: true) { name, opening throws(OpenFailure) in
        try RedisTable(name: name, opening: opening)
      }
    #else
      missing("redis", trait: "Redis")
    #endif
  }()

  private static func missing(_ type: String, trait: String) -> TableType {
    TableType(type, isRemote: true) { _, _ throws(OpenFailure) in
      throw OpenFailure(
        "unsupported dictionary type: \(type) (build with: swift build --traits default,\(trait))")
    }
  }
}
