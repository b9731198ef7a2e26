import RestrictionDSL

/// `regexp:` and `pcre:` – patterns in file order, the first that matches decides.
///
/// A prefilter names the rules that can match; the engine then decides in file order. IF
/// conditions are asked when the first candidate inside their block is reached.
///
/// - Source: regexp_table(5), pcre_table(5), facts restrictions §9
final class PatternTable: LookupTable {
  let kind = TableKind.pattern
  let encodesFiles = false
  private let name: String
  private let dialect: PatternDialect
  private let rules: [PatternRule]
  private let blocks: [PatternBlock]
  private let prefilter: PatternPrefilter
  private let warnings: TableWarnings
  private let warn: (Int, String) -> Void
  // Invariant: belongs to the lookup in progress; kept for its capacity.
  private var candidates: [UInt64] = []
  private var blockAnswers: [Bool?] = []
  private var groups: [Range<Int>?] = []

  init(name: String, dialect: PatternDialect, opening: TableOpening) throws(OpenFailure) {
    let source = try RuleLines(name: name, what: dialect.mapName, opening: opening)
    var compiler = PatternCompiler(name: name, dialect: dialect, opening: opening)
    compiler.compile(source)
    self.name = name
    self.dialect = dialect
    rules = compiler.rules
    blocks = compiler.blocks
    warnings = opening.warnings
    prefilter = PatternPrefilter(
      rules.map { rule in
        // A negated rule matches where its pattern cannot: it always runs.
        rule.first.isNegated ? [] : rule.literals
      })
    blockAnswers = Array(repeating: nil, count: blocks.count)
    let warnings = opening.warnings
    warn = { line, message in
      warnings.add("warning: \(dialect.mapName) \(name), line \(line): \(message)")
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? { find(key)?.value }

  private func find(_ key: Span<UInt8>) -> (value: Bytes, line: Int)? {
    prefilter.scan(key, into: &candidates)
    var knowsBlocks = false
    for word in candidates.indices {
      var bits = candidates[word]
      if bits != 0 && !knowsBlocks {
        knowsBlocks = true
        for index in blockAnswers.indices { blockAnswers[index] = nil }
      }
      while bits != 0 {
        let index = word << 6 | bits.trailingZeroBitCount
        bits &= bits - 1
        guard prefilter.holdsFurther(index, key) else { continue }
        if let value = ask(rules[index], key) { return (value, rules[index].line) }
      }
    }
    return nil
  }

  // MARK: For analyses

  /// Line of the rule that decides.
  func line(for key: Bytes) -> Int? { find(key.span)?.line }

  var summaries: [PatternSummary] {
    rules.map { rule in
      var prefix = rule.replacement.constant ?? []
      if rule.replacement.constant == nil, case .text(let text)? = rule.replacement.parts.first {
        prefix = text
      }
      return PatternSummary(
        line: rule.line, pattern: rule.pattern,
        isConditional: rule.first.isNegated || rule.second != nil || rule.block != nil,
        value: rule.replacement.constant, prefix: prefix)
    }
  }

  /// The value as written, of the last rule on a line.
  func valueText(ofLine line: Int) -> Bytes { rules.last { $0.line == line }?.text ?? [] }

  private func ask(_ rule: PatternRule, _ key: Span<UInt8>) -> Bytes? {
    guard isReached(rule.block, key) else { return nil }
    guard holds(rule.first, rule.line, key, &groups) else { return nil }
    if let second = rule.second {
      var ignored: [Range<Int>?] = []
      guard holds(second, rule.line, key, &ignored) else { return nil }
    }
    return rule.replacement.expand(key, groups)
  }

  /// Whether the conditions of the blocks around a rule hold, outermost first.
  private func isReached(_ block: Int?, _ key: Span<UInt8>) -> Bool {
    guard let block else { return true }
    if let known = blockAnswers[block] { return known }
    let condition = blocks[block]
    var ignored: [Range<Int>?] = []
    let answer =
      isReached(condition.parent, key)
      && holds(condition.pattern, condition.line, key, &ignored)
    blockAnswers[block] = answer
    return answer
  }

  private func holds(
    _ pattern: CompiledPattern, _ line: Int, _ key: Span<UInt8>, _ groups: inout [Range<Int>?]
  ) -> Bool {
    switch pattern.engine.matches(key, groups: &groups) {
    case .matched: return !pattern.isNegated
    case .unmatched: return pattern.isNegated
    case .failed(let message):
      warn(line, message)
      return pattern.isNegated
    }
  }
}

/// A pattern and whether it must not match.
struct CompiledPattern {
  let engine: any PatternEngine
  let isNegated: Bool
}

/// A rule of a pattern table, ready to run.
struct PatternRule {
  let line: Int
  /// The first pattern as written.
  let pattern: Bytes
  let first: CompiledPattern
  let second: CompiledPattern?
  let replacement: ReplacementTemplate
  /// The value as written.
  let text: Bytes
  /// What a match of the first pattern must contain.
  let literals: [RequiredLiterals.Alternatives]
  /// The innermost IF around the rule.
  let block: Int?
}

/// An IF of a pattern table.
struct PatternBlock {
  let line: Int
  let pattern: CompiledPattern
  let parent: Int?
}
