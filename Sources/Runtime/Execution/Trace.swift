import Compiler
import LookupTables
import RestrictionDSL

/// What runs did, node by node: the eyes of `smtpd explain` and of the analyses.
///
/// An ``Executor`` made with a trace tells it everything; the daemon has none, and pays one test of a
/// reference per node and per probe.
public final class Trace {
  /// One key asked for in one table.
  public struct Probe: Hashable, Sendable {
    public enum Finding: Hashable, Sendable {
      case missing
      /// Empty where a list only asked whether there is an entry.
      case found(Bytes)
      /// The table could not be asked.
      case failed
    }

    public let table: TableSpec
    /// Before folding.
    public let key: Bytes
    public let finding: Finding
  }

  /// The element of a match list that decided.
  public struct ListMatch: Hashable, Sendable {
    public let parameter: String
    public let element: MatchListElement
  }

  /// Something that was asked outside, and the answer.
  public struct Reply: Hashable, Sendable {
    public let question: Question
    public let answer: Answer.Value
  }

  /// What a node came to.
  public enum Result: Hashable, Sendable {
    case dunno, permit
    /// The complete reply.
    case reject(Bytes)
    case hangUp, fatal
    /// An access table named a restriction list; its nodes follow.
    case list
  }

  /// One node that was evaluated.
  public struct Step: Sendable {
    public let stage: Stage?
    public let operation: Operation
    /// As written; empty for what no text stands for.
    public let name: String
    public let range: SourceRange?
    /// Under warn_if_reject.
    public let isWarning: Bool
    /// How many lists from access tables stand around it.
    public let depth: Int
    /// Index in the program, for nodes that do not come from an access table.
    public let node: Int?
    public let result: Result
    /// The answer was kept from an earlier evaluation in this transaction.
    public let isKept: Bool
    public let probes: [Probe]
    public let matches: [ListMatch]
    public let replies: [Reply]
    /// A deferral was set that a later permit, or reject, turns into.
    public let setsDeferIfPermit: Bool
    public let setsDeferIfReject: Bool
    /// In order, log lines included.
    public let effects: [Effect]
  }

  /// One SMTP command.
  public struct Run: Sendable {
    public let entry: Entry
    /// Internal form; `nil` where the command has none.
    public let recipient: Bytes?
    public internal(set) var steps: [Step] = []
  }

  public private(set) var runs: [Run] = []
  private var probes: [Probe] = []
  private var matches: [ListMatch] = []
  private var replies: [Reply] = []
  private var isKept = false

  public init() {}

  /// Forgets all runs.
  public func clear() {
    runs.removeAll()
    forgetNode()
  }

  // MARK: Told by the executor

  func begin(_ entry: Entry, _ facts: Facts) {
    runs.append(Run(entry: entry, recipient: facts.recipient))
    forgetNode()
  }

  /// The node is suspended: it will be evaluated again from its start.
  func forgetNode() {
    probes.removeAll(keepingCapacity: true)
    matches.removeAll(keepingCapacity: true)
    replies.removeAll(keepingCapacity: true)
    isKept = false
  }

  func noteKept() { isKept = true }

  func note(_ table: TableSpec, _ key: Span<UInt8>, _ value: Bytes?) {
    probes.append(
      Probe(table: table, key: Bytes(copying: key), finding: value.map { .found($0) } ?? .missing))
  }

  func note(_ table: TableSpec, _ key: Span<UInt8>, failure: LookupError) {
    probes.append(Probe(table: table, key: Bytes(copying: key), finding: .failed))
  }

  func note(_ parameter: String, _ element: MatchElement) {
    matches.append(ListMatch(parameter: parameter, element: MatchListElement(element)))
  }

  func note(_ question: Question, _ answer: Answer.Value) {
    replies.append(Reply(question: question, answer: answer))
  }

  /// A node is finished.
  func finish(_ make: (_ probes: [Probe], [ListMatch], [Reply], _ isKept: Bool) -> Step) {
    guard !runs.isEmpty else { return }
    runs[runs.count - 1].steps.append(make(probes, matches, replies, isKept))
    forgetNode()
  }
}

extension Evaluation {
  /// Tells the trace about a finished node, before the run moves on.
  func note(
    _ node: DecisionProgram.Node, _ outcome: Outcome, _ bound: BoundProgram, _ effects: Int,
    _ flags: PolicyState.Flags, in trace: Trace
  ) {
    let operation = bound.program.operations[Int(node.operation)]
    let source = Int(node.source)
    let written = source < bound.program.sources.count ? bound.program.sources[source] : nil
    let result: Trace.Result =
      switch outcome {
      case .dunno: .dunno
      case .permit: .permit
      case .list: .list
      case .decided(.reject(let reply, _)): .reject(reply)
      case .decided(.hangUp): .hangUp
      case .decided(.fatal): .fatal
      case .decided(.accept): .permit
      }
    trace.finish { probes, matches, replies, isKept in
      Trace.Step(
        stage: run.stage, operation: operation, name: written?.name ?? "", range: written?.range,
        isWarning: isWarning, depth: run.frames.count, node: run.frames.isEmpty ? run.pc : nil,
        result: result, isKept: isKept, probes: probes, matches: matches, replies: replies,
        setsDeferIfPermit: state.flags.deferIfPermit && !flags.deferIfPermit
          && isDeferral(operation),
        setsDeferIfReject: state.flags.deferIfReject && !flags.deferIfReject,
        effects: Array(run.effects[min(effects, run.effects.count)...]))
    }
  }

  /// The start of a list carries a deferral over, it sets none.
  private func isDeferral(_ operation: Operation) -> Bool {
    if case .enter = operation { return false }
    return true
  }
}
