import RestrictionDSL

/// The result of a pattern rule: text with `$1`, `${1}`, `$(1)` for matched groups.
///
/// - Source: regexp_table(5), pcre_table(5) "text substitution"
struct ReplacementTemplate: Hashable {
  enum Part: Hashable {
    case text(Bytes)
    /// 1-based.
    case group(Int)
  }

  /// What is wrong with the text; the lines are Postfix's, the second kind wants its place in front.
  enum SyntaxError: Error, Hashable {
    /// `truncated macro reference: …`: says nothing of the place.
    case general(String)
    case placed(String)
  }

  let parts: [Part]

  /// The highest group number; 0 where there is none.
  let highestGroup: Int

  /// The whole value where no group is used.
  let constant: Bytes?

  /// A value without groups.
  init(constant: Bytes) {
    parts = [.text(constant)]
    highestGroup = 0
    self.constant = constant
  }

  /// - Parameter rangeMessage: `out of range` or `out-of-range`.
  init(_ text: ArraySlice<UInt8>, rangeMessage: String) throws(SyntaxError) {
    var parts: [Part] = []
    var literal: Bytes = []
    var highest = 0
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      index += 1
      guard byte == 0x24 else {
        literal.append(byte)
        continue
      }
      if index < text.endIndex, text[index] == 0x24 {
        literal.append(0x24)
        index += 1
        continue
      }
      let name = try ReplacementTemplate.name(in: text, at: &index)
      guard name.allSatisfy(\.isASCIIDigit) else {
        throw .placed("non-numeric replacement index \"\(name.text)\"")
      }
      let group = Int(name.text) ?? Int(Int32.max)
      guard group > 0 else { throw .placed("\(rangeMessage) replacement index \"\(group)\"") }
      if !literal.isEmpty { parts.append(.text(literal)) }
      literal = []
      parts.append(.group(group))
      highest = max(highest, group)
    }
    constant = parts.isEmpty ? literal : nil
    if !literal.isEmpty { parts.append(.text(literal)) }
    self.parts = parts
    highestGroup = highest
  }

  /// The name behind a `$`; `index` ends behind it.
  private static func name(
    in text: ArraySlice<UInt8>, at index: inout Int
  ) throws(SyntaxError) -> ArraySlice<UInt8> {
    let name: ArraySlice<UInt8>
    if index < text.endIndex, text[index] == 0x7B || text[index] == 0x28 {
      let open = text[index]
      let close: UInt8 = open == 0x7B ? 0x7D : 0x29
      let start = index + 1
      var depth = 1
      index = start
      while index < text.endIndex {
        if text[index] == open { depth += 1 }
        if text[index] == close { depth -= 1 }
        if depth == 0 { break }
        index += 1
      }
      guard index < text.endIndex else {
        throw .general("truncated macro reference: \"\(text.text)\"")
      }
      name = text[start..<index]
      index += 1
    } else {
      let start = index
      while index < text.endIndex,
        text[index].isASCIILetter || text[index].isASCIIDigit || text[index] == 0x5F
      { index += 1 }
      name = text[start..<index]
    }
    guard !name.isEmpty else { throw .general("empty macro name: \"\(text.text)\"") }
    return name
  }

  /// The value for a key and the groups matched in it; an unmatched group is empty.
  func expand(_ key: Span<UInt8>, _ groups: [Range<Int>?]) -> Bytes {
    if let constant { return constant }
    var value: Bytes = []
    for part in parts {
      switch part {
      case .text(let text): value += text
      case .group(let number):
        guard number < groups.count, let range = groups[number] else { continue }
        for index in range { value.append(key[index]) }
      }
    }
    return value
  }
}
