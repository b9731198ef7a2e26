import Compiler
import RestrictionDSL

/// Runs a compiled program with the pure evaluator, fact slots included.
struct ProgramRunner {
  let program: DecisionProgram
  let world: World
  private(set) var steps = 0
  /// Slots that hold "nothing found", with the recipient they are about where they depend on it.
  private var slots: [UInt16: Int] = [:]
  private var recipientStageHasBegun = false

  init(program: DecisionProgram, world: World) {
    self.program = program
    self.world = world
  }

  /// Runs one command; appends to the trace of `state`.
  mutating func run(_ entry: Entry, recipient: Int, _ state: inout AlgebraState) {
    recipientStageHasBegun = false
    guard var index = program.start(of: entry) else {
      state.trace.append("accept")
      return
    }
    while let next = step(index, recipient, &state) { index = next }
  }

  private mutating func step(_ index: Int, _ recipient: Int, _ state: inout AlgebraState) -> Int? {
    steps += 1
    let node = program.nodes[index]
    let operation = program.operations[Int(node.operation)]
    switch operation {
    case .enter(let stage):
      if stage == .helo && !world.knowsHelo { return Int(node.onPermit) }
      if stage == .relay || stage == .recipient {
        if recipientStageHasBegun { return Int(node.next) }
        recipientStageHasBegun = true
      }
      state.begin(stage)
      return Int(node.next)
    case .leave(let stage):
      if stage != .relay && stage != .recipient { state.end(stage) }
      return Int(node.next)
    case .applyDeferIfPermit:
      return state.applyDeferIfPermit() == .reject ? nil : Int(node.next)
    case .accept:
      state.trace.append("accept")
      return nil
    default:
      return evaluate(node, operation, recipient, &state)
    }
  }

  private mutating func evaluate(
    _ node: DecisionProgram.Node, _ operation: Operation, _ recipient: Int,
    _ state: inout AlgebraState
  ) -> Int? {
    if state.discard { return Int(node.onPermit) }
    if let kept = slots[node.slot], node.scope < .recipient || kept == recipient {
      return state.bothDeferrals ? Int(node.onPermit) : Int(node.next)
    }
    let (test, ignored) = split(operation)
    let answer = world.answer(to: test, recipient: recipient, serial: state.serial(of: test))
    if answer == .dunno(line: nil), node.slot != .max { slots[node.slot] = recipient }
    switch state.apply(answer, of: test, warns: node.flags.contains(.warn)) {
    case .goOn: return Int(state.bothDeferrals ? node.onPermit : node.next)
    case .permit:
      state.trace += ignored.map { "ignored \($0)" }
      return Int(node.onPermit)
    case .reject:
      state.trace += ignored.map { "ignored \($0)" }
      return nil
    }
  }

  private func split(_ operation: Operation) -> (test: String, ignored: [String]) {
    switch operation {
    case .permit(let ignored): ("permit", ignored)
    case .reject(let ignored): ("reject", ignored)
    case .defer(let ignored): ("defer", ignored)
    default: (operation.mnemonic, [])
    }
  }
}
