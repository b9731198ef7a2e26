import RestrictionDSL

/// Texts without which a pattern cannot match, found by reading the pattern.
///
/// Used only to leave rules out: where the syntax is not understood completely there is no
/// literal, and the engine runs. Letters are in lower case, so that one scan serves patterns that
/// ignore case and those that do not.
struct RequiredLiterals {
  /// One of these texts is in every match.
  typealias Alternatives = [Bytes]

  /// Every set must be represented in a match; empty where nothing is known.
  let candidates: [Alternatives]

  init(_ expression: PatternExpression, dialect: PatternDialect) {
    let extended = expression.flags.contains(.extended)
    // Basic regular expressions, and pcre patterns with free white space, are rare: no literal.
    guard dialect == .regexp ? extended : !extended else {
      candidates = []
      return
    }
    var parser = LiteralParser(text: expression.pattern, isPCRE: dialect == .pcre)
    candidates = parser.parseAll() ?? []
  }
}

/// Recursive descent over a pattern; `nil` means "not understood".
private struct LiteralParser {
  /// What one item of a concatenation contributes.
  private enum Item {
    case text(Bytes)
    /// Matches nothing known; literals before and behind it do not touch.
    case unknown
    /// A group: every set holds for what it matches.
    case group([RequiredLiterals.Alternatives])
  }

  private let text: Bytes
  private let isPCRE: Bool
  private var index = 0
  private var depth = 0

  init(text: Bytes, isPCRE: Bool) {
    self.text = text
    self.isPCRE = isPCRE
  }

  mutating func parseAll() -> [RequiredLiterals.Alternatives]? {
    guard let sets = alternation(), index == text.count else { return nil }
    return sets
  }

  private mutating func alternation() -> [RequiredLiterals.Alternatives]? {
    depth += 1
    defer { depth -= 1 }
    guard depth < 50 else { return nil }
    var branches: [[RequiredLiterals.Alternatives]] = []
    while true {
      guard let branch = concatenation() else { return nil }
      branches.append(branch)
      guard index < text.count, text[index] == 0x7C else { break }
      index += 1
    }
    guard branches.count > 1 else { return branches[0] }
    // One set of each branch, together: whichever branch matches, one of its texts is there.
    var union: RequiredLiterals.Alternatives = []
    for branch in branches {
      guard let best = branch.max(by: { weight($0) < weight($1) }) else { return [] }
      union += best
    }
    return union.count <= 32 ? [union] : []
  }

  private func weight(_ set: RequiredLiterals.Alternatives) -> Int {
    set.map(\.count).min() ?? 0
  }

  private mutating func concatenation() -> [RequiredLiterals.Alternatives]? {
    var sets: [RequiredLiterals.Alternatives] = []
    var run: Bytes = []
    func flush() {
      if !run.isEmpty { sets.append([run]) }
      run = []
    }
    while index < text.count, text[index] != 0x7C {
      if text[index] == 0x29 {
        // A lone `)` is a literal in neither dialect that we care about.
        guard depth > 1 else { return nil }
        break
      }
      guard let item = atom(), let minimum = quantifier() else { return nil }
      switch (item, minimum) {
      case (.text(let literal), .one): run += literal
      case (.text(let literal), .some):
        run += literal
        flush()
      case (.group(let inner), .one), (.group(let inner), .some):
        flush()
        sets += inner
      case (.unknown, _), (_, .none): flush()
      }
    }
    flush()
    return sets
  }

  private enum Minimum { case none, one, some }

