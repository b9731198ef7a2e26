import RestrictionDSL

/// `cidr:` – networks in file order, the first that holds the address decides.
///
/// - Source: cidr_table(5), facts restrictions §9
final class CIDRTable: LookupTable {
  let kind = TableKind.pattern
  let encodesFiles = false
  private let values: [Bytes]
  private let lines: [Int]
  private let v4: AddressIntervals<UInt32>
  private let v6: AddressIntervals<UInt128>

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    let source = try RuleLines(name: name, what: "cidr map", opening: opening)
    let rules = CIDRRules(source, name: name, opening: opening).rules
    values = rules.map(\.value)
    lines = rules.map(\.line)
    v4 = AddressIntervals(
      CIDRTable.active(rules) { address in
        if case .v4(let value) = address { value } else { nil }
      })
    v6 = AddressIntervals(
      CIDRTable.active(rules) { address in
        if case .v6(let high, let low) = address { UInt128(high) << 64 | UInt128(low) } else { nil }
      })
  }

  /// For each rule the addresses of one family that reach it and match it.
  ///
  /// A pattern, negated or not, matches no address of the other family.
  private static func active<Address>(
    _ rules: [CIDRRules.Rule], _ number: (IPAddress) -> Address?
  ) -> [AddressIntervals<Address>.Ranges] {
    func ranges(_ pattern: CIDRPattern) -> AddressIntervals<Address>.Ranges {
      guard let first = number(pattern.network.address) else { return [] }
      return AddressIntervals.ranges(
        first: first, prefixLength: pattern.network.prefixLength, negated: pattern.isNegated)
    }
    // Neighbours share their conditions: computed once for a run of rules.
    var conditions: [CIDRPattern] = []
    var reachable: AddressIntervals<Address>.Ranges = [0...(.max)]
    return rules.map { rule in
      if rule.conditions != conditions {
        conditions = rule.conditions
        reachable = [0...(.max)]
        for condition in conditions {
          reachable = AddressIntervals.intersection(reachable, ranges(condition))
        }
      }
      return AddressIntervals.intersection(reachable, ranges(rule.pattern))
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    rule(for: key).map { values[$0] }
  }

  private func rule(for key: Span<UInt8>) -> Int? {
    if let address = AddressScanner.v4(key) { return v4.firstRule(for: address) }
    if let address = AddressScanner.v6(key) { return v6.firstRule(for: address) }
    return nil
  }

  // MARK: For analyses

  /// Line of the rule that decides.
  func line(for key: Bytes) -> Int? { rule(for: key.span).map { lines[$0] } }

  /// First addresses of all runs with the same answer.
  var boundaries: [IPAddress] {
    v4.firsts.map(IPAddress.v4)
      + v6.firsts.map { .v6(UInt64(truncatingIfNeeded: $0 >> 64), UInt64(truncatingIfNeeded: $0)) }
  }

  var allValues: [Bytes] { values }

  /// Where the rules stand, and their values.
  var ruleLines: [(line: Int, value: Bytes)] { zip(lines, values).map { ($0, $1) } }

  /// Lines of the rules that decide for no address.
  var unreachableLines: [Int] {
    let deciding = v4.deciding.union(v6.deciding)
    return lines.indices.filter { !deciding.contains($0) }.map { lines[$0] }
  }
}
