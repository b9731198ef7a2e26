import RestrictionDSL

/// The text protocol of memcached, as far as memcache_table(5) uses it.
enum MemcacheCodec {
  /// The first line of a reply to `get`.
  enum Header: Hashable, Sendable {
    /// So many bytes follow.
    case value(length: Int)
    case end
    case other
  }

  /// Keys that can be sent.
  static func isValid(_ key: Bytes) -> Bool {
    !key.isEmpty && !key.contains(where: \.isASCIISpace)
  }

  static func get(_ key: Bytes) -> Bytes { Bytes("get ") + key + Bytes("\r\n") }

  static func delete(_ key: Bytes) -> Bytes { Bytes("delete ") + key + Bytes("\r\n") }

  static func set(_ key: Bytes, _ value: Bytes, flags: Int, ttl: Int) -> Bytes {
    Bytes("set ") + key + Bytes(" \(flags) \(ttl) \(value.count)\r\n") + value + Bytes("\r\n")
  }

  /// `VALUE key flags length` or `END`.
  static func header(_ line: Bytes) -> Header {
    if line.elementsEqual("END".utf8) { return .end }
    let words = line.split(separator: 0x20)
    guard words.count >= 4, words[0].elementsEqual("VALUE".utf8), words[3].count < 10,
      words[3].allSatisfy(\.isASCIIDigit), let length = Int(words[3].text)
    else { return .other }
    return .value(length: length)
  }
}
