import RestrictionDSL

/// The line protocol of tcp_table(5).
enum TCPTableCodec {
  enum Reply: Hashable, Sendable {
    case found(Bytes)
    case notFound
    case temporary
    /// Cannot be used; why, in Postfix's words.
    case bad(String)
  }

  /// Longest reply.
  ///
  /// - Unit: bytes, without the newline
  static let replyLimit = 4095

  /// `get KEY` and a newline: what is not printable, white space or `%` goes as `%XX`.
  static func request(_ key: Span<UInt8>) -> Bytes {
    var line = Bytes("get ")
    let digits = Bytes("0123456789ABCDEF")
    for index in key.indices {
      let byte = key[index]
      if byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") {
        line.append(byte)
      } else {
        line += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    line.append(0x0A)
    return line
  }

  /// Reads a reply without its newline: three digits, white space, the encoded text.
  static func reply(_ line: Bytes) -> Reply {
    guard line.count >= 4, line[..<3].allSatisfy(\.isASCIIDigit), line[3].isASCIISpace,
      let text = decoded(line[4...])
    else { return .bad("malformed reply: \(shown(line))") }
    switch line[0] {
    case UInt8(ascii: "2"): return .found(Bytes(text.prefix { $0 != 0 }))
    case UInt8(ascii: "4"): return .temporary
    case UInt8(ascii: "5"): return .notFound
    default:
      return .bad("bad status code: \(shown(line))")
    }
  }

  /// For the log: what is not printable ASCII shows as `_`.
  private static func shown(_ line: Bytes) -> String {
    line.map { $0.isASCIIPrintable ? $0 : UInt8(ascii: "_") }.text
  }

  /// - Returns: `nil` where two hexadecimal digits are missing behind a `%`
  private static func decoded(_ text: ArraySlice<UInt8>) -> Bytes? {
    var bytes = Bytes()
    var index = text.startIndex
    while index < text.endIndex {
      guard text[index] == UInt8(ascii: "%") else {
        bytes.append(text[index])
        index += 1
        continue
      }
      guard index + 2 < text.endIndex, let high = text[index + 1].hexadecimalValue,
        let low = text[index + 2].hexadecimalValue
      else { return nil }
      bytes.append(high << 4 | low)
      index += 3
    }
    return bytes
  }
}
