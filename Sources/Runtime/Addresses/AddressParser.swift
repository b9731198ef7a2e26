import RestrictionDSL

/// Takes the address out of the argument of MAIL, RCPT or VRFY.
///
/// Some clients send header forms in envelopes (comments, phrases, source routes); they are
/// understood unless strict_rfc821_envelopes is set. Whether the address makes sense is the business
/// of ``AddressResolver``.
///
/// - Source: facts smtp-session.md §5 "Address extraction"
public enum AddressParser {
  /// Takes the address out of one argument.
  ///
  /// - Parameter token: the word as ``CommandTokenizer`` found it; for VRFY all words joined with
  ///   one blank.
  /// - Parameter isStrict: strict_rfc821_envelopes; never for VRFY.
  /// - Parameter allowsEmpty: MAIL takes the null sender, RCPT and VRFY no empty address.
  /// - Returns: the internal form, or `nil` for a syntax error.
  /// - Complexity: one allocation for a plain `<local@domain>`.
  public static func parse(_ token: Span<UInt8>, isStrict: Bool, allowsEmpty: Bool) -> Bytes? {
    let text = token.extracting(content(of: token))
    if isStrict && (token.count == 0 || token[0] != UInt8(ascii: "<")) { return nil }

    let address: Bytes
    if isPlain(text) {
      address = Bytes(copying: text)
    } else {
      let list = AddressList(parsing: text)
      guard let found = single(list, isStrict: isStrict) else { return nil }
      address = found
    }
    if address.isEmpty { return allowsEmpty ? address : nil }
    return isStrict && address[0] == UInt8(ascii: "@") ? nil : address
  }

  /// What stands between `<` and `>`, without a source route: the address, where it ``isPlain(_:)``.
  static func bracketed(in token: Span<UInt8>) -> Range<Int>? {
    guard token.count > 2, token[0] == UInt8(ascii: "<"), token[1] != UInt8(ascii: "@"),
      token[token.count - 1] == UInt8(ascii: ">")
    else { return nil }
    return 1..<(token.count - 1)
  }

  /// What stands between `<` and `>`, behind a source route.
  private static func content(of token: Span<UInt8>) -> Range<Int> {
    let isBracketed =
      token.count >= 2 && token[0] == UInt8(ascii: "<")
      && token[token.count - 1] == UInt8(ascii: ">")
    var range = isBracketed ? 1..<(token.count - 1) : 0..<token.count
    if !range.isEmpty, token[range.lowerBound] == UInt8(ascii: "@"),
      let colon = firstColon(token.extracting(range))
    {
      range = (range.lowerBound + colon + 1)..<range.upperBound
    }
    return range
  }

  /// The only address of the list, empty where there is none.
  private static func single(_ list: AddressList, isStrict: Bool) -> Bytes? {
    var address: Bytes?
    for token in list.tokens {
      switch token {
      case .address(let parts):
        guard address == nil else { return nil }
        address = parts.joined.internalText
      case .op(UInt8(ascii: "<")), .op(UInt8(ascii: ">")): continue
      case .atom, .quoted, .literal, .comment, .op, .groupStart:
        if isStrict { return nil }
      }
    }
    return address ?? []
  }

  private static func firstColon(_ text: Span<UInt8>) -> Int? {
    for index in text.indices where text[index] == UInt8(ascii: ":") { return index }
    return nil
  }

  /// Only atoms and operators that cannot separate addresses: the text is the address.
  static func isPlain(_ text: Span<UInt8>) -> Bool { !text.hasByte(in: separators) }

  private static let separators = ByteSet(
    controlsAnd: " \"(),:;<>[]\\")
}
