import RestrictionDSL

/// Differences of all services, as text and as JSON.
public enum DifferenceText {
  public static func text(
    _ differences: [PolicyDifference], missing: [String] = [], added: [String] = []
  ) -> String {
    var lines: [String] = []
    lines += missing.map { "service \($0) is gone" }
    lines += added.map { "service \($0) is new" }
    for difference in differences {
      let changed = difference.changes.count
      let verb = difference.gaps.isEmpty ? "proved equal" : "found equal"
      lines.append(
        "service \(difference.service)  \(changed) behaviour class\(changed == 1 ? "" : "es") changed "
          + "(of \(difference.classes)), \(difference.equal) \(verb)")
      lines += changes(difference.changes)
      for gap in difference.gaps { lines.append("  not proved: \(gap)") }
      let collateral = difference.changes.indices.filter { !difference.changes[$0].isIntended }
      if !collateral.isEmpty, collateral.count < changed {
        lines.append(
          "collateral outside --intent: " + collateral.map { "[\($0 + 1)]" }.joined(separator: " "))
      } else if changed > 0, collateral.isEmpty {
        lines.append("all changes are within --intent")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Refusals that give way to others for one reason and that are shown one by one.
  private static let shownAlike = 3

  private static func changes(_ changes: [PolicyChange]) -> [String] {
    var lines: [String] = []
    var index = 0
    while index < changes.count {
      let first = changes[index]
      var end = index + 1
      // A restriction that is gone lets everything through to whatever refuses it later.
      while first.kind == .text, end < changes.count, changes[end].kind == .text,
        changes[end].oldReason == first.oldReason
      { end += 1 }
      let shown = end - index > shownAlike + 1 ? index + shownAlike : end
      for number in index..<shown {
        let change = changes[number]
        lines += [
          " [\(number + 1)] \(change.kind.rawValue)  \(change.old) -> \(change.new)",
          "     witness: \(change.witness.text)", "     old: \(change.oldReason)",
          "     new: \(change.newReason)", "     size: \(change.size)",
        ]
      }
      if shown < end {
        lines += [
          " [\(shown + 1)]-[\(end)] \(first.kind.rawValue)  \(end - shown) more in place of the same "
            + "old refusal (--format json shows them)"
        ]
      }
      index = end
    }
    return lines
  }

  public static func json(
    _ differences: [PolicyDifference], missing: [String] = [], added: [String] = []
  ) -> String {
    let services = differences.map { difference in
      JSONText.object([
        (name: "service", value: .string(difference.service)),
        (name: "classes", value: .number(difference.classes)),
        (name: "equal", value: .number(difference.equal)),
        (name: "gaps", value: .array(difference.gaps.map(JSONText.string))),
        (
          name: "changes",
          value: .array(
            difference.changes.map { change in
              .object([
                (name: "kind", value: .string(change.kind.rawValue)),
                (name: "old", value: .string(change.old)),
                (name: "new", value: .string(change.new)),
                (name: "old_reason", value: .string(change.oldReason)),
                (name: "new_reason", value: .string(change.newReason)),
                (name: "witness", value: .string(change.witness.text)),
                (name: "size", value: .string(change.size)),
                (name: "intended", value: .string(change.isIntended ? "yes" : "no")),
              ])
            })
        ),
      ])
    }
    return JSONText.object([
      (name: "services", value: .array(services)),
      (name: "missing_services", value: .array(missing.map(JSONText.string))),
      (name: "new_services", value: .array(added.map(JSONText.string))),
    ]).text + "\n"
  }
}
