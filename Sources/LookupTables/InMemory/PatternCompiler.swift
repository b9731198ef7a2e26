import RestrictionDSL

/// Lines of a pattern table to rules and blocks; bad lines are reported and left out.
struct PatternCompiler {
  private let name: String
  private let dialect: PatternDialect
  private let opening: TableOpening
  private(set) var rules: [PatternRule] = []
  private(set) var blocks: [PatternBlock] = []
  private var open: [Int] = []
  /// Memory of the regular expressions that take more than a megabyte.
  private var largeBytes = 0.0

  init(name: String, dialect: PatternDialect, opening: TableOpening) {
    self.name = name
    self.dialect = dialect
    self.opening = opening
  }

  mutating func compile(_ source: RuleLines) {
    for line in source.lines { add(line) }
    for block in open.reversed() { say(blocks[block].line, "IF has no matching ENDIF") }
  }

  private mutating func add(_ line: RuleLines.Line) {
    let number = line.number
    let (map, opening) = ("\(dialect.mapName) \(name)", opening)
    let parser = PatternLineParser(dialect: dialect) { text in
      opening.warn("warning: \(map), line \(number): \(text)")
    }
    switch parser.parse(line.text) {
    case .rule(let first, let second, let replacement):
      addRule(number, first, second, replacement)
    case .ifBlock(let condition):
      guard let engine = engine(condition, wantsGroups: false, number) else { return }
      blocks.append(
        PatternBlock(
          line: number,
          pattern: CompiledPattern(engine: engine, isNegated: condition.isNegated),
          parent: open.last))
      open.append(blocks.count - 1)
    case .endBlock:
      if open.popLast() == nil { say(number, "ignoring ENDIF without matching IF") }
    case nil: return
    }
  }

  private mutating func addRule(
    _ number: Int, _ first: PatternExpression, _ second: PatternExpression?, _ text: Bytes
  ) {
    let template: ReplacementTemplate
    if opening.options.valuesAreFiles {
      do { template = ReplacementTemplate(constant: try FileValue.read(text)) } catch {
        say(number, "\(error.reason): skipping this rule")
        return
      }
    } else {
      guard let parsed = parse(number, text) else { return }
      template = parsed
    }
    let highest = template.highestGroup
    if highest > 0 && first.isNegated {
      say(number, "$number found in negative match replacement text: skipping this rule")
      return
    }
    guard let firstEngine = engine(first, wantsGroups: highest > 0, number) else { return }
    if highest > firstEngine.groupCount {
      say(number, "out of range replacement index \"\(highest)\": skipping this rule")
      return
    }
    var compiledSecond: CompiledPattern?
    if let second {
      guard let engine = engine(second, wantsGroups: false, number) else { return }
      compiledSecond = CompiledPattern(engine: engine, isNegated: second.isNegated)
    }
    rules.append(
      PatternRule(
        line: number, pattern: first.pattern,
        first: CompiledPattern(engine: firstEngine, isNegated: first.isNegated),
        second: compiledSecond, replacement: template, text: text,
        literals: RequiredLiterals(first, dialect: dialect).candidates, block: open.last))
  }

  private func parse(_ number: Int, _ text: Bytes) -> ReplacementTemplate? {
    do {
      return try ReplacementTemplate(text[...], rangeMessage: dialect.groupRangeMessage)
    } catch {
      switch error {
      case .general(let message): opening.warn("warning: \(message)")
      case .placed(let message): say(number, message)
      }
      say(number, "bad replacement syntax: skipping this rule")
      return nil
    }
  }

  private mutating func engine(
    _ expression: PatternExpression, wantsGroups: Bool, _ number: Int
  ) -> (any PatternEngine)? {
    do {
      switch dialect {
      case .regexp:
        try admit(RegexpSize(expression))
        return try RegexpEngine(expression, wantsGroups: wantsGroups)
      case .pcre: return try PCREEngine(expression)
      }
    } catch {
      say(number, error.message)
      return nil
    }
  }

  /// Refuses what regcomp(3) would need too much of, in its own words for that.
  private mutating func admit(_ size: RegexpSize) throws(PatternError) {
    let charge = size.bytes > Double(1 << 20) ? size.bytes : 0
    guard size.isModest, largeBytes + charge <= Double(512 << 20) else {
      throw PatternError(message: RegexpEngine.memoryMessage)
    }
    largeBytes += charge
  }

  private func say(_ number: Int, _ message: String) {
    opening.warn("warning: \(dialect.mapName) \(name), line \(number): \(message)")
  }
}
