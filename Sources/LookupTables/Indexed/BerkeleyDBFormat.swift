#if BerkeleyDB
  import CBerkeleyDB
#endif

/// The two access methods that Postfix uses.
enum BerkeleyDBFormat: Hashable, Sendable {
  case hash, btree

  var name: String { self == .hash ? "hash" : "btree" }

  /// What Postfix tells the library to expect in a new hash file, whatever comes.
  ///
  /// - Source: facts postmap §8
  static let expectedElements: UInt32 = 4096

  /// Folder and file, as an environment wants them.
  static func split(_ path: String) -> (directory: String, file: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    return (directory, String(path[path.index(after: slash)...]))
  }

  #if BerkeleyDB
    var type: DBTYPE { self == .hash ? DB_HASH : DB_BTREE }

    /// What the error number of a call means: the library's own are negative.
    static func message(_ code: CInt) -> String { String(cString: db_strerror(code)) }
  #endif
}
