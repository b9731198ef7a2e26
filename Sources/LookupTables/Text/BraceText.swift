import RestrictionDSL

/// Texts in which `{` and `}` group: inline tables and lists of members.
enum BraceText {
  /// What is wrong with a `{ text }`, in Postfix's words.
  struct SyntaxError: Error, Hashable {
    let message: String
  }

  /// Splits at commas and white space outside braces.
  static func tokens(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var tokens: [ArraySlice<UInt8>] = []
    var start: Int?
    var depth = 0
    for index in text.indices {
      let byte = text[index]
      if depth == 0 && (byte == 0x2C || byte.isASCIISpace) {
        if let begin = start { tokens.append(text[begin..<index]) }
        start = nil
        continue
      }
      if start == nil { start = index }
      if byte == 0x7B { depth += 1 }
      if byte == 0x7D && depth > 0 { depth -= 1 }
    }
    if let begin = start { tokens.append(text[begin...]) }
    return tokens
  }

  /// Length of the balanced `{ … }` at the start of the text; 0 where there is none.
  static func balancedLength(_ text: ArraySlice<UInt8>) -> Int {
    var depth = 0
    for index in text.indices {
      if text[index] == 0x7B { depth += 1 }
      if text[index] == 0x7D { depth -= 1 }
      if depth <= 0 {
        return depth < 0 ? 0 : index - text.startIndex + (index == text.startIndex ? 0 : 1)
      }
    }
    return 0
  }

  /// The text between the braces of `{ text }`, without white space at its ends.
  static func unbraced(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> ArraySlice<UInt8> {
    guard text.first == 0x7B else {
      throw SyntaxError(message: "no '{' at start of text in \"\(text.text)\"")
    }
    let length = balancedLength(text)
    guard length > 0 else { throw SyntaxError(message: "missing '}' in \"\(text.text)\"") }
    let end = text.startIndex + length
    guard text[end...].allSatisfy(\.isASCIISpace) else {
      throw SyntaxError(message: "syntax error after '}' in \"\(text.text)\"")
    }
    return text[(text.startIndex + 1)..<(end - 1)].trimmedASCIISpace
  }

  /// The text between the braces of a whole table name `{ … }`; `nil` where the name is not that.
  static func body(ofName name: Bytes) -> ArraySlice<UInt8>? {
    guard name.count > 2, name.first == 0x7B, balancedLength(name[...]) == name.count else {
      return nil
    }
    return name[1..<(name.count - 1)]
  }
}
