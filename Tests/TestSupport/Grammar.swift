import Foundation

/// A grammar of the folder `grammar`, in the notation of its README.
public struct Grammar {
  public indirect enum Expression: Hashable {
    /// Bytes as they stand.
    case exact(String)
    /// Letters of either case.
    case anyCase(String)
    case special(String)
    case rule(String)
    case sequence([Expression])
    case choice([Expression])
    case optional(Expression)
    case repeated(Expression)
  }

  /// A grammar file that breaks the notation.
  public struct SyntaxError: Error { public let message: String }

  /// Rules by name.
  public let rules: [String: Expression]

  /// Reads `NAME.ebnf`.
  public init(_ name: String) throws {
    let file = Fixtures.package.appending(path: "grammar/\(name).ebnf")
    var parser = GrammarParser(text: try String(contentsOf: file, encoding: .utf8))
    rules = try parser.rules()
    guard !rules.isEmpty else { throw SyntaxError(message: "\(name) has no rules") }
    for name in rules.values.flatMap({ Grammar.references(in: $0) }) where rules[name] == nil {
      throw SyntaxError(message: "no rule '\(name)'")
    }
  }

  /// A rule.
  public func rule(_ name: String) throws -> Expression {
    guard let rule = rules[name] else { throw SyntaxError(message: "no rule '\(name)'") }
    return rule
  }

  /// Terminal texts of a rule that is a list of names.
  public func names(_ rule: String) throws -> Set<String> {
    guard case .choice(let alternatives) = try self.rule(rule) else {
      return Set(Grammar.terminals(in: try self.rule(rule)))
    }
    return Set(alternatives.flatMap { Grammar.terminals(in: $0) })
  }

  private static func parts(_ expression: Expression) -> [Expression] {
    switch expression {
    case .sequence(let parts), .choice(let parts): parts
    case .optional(let part), .repeated(let part): [part]
    case .exact, .anyCase, .special, .rule: []
    }
  }

  static func terminals(in expression: Expression) -> [String] {
    switch expression {
    case .exact(let text), .anyCase(let text): [text]
    default: parts(expression).flatMap(terminals)
    }
  }

  static func references(in expression: Expression) -> [String] {
    if case .rule(let name) = expression { return [name] }
    return parts(expression).flatMap(references)
  }
}

/// Recursive descent over the notation.
private struct GrammarParser {
  private var rest: Substring

  init(text: String) { rest = text[...] }

  mutating func rules() throws -> [String: Grammar.Expression] {
    var rules: [String: Grammar.Expression] = [:]
    skip()
    while !rest.isEmpty {
      let name = try word()
      try expect("=")
      guard rules.updateValue(try choice(), forKey: name) == nil else {
        throw Grammar.SyntaxError(message: "two rules '\(name)'")
      }
      try expect(";")
    }
    return rules
  }

  private mutating func choice() throws -> Grammar.Expression {
    var alternatives = [try sequence()]
    while accept("|") { alternatives.append(try sequence()) }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func sequence() throws -> Grammar.Expression {
    var parts: [Grammar.Expression] = []
    while let first = rest.first, !"|;])}".contains(first) { parts.append(try part()) }
    guard !parts.isEmpty else {
      throw Grammar.SyntaxError(message: "nothing at \(rest.prefix(20))")
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func part() throws -> Grammar.Expression {
    if accept("[") {
      defer { skip() }
      let inner = try choice()
      try expect("]")
      return .optional(inner)
    }
    if accept("{") {
      let inner = try choice()
      try expect("}")
      return .repeated(inner)
    }
    if accept("(") {
      let inner = try choice()
      try expect(")")
      return inner
    }
    if rest.first == "?" {
      return .special(try quoted("?").trimmingCharacters(in: .whitespaces))
    }
    if rest.first == "\"" { return .exact(try quoted("\"")) }
    if rest.first == "'" { return .anyCase(try quoted("'")) }
    return .rule(try word())
  }

  private mutating func quoted(_ mark: Character) throws -> String {
    rest = rest.dropFirst()
    guard let end = rest.firstIndex(of: mark) else {
      throw Grammar.SyntaxError(message: "unclosed \(mark)")
    }
    let text = String(rest[..<end])
    rest = rest[rest.index(after: end)...]
    skip()
    return text.replacingOccurrences(of: "\\\\", with: "\\")
  }

  private mutating func word() throws -> String {
    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
    guard !word.isEmpty else { throw Grammar.SyntaxError(message: "no name at \(rest.prefix(20))") }
    rest = rest[word.endIndex...]
    skip()
    return String(word)
  }

  private mutating func accept(_ mark: Character) -> Bool {
    guard rest.first == mark else { return false }
    rest = rest.dropFirst()
    skip()
    return true
  }

  private mutating func expect(_ mark: Character) throws {
    guard accept(mark) else {
      throw Grammar.SyntaxError(message: "expected \(mark) at \(rest.prefix(20))")
    }
  }

  /// White space and remarks.
  private mutating func skip() {
    while true {
      rest = rest.drop { $0.isWhitespace }
      guard rest.hasPrefix("(*"), let end = rest.range(of: "*)") else { return }
      rest = rest[end.upperBound...]
    }
  }
}
