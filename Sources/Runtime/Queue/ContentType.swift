import RestrictionDSL

/// What matters of a Content-Type header: which kind of entity, and the boundary of its parts.
///
/// - Source: RFC 2045 §5.1, RFC 2046 §5.1; which types have their headers read: observed with
///   `message/rfc822`, `message/global` (yes), `message/news`, `partial`, `external-body` (no)
struct ContentType {
  private(set) var isMultipart = false
  private(set) var isDigest = false
  /// An attached message whose headers are read.
  private(set) var isMessage = false
  /// A piece of a message, or a reference to one.
  private(set) var isFragment = false
  private(set) var boundary: Bytes?

  /// Parses the value of a header.
  ///
  /// - Parameter start: index behind the colon
  init(_ header: Bytes, from start: Int) {
    var scanner = Scanner(header, start)
    guard case .word(let type)? = scanner.next() else { return }
    guard case .special(0x2F)? = scanner.next(), case .word(let subtype)? = scanner.next() else {
      return
    }
    if type.equalsIgnoringCase("message".utf8) {
      isMessage =
        subtype.equalsIgnoringCase("rfc822".utf8) || subtype.equalsIgnoringCase("global".utf8)
      isFragment =
        subtype.equalsIgnoringCase("partial".utf8)
        || subtype.equalsIgnoringCase("external-body".utf8)
      return
    }
    guard type.equalsIgnoringCase("multipart".utf8) else { return }
    isMultipart = true
    isDigest = subtype.equalsIgnoringCase("digest".utf8)
    while let token = scanner.next() {
      guard case .special(0x3B) = token else { continue }
      guard case .word(let name)? = scanner.next(), name.equalsIgnoringCase("boundary".utf8),
        case .special(0x3D)? = scanner.next(), case .word(let value)? = scanner.next()
      else { continue }
      boundary = value
      return
    }
  }

  /// The first token of a header value; empty where there is none.
  static func token(_ header: Bytes, from start: Int) -> Bytes {
    var scanner = Scanner(header, start)
    if case .word(let text)? = scanner.next() { return text }
    return []
  }

  /// Tokens of RFC 2045; comments are skipped, quotes removed.
  private struct Scanner {
    enum Token {
      case word(Bytes)
      case special(UInt8)
    }

    private let text: Bytes
    private var index: Int

    init(_ text: Bytes, _ start: Int) {
      self.text = text
      index = start
    }

    mutating func next() -> Token? {
      while index < text.count {
        let byte = text[index]
        if byte.isASCIISpace {
          index += 1
        } else if byte == 0x28 {
          skipComment()
        } else if byte == 0x22 {
          return .word(quoted())
        } else if Scanner.isSpecial(byte) {
          index += 1
          return .special(byte)
        } else {
          let start = index
          while index < text.count, !text[index].isASCIISpace, !Scanner.isSpecial(text[index]) {
            index += 1
          }
          return .word(Bytes(text[start..<index]))
        }
      }
      return nil
    }

    private mutating func skipComment() {
      var depth = 0
      while index < text.count {
        switch text[index] {
        case 0x28: depth += 1
        case 0x29: depth -= 1
        case 0x5C: index += 1
        default: break
        }
        index += 1
        if depth == 0 { return }
      }
    }

    private mutating func quoted() -> Bytes {
      var result: Bytes = []
      index += 1
      while index < text.count, text[index] != 0x22 {
        if text[index] == 0x5C, index + 1 < text.count { index += 1 }
        result.append(text[index])
        index += 1
      }
      index += 1
      return result
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x28, 0x29, 0x3C, 0x3E, 0x40, 0x2C, 0x3B, 0x3A, 0x5C, 0x22, 0x2F, 0x5B, 0x5D, 0x3F, 0x3D:
        true
      default: false
      }
    }
  }
}
