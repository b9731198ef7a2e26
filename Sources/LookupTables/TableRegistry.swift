import RestrictionDSL

/// A table type: its name and how one of its tables is opened.
public struct TableType: Sendable {
  /// The name before the colon.
  public let name: String

  /// Answers cross a network or may block.
  public let isRemote: Bool

  /// The same key may have another answer at the next question.
  public let isVolatile: Bool

  /// Postfix has the type in this environment; the others are ours or need a library.
  public var isKnownToPostfix: Bool { !["dbm", "sdbm", "redis"].contains(name) }

  /// How `postmap-swift` writes such a table; `nil` where it cannot.
  public let storage: TableStorage?

  let open: @Sendable (_ name: String, TableOpening) throws(OpenFailure) -> any LookupTable

  init(
    _ name: String, isRemote: Bool = false, isVolatile: Bool = false,
    storage: TableStorage? = nil,
    open: @escaping @Sendable (String, TableOpening) throws(OpenFailure) -> any LookupTable
  ) {
    self.name = name
    self.isRemote = isRemote
    self.isVolatile = isVolatile
    self.storage = storage
    self.open = open
  }
}

/// Formats of indexed files.
public enum TableStorage: Hashable, Sendable {
  case hash, btree, lmdb, cdb
}

/// The table types of this build, one row each.
///
/// - Source: DATABASE_README, postconf -m
public enum TableRegistry {
  public static let types: [TableType] =
    indexedTypes + inMemoryTypes + combinedTypes + remoteTypes

  /// Types that answer without a network.
  public static var localTypes: [TableType] { types.filter { !$0.isRemote } }

  /// The row of a type; `nil` where this build does not know the name.
  public static func type(named name: String) -> TableType? { byName[name] }

  private static let byName = Dictionary(
    types.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// Through the library where this build has it.
  private static func berkeleyDB(
    _ name: String, _ format: BerkeleyDBFormat, _ opening: TableOpening
  ) throws(OpenFailure) -> any LookupTable {
    #if BerkeleyDB
      try BerkeleyDBTable(name: name, format: format, opening: opening)
    #else
      try PagedDatabase(name: name, format: format, opening: opening)
    #endif
  }

  private static let indexedTypes = [
    TableType("hash", storage: .hash) { name, opening throws(OpenFailure) in
      try berkeleyDB(name, .hash, opening)
    },
    TableType("btree", storage: .btree) { name, opening throws(OpenFailure) in
      try berkeleyDB(name, .btree, opening)
    },
    TableType("lmdb", storage: .lmdb) { name, opening throws(OpenFailure) in
      try LMDBTable(name: name, opening: opening)
    },
    TableType("cdb", storage: .cdb) { name, opening throws(OpenFailure) in
      try CDBTable(name: name, opening: opening)
    },
  ]

  private static let inMemoryTypes = [
    TableType("texthash") { name, opening throws(OpenFailure) in
      try TextHashTable(path: name, opening: opening)
    },
    TableType("inline") { name, opening throws(OpenFailure) in
      try InlineTable(name: name, opening: opening)
    },
    TableType("internal") { _, _ in InlineTable() },
    TableType("static") { name, opening throws(OpenFailure) in
      try StaticTable(name: name, opening: opening)
    },
    TableType("cidr") { name, opening throws(OpenFailure) in
      try CIDRTable(name: name, opening: opening)
    },
    TableType("regexp") { name, opening throws(OpenFailure) in
      try PatternTable(name: name, dialect: .regexp, opening: opening)
    },
    TableType("pcre") { name, opening throws(OpenFailure) in
      try PatternTable(name: name, dialect: .pcre, opening: opening)
    },
    TableType("fail") { _, _ in FailTable() },
    TableType("environ") { _, _ in EnvironmentTable() },
    TableType("unix") { name, _ throws(OpenFailure) in try UnixTable(name: name) },
    TableType("randmap", isVolatile: true) { name, opening throws(OpenFailure) in
      try RandomTable(name: name, opening: opening)
    },
  ]

  private static let combinedTypes = [
    TableType("unionmap") { name, opening throws(OpenFailure) in
      try UnionTable(name: name, opening: opening)
    },
    TableType("pipemap") { name, opening throws(OpenFailure) in
      try PipeTable(name: name, opening: opening)
    },
    TableType("proxy") { name, opening throws(OpenFailure) in
      try ProxyTable(name: name, opening: opening)
    },
  ]

  private static let remoteTypes =
    [
      TableType("tcp", isRemote: true, isVolatile: true) { name, opening in
        TCPTable(name: name, opening: opening)
      },
      TableType("socketmap", isRemote: true, isVolatile: true) {
        name, opening throws(OpenFailure) in
        try SocketmapTable(name: name, opening: opening)
      },
      TableType("memcache", isRemote: true) { name, opening throws(OpenFailure) in
        try MemcacheTable(name: name, opening: opening)
      },
      TableType("sqlite", isRemote: true) { name, opening throws(OpenFailure) in
        try SQLiteTable(name: name, opening: opening)
      },
    ] + OptionalTypes.all
    + ["nis", "dbm", "sdbm"].map { name in
      TableType(name, isRemote: true) { _, _ throws(OpenFailure) in
        throw OpenFailure("unsupported dictionary type: \(name)")
      }
    }
}
