import RestrictionDSL

/// A text that a simple pattern matches: what a pattern table was made for.
///
/// Only for finding witnesses: the executor says whether the text matches.
enum PatternExample {
  /// - Returns: `nil` for patterns that are not simple.
  static func text(_ pattern: Bytes) -> Bytes? {
    var result: Bytes = []
    var index = 0
    while index < pattern.count {
      let byte = pattern[index]
      var atom: Bytes
      switch byte {
      case UInt8(ascii: "^"), UInt8(ascii: "$"):
        index += 1
        continue
      case UInt8(ascii: "\\"):
        guard index + 1 < pattern.count else { return nil }
        let next = pattern[index + 1]
        switch next {
        case UInt8(ascii: "d"): atom = Bytes("1")
        case UInt8(ascii: "w"): atom = Bytes("x")
        case UInt8(ascii: "s"), UInt8(ascii: "b"), UInt8(ascii: "S"), UInt8(ascii: "W"):
          return nil
        default: atom = [next]
        }
        index += 2
      case UInt8(ascii: "."):
        atom = Bytes("x")
        index += 1
      case UInt8(ascii: "["):
        guard let close = pattern[(index + 1)...].dropFirst().firstIndex(of: UInt8(ascii: "]"))
        else { return nil }
        let inside = pattern[(index + 1)..<close]
        atom = inside.first == UInt8(ascii: "^") ? Bytes("x") : Bytes(inside.prefix(1))
        index = close + 1
      case UInt8(ascii: "("):
        guard let close = closing(pattern, from: index) else { return nil }
        var inside = pattern[(index + 1)..<close]
        if inside.starts(with: Bytes("?:")) { inside = inside.dropFirst(2) }
        let branch = inside.prefix { $0 != UInt8(ascii: "|") }
        guard let text = text(Bytes(branch)) else { return nil }
        atom = text
        index = close + 1
      case UInt8(ascii: "|"): return result.isEmpty ? nil : result
      default:
        atom = [byte]
        index += 1
      }
      if index < pattern.count {
        switch pattern[index] {
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "+"): index += 1
        case UInt8(ascii: "{"):
          guard let close = pattern[index...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
          let count = Int(pattern[(index + 1)..<close].prefix { $0.isASCIIDigit }.text) ?? 1
          atom = Bytes(Array(repeating: atom, count: min(max(count, 1), 64)).joined())
          index = close + 1
        default: break
        }
      }
      result += atom
    }
    return result.isEmpty ? nil : result
  }

  private static func closing(_ pattern: Bytes, from open: Int) -> Int? {
    var depth = 0
    var index = open
    while index < pattern.count {
      switch pattern[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
      index += 1
    }
    return nil
  }
}
