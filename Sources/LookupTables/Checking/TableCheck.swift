import RestrictionDSL

/// What is wrong with the text of a table: lines that are skipped, keys that are never found, values that do
/// not mean what they say.
///
/// - Source: access(5), virtual(5), canonical(5), generic(5), relocated(5), transport(5), aliases(5)
public struct TableCheck {
  /// By place.
  public private(set) var diagnostics: [Diagnostic] = []
  /// The source as read.
  public let file: SourceFile
  /// Number of entries that were looked at.
  public private(set) var entryCount = 0

  private let purpose: TablePurpose
  private let options: TableOptions

  /// - Parameter spec: a type that is built from a text, or a text of patterns
  /// - Throws: the file that cannot be read
  public init(
    _ spec: TableSpec, _ purpose: TablePurpose, settings: Settings, options: TableOptions
  ) throws(ConfigReader.Failure) {
    file = try ConfigReader.file(spec.name)
    self.purpose = purpose
    self.options = options
    var source = CheckedSource(file, spec, isAliases: purpose == .aliases, options: options)
    switch spec.type {
    case "cidr": checkNetworks(spec, &source)
    case "regexp", "pcre": checkPatterns(spec, &source)
    default: checkKeys(source, purpose.judge(settings))
    }
    diagnostics += source.diagnostics
    entryCount = source.entries.count
    let judge = purpose.judge(settings)
    for entry in source.entries { diagnostics += judge.problems(entry) }
    diagnostics.sort { left, right in
      (left.range?.line ?? 0, left.range?.column ?? 0)
        < (right.range?.line ?? 0, right.range?.column ?? 0)
    }
  }

  /// Duplicates, and keys that nothing asks for.
  private mutating func checkKeys(_ source: CheckedSource, _ judge: any EntryJudge) {
    var known: [Bytes: CheckedEntry] = [:]
    for entry in source.entries {
      let key = CaseFolding.fold(Bytes(entry.text.bytes[entry.key]), unicode: options.smtputf8)
      if let first = known[key] {
        diagnostics.append(
          Diagnostic(
            .error, "duplicate-key", "'\(entry.keyText)' is there already: this entry is ignored",
            at: entry.keyPlace,
            notes: [
              Diagnostic.Note(range: first.keyPlace, message: "the entry that counts is here")
            ]))
        continue
      }
      known[key] = entry
      guard let problem = judge.unreachable(key.text) else { continue }
      diagnostics.append(
        Diagnostic(
          .warning, "unreachable-key", "'\(entry.keyText)' is never found: \(problem.reason)",
          at: entry.keyPlace, help: problem.help))
    }
  }

  /// Rules of a cidr table whose addresses other rules take.
  private mutating func checkNetworks(_ spec: TableSpec, _ source: inout CheckedSource) {
    guard let (table, messages) = opened(spec) else { return }
    messages.forEach { source.add(openMessage: $0) }
    guard let networks = table.opened as? CIDRTable else { return }
    source.keep(networks.ruleLines)
    for rule in networks.unreachableLines {
      report(rule, "other rules in front of it take all its addresses", source)
    }
  }

  /// Patterns that are there twice, and what stands behind a pattern that matches everything.
  private mutating func checkPatterns(_ spec: TableSpec, _ source: inout CheckedSource) {
    guard let (table, messages) = opened(spec) else { return }
    messages.forEach { source.add(openMessage: $0) }
    guard let patterns = table.opened as? PatternTable else { return }
    source.keep(patterns.summaries.map { ($0.line, patterns.valueText(ofLine: $0.line)) })
    var known: [Bytes: Int] = [:]
    var everything: Int?
    let byLine = Dictionary(
      source.entries.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
    for summary in patterns.summaries {
      guard let entry = byLine[summary.line] else { continue }
      let text = Bytes(entry.text.bytes[entry.key])
      if let line = everything {
        report(summary.line, "line \(line) matches everything", source)
      } else if let line = known[text] {
        report(summary.line, "line \(line) has the same pattern", source)
      }
      guard !summary.isConditional else { continue }
      if known[text] == nil { known[text] = summary.line }
      if everything == nil,
        ["", ".*", "^", "$", "^.*", "^.*$", ".*$"].contains(summary.pattern.text)
      {
        everything = summary.line
      }
    }
  }

  private mutating func report(_ line: Int, _ reason: String, _ source: CheckedSource) {
    let entry = source.entries.first { $0.line == line }
    diagnostics.append(
      Diagnostic(
        .warning, "unreachable-key", "'\(entry?.keyText ?? "")' never decides: \(reason)",
        at: entry?.keyPlace))
  }

  private func opened(_ spec: TableSpec) -> (OpenTable, [String])? {
    let cache = TableCache(options: options)
    let table = cache.open(spec)
    return (table, cache.openMessages)
  }
}
