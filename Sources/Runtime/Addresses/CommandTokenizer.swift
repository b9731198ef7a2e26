import RestrictionDSL

/// Splits the arguments of an SMTP command into words.
///
/// A word is always a contiguous piece of the line: `<…>` and `"…"` belong to it with everything in
/// between, and a word that is `to:` or `from:` ends at its colon.
///
/// - Source: facts smtp-session.md §5 "Tokeniser"
public enum CommandTokenizer {
  /// One word of a command.
  public struct Token: Hashable, Sendable {
    /// Where the word stands in the line.
    public let range: Range<Int>
    /// `<` or `"` was opened and not closed.
    public let isUnclosed: Bool
    /// Where to look for the next word.
    public let end: Int
  }

  /// The word at or after `start`.
  ///
  /// - Returns: `nil` at the end of the line.
  /// - Complexity: O(n), no allocation.
  public static func next(_ line: Span<UInt8>, from start: Int) -> Token? {
    let count = line.count
    var cursor = start
    while cursor < count, line[cursor].isASCIISpace { cursor += 1 }
    let first = cursor
    guard first < count else { return nil }
    var isUnclosed = false
    while cursor < count {
      cursor = line.endOfPlainWord(from: cursor)
      guard cursor < count, case let byte = line[cursor], !byte.isASCIISpace else { break }
      cursor += 1
      switch byte {
      case UInt8(ascii: "<"):
        isUnclosed = !skipGroup(line, &cursor, closing: UInt8(ascii: ">")) || isUnclosed
      case UInt8(ascii: "\""):
        isUnclosed = !skipGroup(line, &cursor, closing: UInt8(ascii: "\"")) || isUnclosed
      case UInt8(ascii: ":"):
        if isPathKeyword(line, first..<cursor) {
          return Token(range: first..<cursor, isUnclosed: isUnclosed, end: cursor)
        }
      case UInt8(ascii: "\\"):
        if cursor < count { cursor += 1 }
      default: break
      }
    }
    return Token(range: first..<cursor, isUnclosed: isUnclosed, end: cursor)
  }

  /// Moves behind the closing character.
  ///
  /// Quotes are honoured, and within `<…>` further `<…>`: `depth` counts the open ones.
  ///
  /// - Returns: `false` where the line ends before.
  private static func skipGroup(_ line: Span<UInt8>, _ cursor: inout Int, closing: UInt8) -> Bool {
    let count = line.count
    var depth = closing == UInt8(ascii: ">") ? 1 : 0
    var inQuotes = depth == 0
    while cursor < count {
      cursor = line.endOfPlainWord(from: cursor)
      guard cursor < count else { break }
      let byte = line[cursor]
      cursor += 1
      if byte == UInt8(ascii: "\\") {
        guard cursor < count else { return false }
        cursor += 1
      } else if byte == UInt8(ascii: "\"") {
        inQuotes.toggle()
        if !inQuotes && depth == 0 { return true }
      } else if !inQuotes && byte == UInt8(ascii: "<") {
        depth += 1
      } else if !inQuotes && byte == UInt8(ascii: ">") {
        depth -= 1
        if depth == 0 { return true }
      }
    }
    return false
  }

  private static func isPathKeyword(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let start = range.lowerBound
    func matches(_ word: StaticString) -> Bool {
      guard range.count == word.utf8CodeUnitCount else { return false }
      return word.withUTF8Buffer { buffer in
        for index in buffer.indices where line[start + index].asciiLowercased != buffer[index] {
          return false
        }
        return true
      }
    }
    return matches("to:") || matches("from:")
  }
}
