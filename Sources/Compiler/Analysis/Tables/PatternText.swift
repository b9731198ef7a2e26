import RestrictionDSL

/// What the text of a regular expression shows without running it.
enum PatternText {
  /// Patterns that every key matches.
  static func matchesEverything(_ pattern: Bytes) -> Bool {
    ["", "^", "$", ".", ".*", "^.*", ".*$", "^.*$", "^.", "^.+", ".+", "^.+$", "(.*)", "^(.*)$"]
      .contains(pattern.text)
  }

  /// Why a pattern that permits is wider than meant; `nil` where it is not.
  static func looseness(_ pattern: Bytes) -> String? {
    guard !matchesEverything(pattern), let first = pattern.first, let last = pattern.last else {
      return nil
    }
    // `^postmaster@` and `\.example\.com$` say themselves where they stop.
    let startsInWord = first.isASCIILetter || first.isASCIIDigit
    let endsInWord = (last.isASCIILetter || last.isASCIIDigit) && pattern.dropLast().last != 0x5C
    if startsInWord && endsInWord { return "it matches anywhere, before and behind other text" }
    if endsInWord { return "without $ anything may follow" }
    if let word = unescapedDot(pattern) { return "the dot in '\(word)' stands for any character" }
    if startsInWord { return "without ^, a dot or an @ in front anything may precede" }
    return nil
  }

  /// A dot between two words that is not escaped and not repeated.
  private static func unescapedDot(_ pattern: Bytes) -> String? {
    func isWord(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte.isASCIIDigit || byte == 0x2D }
    guard pattern.count > 2 else { return nil }
    var inClass = false
    for index in 1..<(pattern.count - 1) {
      if pattern[index] == 0x5B { inClass = true }
      if pattern[index] == 0x5D { inClass = false }
      guard !inClass, pattern[index] == 0x2E, isWord(pattern[index - 1]), isWord(pattern[index + 1])
      else { continue }
      // `\w.x`: the letter in front belongs to an escape.
      if index > 1, pattern[index - 2] == 0x5C { continue }
      let start = pattern[..<index].lastIndex { !isWord($0) }.map { $0 + 1 } ?? 0
      let end = pattern[(index + 1)...].firstIndex { !isWord($0) } ?? pattern.count
      return pattern[start..<end].text
    }
    return nil
  }

  /// Whether a group that is repeated without bound consists, in one of its branches, of parts that
  /// are all repeated or optional, one of them without bound: `(a+)+`, `(\w+\s?)*`.
  static func backtracks(_ pattern: Bytes) -> Bool {
    var starts: [Int] = []
    var index = 0
    while index < pattern.count {
      switch pattern[index] {
      case 0x5C: index += 1
      case 0x5B: index = endOfClass(pattern, index)
      case 0x28: starts.append(index + 1)
      case 0x29:
        guard let start = starts.popLast() else { return false }
        if isUnbounded(pattern, at: index + 1),
          branches(pattern[start..<index]).contains(where: isFluid)
        {
          return true
        }
      default: break
      }
      index += 1
    }
    return false
  }

  /// Index of the `]` that closes a class.
  private static func endOfClass(_ pattern: Bytes, _ start: Int) -> Int {
    var index = start + 1
    if index < pattern.count, pattern[index] == 0x5E { index += 1 }
    if index < pattern.count, pattern[index] == 0x5D { index += 1 }
    while index < pattern.count, pattern[index] != 0x5D {
      index += pattern[index] == 0x5C ? 2 : 1
    }
    return min(index, pattern.count - 1)
  }

  private static func isUnbounded(_ pattern: Bytes, at index: Int) -> Bool {
    guard index < pattern.count else { return false }
    switch pattern[index] {
    case 0x2A, 0x2B: return index + 1 >= pattern.count || pattern[index + 1] != 0x2B
    case 0x7B:
      let body = pattern[(index + 1)...].prefix { $0 != 0x7D }
      return body.last == 0x2C
    default: return false
    }
  }

  /// Alternatives at the top level of a group.
  private static func branches(_ body: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var start = body.startIndex
    // `(?:`, `(?i:`
    if body.first == 0x3F, let colon = body.firstIndex(of: 0x3A) { start = colon + 1 }
    var depth = 0
    var index = start
    while index < body.endIndex {
      switch body[index] {
      case 0x5C: index += 1
      case 0x28: depth += 1
      case 0x29: depth -= 1
      case 0x7C where depth == 0:
        result.append(body[start..<index])
        start = index + 1
      default: break
      }
      index += 1
    }
    result.append(body[min(start, body.endIndex)...])
    return result
  }

  /// All parts repeat or are optional, and one repeats without bound.
  private static func isFluid(_ branch: ArraySlice<UInt8>) -> Bool {
    let pattern = Bytes(branch)
    var index = 0
    var repeats = false
    while index < pattern.count {
      switch pattern[index] {
      case 0x5C: index += 2
      case 0x5B: index = endOfClass(pattern, index) + 1
      // A group inside is judged on its own.
      case 0x28: return false
      case 0x5E, 0x24: return false
      default: index += 1
      }
      guard index < pattern.count else { return false }
      if isUnbounded(pattern, at: index) {
        repeats = true
      } else if pattern[index] != 0x3F {
        return false
      }
      if pattern[index] == 0x7B {
        index = (pattern[index...].firstIndex(of: 0x7D) ?? pattern.count - 1) + 1
      } else {
        index += 1
      }
      // A lazy quantifier is as slow.
      if index < pattern.count, pattern[index] == 0x3F { index += 1 }
    }
    return repeats
  }
}
