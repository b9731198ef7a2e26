import RestrictionDSL

/// The rules that every program keeps; the executor relies on them and does not check again.
public enum ProgramVerifier {
  /// - Returns: one line per broken rule, empty for a good program.
  /// - Complexity: O(nodes)
  public static func problems(in program: DecisionProgram) -> [String] {
    var problems: [String] = []
    let count = program.nodes.count
    if program.entries.count != Entry.allCases.count {
      problems.append("\(program.entries.count) entries")
    }
    for (entry, start) in program.entries.enumerated() where start != .max && start >= count {
      problems.append("entry \(entry) starts at \(start) of \(count)")
    }
    if count == 0 && program.entries.contains(where: { $0 != .max }) {
      problems.append("an entry without nodes")
    }
    for index in program.nodes.indices {
      problems += self.problems(of: index, in: program)
    }
    return problems
  }

  private static func problems(of index: Int, in program: DecisionProgram) -> [String] {
    let node = program.nodes[index]
    guard Int(node.operation) < program.operations.count else {
      return ["node \(index): operation \(node.operation) of \(program.operations.count)"]
    }
    var problems: [String] = []
    let operation = program.operations[Int(node.operation)]
    if Int(node.source) >= program.sources.count {
      problems.append("node \(index): source \(node.source) of \(program.sources.count)")
    }
    if node.slot != .max && Int(node.slot) >= program.slotCount {
      problems.append("node \(index): slot \(node.slot) of \(program.slotCount)")
    }
    if node.slot != .max && node.flags.contains(.volatile) {
      problems.append("node \(index): a volatile answer is kept")
    }
    for target in [node.next, node.onPermit] where Int(target) >= program.nodes.count {
      problems.append("node \(index): edge to \(target) of \(program.nodes.count)")
    }
    // The last node of a chain leads to itself: accept, or the end of a fragment.
    let ends = operation == .accept || isLeave(operation) && isFragment(program)
    for target in [node.next, node.onPermit] {
      if ends ? target != index : target <= index {
        problems.append("node \(index): edge to \(target) does not go forward")
      }
    }
    return problems
  }

  private static func isLeave(_ operation: Operation) -> Bool {
    if case .leave = operation { return true }
    return false
  }

  private static func isFragment(_ program: DecisionProgram) -> Bool {
    program.entries.allSatisfy { $0 == .max }
  }
}
