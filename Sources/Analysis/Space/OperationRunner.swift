import Compiler
import RestrictionDSL
import Runtime

/// Runs one operation by itself, watched, through every answer that others may give.
struct OperationRunner {
  let operation: Operation
  private let model: Model
  private let oracles: Oracles
  private let executor: Executor

  init(_ operation: Operation, _ model: Model, _ oracles: Oracles) {
    self.operation = operation
    self.model = model
    self.oracles = oracles
    executor = Executor(
      program: OperationRunner.program(operation), context: model.context, trace: model.trace)
  }

  /// A single node: what the operation answers.
  private static func program(_ operation: Operation) -> DecisionProgram {
    let node = { (operation: UInt32, next: UInt32, onPermit: UInt32) in
      DecisionProgram.Node(
        operation: operation, next: next, onPermit: onPermit, source: 0, scope: .config)
    }
    var entries = Array(repeating: UInt32.max, count: Entry.allCases.count)
    entries[Int(Entry.rcpt.rawValue)] = 0
    return DecisionProgram(
      nodes: [node(0, 1, 2), node(1, 1, 1), node(1, 2, 2)], operations: [operation, .accept],
      sources: [DecisionProgram.Source(name: "", range: nil)], entries: entries, slotCount: 0)
  }

  /// The ways through it, with what the trace says of each.
  func leaves(_ facts: Facts) -> [NodeRunner.Leaf] { leaves(facts) { _, _ in nil } }

  /// As many of the ways through it as tell values apart.
  ///
  /// - Parameter isTextual: replies count as a whole, not only by their codes.
  func tellingLeaves(_ facts: Facts, isTextual: Bool) -> [NodeRunner.Leaf] {
    guard !isTextual, goesByAnswers else { return leaves(facts) }
    return leaves(facts) { _, question in question.isDNS ? [0] : nil }
  }

  /// Once the DNS is asked, its answers alone decide about code and course, whatever name it was asked about:
  /// values of which it is asked alike with one answer are alike with all.
  private var goesByAnswers: Bool {
    switch operation {
    // A reply filter sees the name.
    case .rejectUnknownDomain, .rejectUnknownHelo: model.context.dnsReplyFilter.isEmpty
    default: false
    }
  }

  private func leaves(
    _ facts: Facts, allowed: (OracleKey, Question) -> [Int]?
  ) -> [NodeRunner.Leaf] {
    model.trace.clear()
    var state = PolicyState()
    let run = executor.begin(.rcpt, facts, &state)
    // Every leaf adds one step, in the order in which leaves are finished.
    var leaves = NodeRunner.leaves(executor, run, state, facts, model, oracles, allowed: allowed)
    let steps = model.trace.runs.last?.steps ?? []
    for index in leaves.indices where index < steps.count { leaves[index].step = steps[index] }
    return leaves
  }

  /// Whether the operation comes to something wanted, whatever others answer.
  func always(_ facts: Facts, _ isWanted: (Trace.Result) -> Bool) -> Bool {
    leaves(facts).allSatisfy { $0.step.map { isWanted($0.result) } ?? false }
  }
}
