/// Random sentences of a grammar.
public struct SentenceGenerator {
  private let grammar: Grammar
  private var random: SplitMix

  public init(_ grammar: Grammar, seed: UInt64) {
    self.grammar = grammar
    random = SplitMix(seed: seed)
  }

  /// One sentence of a rule.
  public mutating func sentence(_ rule: String) throws -> String {
    try text(of: grammar.rule(rule))
  }

  private mutating func text(of expression: Grammar.Expression) throws -> String {
    switch expression {
    case .exact(let text): return text
    case .anyCase(let text): return random.chance(70) ? text : mixed(text)
    case .rule(let name): return try sentence(name)
    case .sequence(let parts):
      var result = ""
      for part in parts { result += try text(of: part) }
      return result
    case .choice(let alternatives): return try text(of: random.pick(alternatives))
    case .optional(let part): return random.chance(50) ? try text(of: part) : ""
    case .repeated(let part):
      var result = ""
      while random.chance(50) { result += try text(of: part) }
      return result
    case .special(let name): return try special(name)
    }
  }

  private mutating func mixed(_ text: String) -> String {
    String(text.map { random.chance(50) ? Character($0.uppercased()) : Character($0.lowercased()) })
  }

  private mutating func special(_ name: String) throws -> String {
    switch name {
    case "letter": return random.pick(["a", "b", "x", "z", "A", "Q"])
    case "digit": return random.pick(["0", "1", "2", "5", "7", "9"])
    case "newline": return "\n"
    case "crlf": return "\r\n"
    case "tab": return "\t"
    case "space": return " "
    case "word": return random.pick(["alpha", "b", "c3", "d-e", "f_g", "h.i", "Zulu"])
    case "text":
      return random.pick(["some words", "a", "x=y; z", "go/to (now)", "it's 100%", "!?"])
    default: throw Grammar.SyntaxError(message: "no class '\(name)'")
    }
  }
}
