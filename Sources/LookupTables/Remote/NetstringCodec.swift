import RestrictionDSL

/// Netstrings and the replies of socketmap_table(5).
enum NetstringCodec {
  /// What a socketmap server said.
  enum Reply: Hashable, Sendable {
    case found(Bytes)
    case notFound
    /// What kind of failure, in the words of the log, and the reason that the server gave.
    case temporary(String, Bytes)
    case permanent(Bytes)
  }

  /// Longest reply.
  ///
  /// - Unit: bytes, without the netstring's own
  static let replyLimit = 100_000

  /// A text as `LENGTH:TEXT,`.
  static func encode(_ text: Bytes) -> Bytes { Bytes("\(text.count):") + text + Bytes(",") }

  /// Reads the length in front of a colon.
  ///
  /// - Returns: `nil` where it is no number
  static func length(_ digits: Bytes) -> Int? {
    guard !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit) else { return nil }
    return Int(digits.text) ?? Int.max
  }

  /// Reads a reply.
  static func reply(_ text: Bytes) -> Reply {
    let text = text.prefix { $0 != 0 }
    let space = text.firstIndex(of: 0x20)
    let rest = Bytes(space.map { text[($0 + 1)...] } ?? [])
    switch text[..<(space ?? text.endIndex)].text {
    // Without a blank there is no value either.
    case "OK": return space == nil ? .notFound : .found(rest)
    case "NOTFOUND": return .notFound
    case "TEMP": return .temporary("temporary error", rest)
    case "TIMEOUT": return .temporary("timeout error", rest)
    case "PERM": return .permanent(rest)
    default: return .temporary("unknown error", rest)
    }
  }
}
