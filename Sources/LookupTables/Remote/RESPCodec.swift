import RestrictionDSL

/// The protocol of Redis, version 2.
enum RESPCodec {
  /// Longest line of a reply, longest value, most values.
  static let lineLimit = 1024
  static let valueLimit = 1_048_576
  static let countLimit = 10_000

  /// The first line of a reply, or of an element of an array.
  enum Header: Hashable, Sendable {
    /// `+text`, `:number`
    case simple(Bytes)
    /// `-text`
    case error(Bytes)
    /// `$length`; -1 is none
    case bulk(Int)
    /// `*count`; -1 is none
    case array(Int)
  }

  /// A command and its arguments; each is sent with its length, so none can end another.
  static func encode(_ words: [Bytes]) -> Bytes {
    words.reduce(Bytes("*\(words.count)\r\n")) {
      $0 + Bytes("$\($1.count)\r\n") + $1 + Bytes("\r\n")
    }
  }

  /// Reads a line without its CR LF.
  ///
  /// - Returns: `nil` where it makes no sense
  static func header(_ line: Bytes) -> Header? {
    let rest = Bytes(line.dropFirst())
    switch line.first {
    case UInt8(ascii: "+"), UInt8(ascii: ":"): return .simple(rest)
    case UInt8(ascii: "-"): return .error(rest)
    case UInt8(ascii: "$"): return number(rest, limit: valueLimit).map { .bulk($0) }
    case UInt8(ascii: "*"): return number(rest, limit: countLimit).map { .array($0) }
    default: return nil
    }
  }

  private static func number(_ text: Bytes, limit: Int) -> Int? {
    guard let number = Int(text.text), number >= -1, number <= limit else { return nil }
    return number
  }
}