  /// Quantifiers behind an atom.
  private mutating func quantifier() -> Minimum? {
    var minimum = Minimum.one
    var isFirst = true
    while index < text.count {
      switch text[index] {
      case 0x2A: minimum = .none  // *
      case 0x3F:  // ?
        // Behind a quantifier of pcre it only says "lazy".
        if isFirst || !isPCRE { minimum = .none }
      case 0x2B:  // +
        if minimum == .one { minimum = .some }
      case 0x7B:  // {
        guard let close = text[index...].firstIndex(of: 0x7D) else { return nil }
        let bounds = text[(index + 1)..<close]
        guard let first = bounds.first, first.isASCIIDigit,
          bounds.allSatisfy({ $0.isASCIIDigit || $0 == 0x2C })
        else { return nil }
        let low = bounds.prefix { $0 != 0x2C }
        if low.allSatisfy({ $0 == 0x30 }) {
          minimum = .none
        } else if minimum == .one {
          minimum = .some
        }
        index = close
      default: return minimum
      }
      index += 1
      isFirst = false
    }
    return minimum
  }

  private mutating func atom() -> Item? {
    let byte = text[index]
    index += 1
    switch byte {
    case 0x5C: return escape()
    case 0x5B: return bracket()
    case 0x28: return group()
    case 0x2E, 0x5E, 0x24: return .unknown  // . ^ $
    case 0x2A, 0x2B, 0x3F, 0x7B: return nil  // a quantifier without an atom
    default: return .text([byte.asciiLowercased])
    }
  }

  private mutating func escape() -> Item? {
    guard index < text.count else { return nil }
    let byte = text[index]
    index += 1
    if byte.isASCIILetter || byte.isASCIIDigit {
      // \Q, \x41, \101, \k<name>, \g{1}, \p{L} … take more than one letter.
      let simple =
        isPCRE ? Bytes("dDwWsSbBAzZGhHvVRntrfea") : Bytes("wWsSbB")
      return simple.contains(byte) ? .unknown : nil
    }
    if byte >= 0x80 { return nil }
    // GNU operators: \< \> \` \'
    if !isPCRE && (byte == 0x3C || byte == 0x3E || byte == 0x60 || byte == 0x27) {
      return .unknown
    }
    return .text([byte])
  }

  private mutating func bracket() -> Item? {
    var isNegated = false
    var members: Bytes = []
    var isPlain = true
    if index < text.count, text[index] == 0x5E {
      isNegated = true
      index += 1
    }
    var isFirst = true
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == 0x5D && !isFirst {
        guard !isNegated, isPlain, members.count == 1 else { return .unknown }
        return .text([members[0].asciiLowercased])
      }
      isFirst = false
      if byte == 0x5C && isPCRE {
        guard index < text.count else { return nil }
        // \Q … \E may hide a bracket.
        if text[index] == 0x51 || text[index] == 0x45 { return nil }
        isPlain = false
        index += 1
        continue
      }
      if byte == 0x5B, index < text.count, [0x3A, 0x2E, 0x3D].contains(text[index]) {
        // Only `[:name:]` is the same to every engine.
        guard text[index] == 0x3A else { return nil }
        var end = index + 1
        while end < text.count, text[end].isASCIILetter { end += 1 }
        guard end + 1 < text.count, text[end] == 0x3A, text[end + 1] == 0x5D else { return nil }
        isPlain = false
        index = end + 2
        continue
      }
      if byte == 0x2D { isPlain = false }
      members.append(byte)
    }
    return nil
  }

  private mutating func group() -> Item? {
    var isAssertion = false
    if isPCRE, index < text.count, text[index] == 0x2A { return nil }  // (*VERB)
    if isPCRE, index < text.count, text[index] == 0x3F {
      guard index + 1 < text.count else { return nil }
      switch text[index + 1] {
      case 0x3A, 0x3E: index += 2  // (?: (?>
      case 0x3D, 0x21:  // (?= (?!
        isAssertion = true
        index += 2
      case 0x69 where index + 2 < text.count && text[index + 2] == 0x29:  // (?i)
        index += 3
        return .unknown
      default: return nil
      }
    } else if !isPCRE, index < text.count, text[index] == 0x3F {
      return nil
    }
    guard let sets = alternation(), index < text.count, text[index] == 0x29 else { return nil }
    index += 1
    return isAssertion ? .unknown : .group(sets)
  }
}
