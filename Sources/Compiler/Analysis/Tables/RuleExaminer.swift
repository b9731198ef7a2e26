import RestrictionDSL

/// A rule of a cidr table.
public struct NetworkRule: Hashable, Sendable {
  public let line: Int
  public let network: IPNetwork
  /// Negated, or with an IF around it.
  public let isConditional: Bool
  public let value: Bytes

  public init(line: Int, network: IPNetwork, isConditional: Bool, value: Bytes) {
    self.line = line
    self.network = network
    self.isConditional = isConditional
    self.value = value
  }
}

/// A rule of a regexp or pcre table.
public struct PatternRuleText: Hashable, Sendable {
  public let line: Int
  /// Between the delimiters.
  public let pattern: Bytes
  /// Negated, with a second pattern, or with an IF around it.
  public let isConditional: Bool
  /// What is known of the value: all of it, or what stands in front of the first part of the key.
  public let value: Bytes
  public let isConstant: Bool

  public init(
    line: Int, pattern: Bytes, isConditional: Bool, value: Bytes, isConstant: Bool
  ) {
    self.line = line
    self.pattern = pattern
    self.isConditional = isConditional
    self.value = value
    self.isConstant = isConstant
  }
}

/// Examines tables whose first rule that matches decides.
public enum RuleExaminer {
  /// Rules of one kind that are reported one by one.
  private static let limit = 5

  /// Networks in file order.
  ///
  /// - Complexity: O(rules · prefix lengths that occur)
  public static func examine(
    _ table: TableSpec, file: String?, rules: [NetworkRule], uses: Set<TableUse>
  ) -> TableContent {
    var content = TableContent(table, file: file)
    var collector = AnswerCollector()
    var wider: [Int: [IPNetwork: (line: Int, value: Bytes)]] = [:]
    var shadowed = 0
    var everything: Set<Int> = []
    let readsActions = !uses.isEmpty && uses.allSatisfy(\.isAccess)
    for rule in rules {
      content.rowCount += 1
      if readsActions {
        collector.add(rule.value[...], key: Bytes("\(rule.network)")[...], line: rule.line)
      }
      guard !rule.isConditional else { continue }
      let width = rule.network.address.bitWidth
      if rule.network.prefixLength == 0 { everything.insert(width) }
      var cover: (line: Int, value: Bytes, network: IPNetwork)?
      for (length, networks) in wider where length / 256 == width && cover == nil {
        let prefix = length % 256
        guard prefix <= rule.network.prefixLength,
          let outer = IPNetwork(rule.network.address.masked(to: prefix), prefixLength: prefix),
          let found = networks[outer]
        else { continue }
        cover = (found.line, found.value, outer)
      }
      guard let cover else {
        wider[width * 256 + rule.network.prefixLength, default: [:]][rule.network] =
          (rule.line, rule.value)
        continue
      }
      guard cover.value != rule.value else { continue }
      shadowed += 1
      guard shadowed <= limit else { continue }
      content.problems.append(
        TableContent.Problem(
          .warning, "shadowed-network",
          "'\(rule.network)' is never found: '\(cover.network)' in line \(cover.line) comes first",
          line: rule.line, help: "the first network that holds the address decides: put it above"))
    }
    if shadowed > limit {
      content.problems.append(
        TableContent.Problem(
          .warning, "shadowed-network", "\(shadowed - limit) more rows like these", line: nil))
    }
    content.matchesEveryKey = everything.count == 2
    content.matchesEveryAddress = !everything.isEmpty
    content.answers = collector.answers
    return content
  }

  /// Patterns in file order.
  public static func examine(
    _ table: TableSpec, file: String?, rules: [PatternRuleText], uses: Set<TableUse>
  ) -> TableContent {
    var content = TableContent(table, file: file)
    var collector = AnswerCollector()
    var seen: [Bytes: Int] = [:]
    var catchAll: Int?
    let readsActions = !uses.isEmpty && uses.allSatisfy(\.isAccess)
    for rule in rules {
      content.rowCount += 1
      if readsActions {
        if rule.isConstant || !rule.value.isEmpty {
          if !rule.value.isEmpty {
            collector.add(rule.value[...], key: rule.pattern[...], line: rule.line)
          }
        } else {
          content.hasUnknownAnswers = true
        }
      }
      if let problem = shadow(rule, seen[rule.pattern], catchAll) {
        content.problems.append(problem)
      }
      if PatternText.backtracks(rule.pattern) {
        content.problems.append(
          TableContent.Problem(
            .warning, "backtracking-pattern",
            "'/\(rule.pattern.text)/' can take exponential time: a repeated group whose content repeats",
            line: rule.line, help: "make the inner and the outer repetition exclude each other"))
      }
      if readsActions, let problem = loose(rule) { content.problems.append(problem) }
      guard !rule.isConditional else { continue }
      if seen[rule.pattern] == nil { seen[rule.pattern] = rule.line }
      if catchAll == nil, PatternText.matchesEverything(rule.pattern) { catchAll = rule.line }
    }
    content.matchesEveryKey = catchAll != nil
    content.answers = collector.answers
    return content
  }

  private static func shadow(
    _ rule: PatternRuleText, _ same: Int?, _ catchAll: Int?
  ) -> TableContent.Problem? {
    let reason: String
    if let catchAll {
      reason = "the pattern in line \(catchAll) matches everything"
    } else if let same {
      reason = "line \(same) has the same pattern"
    } else {
      return nil
    }
    return TableContent.Problem(
      .warning, "shadowed-pattern", "'/\(rule.pattern.text)/' is never tried: \(reason)",
      line: rule.line)
  }

  private static func loose(_ rule: PatternRuleText) -> TableContent.Problem? {
    guard !rule.isConditional,
      case .ok = AccessAction.parse(rule.value.isEmpty ? [0x2C] : rule.value),
      let reason = PatternText.looseness(rule.pattern)
    else { return nil }
    return TableContent.Problem(
      .warning, "loose-pattern", "'/\(rule.pattern.text)/' permits more than it says: \(reason)",
      line: rule.line, help: "anchor it with ^ and $, and write dots as \\.")
  }
}
