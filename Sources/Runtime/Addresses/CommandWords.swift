import RestrictionDSL

/// The words of one command line.
///
/// Words beyond ``count`` are left from longer commands: a command writes over them.
struct CommandWords {
  private var tokens: [CommandTokenizer.Token] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  subscript(index: Int) -> CommandTokenizer.Token {
    precondition(index < count, "word \(index) of \(count)")
    return tokens[index]
  }

  /// Takes the words of a line in the place of those before.
  ///
  /// - Complexity: no allocation for a command that has not more words than any before.
  mutating func split(_ line: Span<UInt8>) {
    count = 0
    var position = 0
    while let word = CommandTokenizer.next(line, from: position) {
      if count < tokens.count { tokens[count] = word } else { tokens.append(word) }
      count &+= 1
      position = word.end
    }
  }

  /// Forgets the words, and the memory where there were many.
  mutating func removeAll() {
    count = 0
    if tokens.count > 64 { tokens = [] }
  }
}
