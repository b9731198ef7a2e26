import RestrictionDSL

/// A lexical element of an address, or a group of them, in the manner of RFC 822.
///
/// `%`, `!` and `|` are operators too: not all the world is RFC 822.
///
/// - Source: RFC 822 §3.3; facts smtp-session.md §5
enum AddressToken: Hashable, Sendable {
  /// Text without white space and operators; escapes are resolved.
  case atom(Bytes)
  /// Text of a quoted string; escapes are resolved.
  case quoted(Bytes)
  /// Text between brackets; escapes are resolved.
  case literal(Bytes)
  /// A comment as written, with its parentheses.
  case comment(Bytes)
  case op(UInt8)
  /// The colon behind the name of a group.
  case groupStart
  /// What forms one address.
  case address([AddressToken])

  /// A word, address or comment: two of them in a row are kept apart by a blank.
  var isOperand: Bool {
    switch self {
    case .atom, .quoted, .literal, .comment, .address: true
    case .op, .groupStart: false
    }
  }

  func isOperator(_ byte: UInt8) -> Bool { self == .op(byte) }
}

extension AddressToken {
  /// Splits text into tokens, left to right; white space between them is dropped.
  ///
  /// - Parameter limit: number of tokens after which the rest is dropped; 0 for no limit.
  static func scan(_ text: Span<UInt8>, limit: Int = 0) -> [AddressToken] {
    var tokens: [AddressToken] = []
    var cursor = 0
    while cursor < text.count, limit == 0 || tokens.count < limit {
      let byte = text[cursor]
      if isBlank(byte) {
        cursor += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "("):
        tokens.append(.comment(scanComment(text, &cursor)))
      case UInt8(ascii: "["):
        cursor += 1
        tokens.append(.literal(scanDelimited(text, &cursor, closing: UInt8(ascii: "]"))))
      case UInt8(ascii: "\""):
        cursor += 1
        tokens.append(.quoted(scanDelimited(text, &cursor, closing: UInt8(ascii: "\""))))
      case _ where isOperatorCharacter(byte):
        tokens.append(.op(byte))
        cursor += 1
      default:
        tokens.append(scanAtom(text, &cursor))
      }
    }
    return tokens
  }

  static func scan(_ text: Bytes) -> [AddressToken] { scan(text.span) }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }

  static func isOperatorCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "|"), UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: ";"),
      UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "%"), UInt8(ascii: "!"):
      true
    default: false
    }
  }

  private static func scanComment(_ text: Span<UInt8>, _ cursor: inout Int) -> Bytes {
    var result: Bytes = [text[cursor]]
    cursor += 1
    var depth = 1
    while cursor < text.count {
      let byte = text[cursor]
      result.append(byte)
      cursor += 1
      if byte == UInt8(ascii: "(") {
        depth += 1
      } else if byte == UInt8(ascii: ")") {
        depth -= 1
        if depth == 0 { break }
      } else if byte == UInt8(ascii: "\\"), cursor < text.count {
        result.append(text[cursor])
        cursor += 1
      }
    }
    return result
  }

  private static func scanDelimited(
    _ text: Span<UInt8>, _ cursor: inout Int, closing: UInt8
  ) -> Bytes {
    var result = Bytes()
    while cursor < text.count {
      var byte = text[cursor]
      if byte == UInt8(ascii: "\\") {
        cursor += 1
        guard cursor < text.count else { break }
        byte = text[cursor]
      } else if byte == closing {
        cursor += 1
        break
      }
      result.append(isBlank(byte) ? 0x20 : byte)
      cursor += 1
    }
    return result
  }

  /// An atom that turns out to hold special characters behind backslashes is a quoted string.
  private static func scanAtom(_ text: Span<UInt8>, _ cursor: inout Int) -> AddressToken {
    var result = Bytes()
    var needsQuotes = false
    while cursor < text.count {
      var byte = text[cursor]
      if byte == UInt8(ascii: "\\") {
        cursor += 1
        guard cursor < text.count else { break }
        byte = text[cursor]
      } else if isBlank(byte) || isOperatorCharacter(byte) {
        break
      }
      if isBlank(byte) { byte = 0x20 }
      if byte <= 0x20 || byte == 0x7F || isOperatorCharacter(byte) { needsQuotes = true }
      result.append(byte)
      cursor += 1
    }
    return needsQuotes ? .quoted(result) : .atom(result)
  }
}
