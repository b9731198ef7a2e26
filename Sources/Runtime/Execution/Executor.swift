import Compiler
import LookupTables
import RestrictionDSL

/// Runs a decision program for one SMTP command after another.
///
/// A session keeps one ``PolicyState``, and for each command:
///
///     var run = executor.begin(.rcpt, facts, &state)
///     switch executor.step(&run, facts, &state) {
///     case .ask(let question): // get the answer, run.book.file(answer, to: question), step again
///     case .verdict(let verdict): // perform run.effects in order, then reply
///     }
///
/// Effects of finished nodes are in ``PolicyRun/effects`` also while a question is open; the session
/// performs them when the verdict is there. At the end of a transaction it calls
/// ``PolicyState/endTransaction()``.
public final class Executor {
  public let context: PolicyContext
  let bound: BoundProgram
  /// What watches the runs; `nil` in the daemon.
  let trace: Trace?

  /// - Parameter trace: is told what every node did.
  public init(program: DecisionProgram, context: PolicyContext, trace: Trace? = nil) {
    self.context = context
    self.trace = trace
    bound = BoundProgram(program, context)
  }

  /// Starts the checks of a command.
  public func begin(_ entry: Entry, _ facts: Facts, _ state: inout PolicyState) -> PolicyRun {
    switch entry {
    case .connect, .helo, .mail: state.forgetFacts()
    case .rcpt, .vrfy: state.flags.recipientIsChecked = false
    case .etrn, .data, .endOfData: break
    }
    var run = PolicyRun(entry: entry, pc: bound.program.start(of: entry) ?? Int.max)
    if let trace {
      run.book.trace = trace
      trace.begin(entry, facts)
    }
    return run
  }

  /// Goes on until an answer is missing or the command is decided.
  ///
  /// - Complexity: no allocation while local tables have no entry and nothing is logged.
  public func step(
    _ run: inout PolicyRun, _ facts: Facts, _ state: inout PolicyState
  ) -> PolicyStep {
    evaluate(&run, facts, &state) { evaluation in
      while true {
        if let step = evaluation.proceed(in: bound) { return step }
      }
    }
  }

  /// Does one node, for analyses that follow every way through a program.
  ///
  /// - Returns: `nil` where the command is not decided yet.
  public func stepNode(
    _ run: inout PolicyRun, _ facts: Facts, _ state: inout PolicyState
  ) -> PolicyStep? {
    evaluate(&run, facts, &state) { $0.proceed(in: bound) }
  }

  @inline(__always)
  private func evaluate<Result>(
    _ run: inout PolicyRun, _ facts: Facts, _ state: inout PolicyState,
    _ body: (inout Evaluation) -> Result
  ) -> Result {
    var evaluation = Evaluation(
      context: context, facts: facts, run: PolicyRun(entry: run.entry, pc: run.pc),
      state: PolicyState())
    swap(&evaluation.run, &run)
    swap(&evaluation.state, &state)
    defer {
      swap(&evaluation.run, &run)
      swap(&evaluation.state, &state)
    }
    return body(&evaluation)
  }
}

extension Evaluation {
  /// The body of the interpreter loop: one node.
  ///
  /// - Returns: `nil` to go on.
  @inline(__always)
  fileprivate mutating func proceed(in top: BoundProgram) -> PolicyStep? {
    guard run.pc != Int.max else {
      skipStage()
      return .verdict(.accept)
    }
    let bound = run.frames.last?.bound ?? top
    let node = bound.program.nodes[run.frames.last?.pc ?? run.pc]
    let effects = run.effects.count
    let flags = state.flags
    let certificateKey = run.certificateKey
    isWarning = node.flags.contains(.warn) || run.frames.last?.isWarning == true
    let outcome: Outcome
    do throws(Suspension) {
      outcome = try answer(node, in: bound)
    } catch {
      switch error {
      case .failed(let cause): outcome = fail(cause)
      case .ask(let question):
        run.effects.removeLast(run.effects.count - effects)
        run.book.log.removeAll()
        _ = context.takeTableWarnings()
        failedLists = []
        state.flags = flags
        run.certificateKey = certificateKey
        recording = nil
        run.book.trace?.forgetNode()
        return .ask(question)
      }
    }
    flushLog()
    if !failedLists.isEmpty { keepFailures() }
    if let trace = run.book.trace { note(node, outcome, bound, effects, flags, in: trace) }
    if let verdict = advance(node, outcome, in: bound) {
      endStage()
      return .verdict(verdict)
    }
    return nil
  }

  /// The node's outcome: from its fact slot, or by evaluation.
  private mutating func answer(
    _ node: DecisionProgram.Node, in bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    source = (bound, Int(node.source))
    let step = bound.steps[Int(node.operation)]
    guard run.entry == .rcpt, run.frames.isEmpty, node.slot != .max, node.scope < .recipient,
      !node.flags.contains(.volatile), step.traits.contains(.recordable)
    else {
      recording = nil
      return try evaluate(step, in: bound)
    }
    if let record = state.slots.record(node.slot) {
      run.book.trace?.noteKept()
      return try replay(record)
    }
    recording = []
    let outcome = try evaluate(step, in: bound)
    if let acts = recording {
      switch outcome {
      case .dunno: state.slots.keep(FactRecord(acts: acts, permits: false), in: node.slot)
      case .permit: state.slots.keep(FactRecord(acts: acts, permits: true), in: node.slot)
      case .decided(.reject):
        state.slots.keep(FactRecord(acts: acts, permits: false), in: node.slot)
      case .decided, .list: break
      }
    }
    recording = nil
    return outcome
  }

  /// Does again what was recorded: the outcome is that of the last act that has one.
  private mutating func replay(_ record: FactRecord) throws(Suspension) -> Outcome {
    var outcome = record.permits ? Outcome.permit : .dunno
    for act in record.acts {
      switch act {
      case .line(let line): log(line)
      case .report(let event, let text): report(event, text)
      case .effect(let effect): perform(effect)
      case .hold(let text): hold(text)
      case .reject(let rejection): outcome = reject(rejection)
      case .deferIfPermit(let rejection): outcome = deferIfPermit(rejection)
      case .deferIfReject(let rejection): outcome = deferIfReject(rejection)
      case .permit(let action, let target, let table):
        outcome = try permit(action, target, table: table)
      }
    }
    return outcome
  }

  /// Remembers the DNS lists that could not be asked.
  private mutating func keepFailures() {
    for name in failedLists {
      state.failedLists.insert(name)
      context.failedLists.insert(name)
    }
    failedLists = []
  }

  /// A table or list that the restriction depends on cannot be asked.
  mutating func fail(_ error: LookupError) -> Outcome {
    recording = nil
    log(error.messages)
    let name = failureName ?? listName.name
    failureName = nil
    switch error.kind {
    case .temporary: return reject(.temporaryFailure(name))
    case .configuration: return reject(.configurationError)
    }
  }

  /// Moves on.
  ///
  /// - Returns: the verdict, where the command is decided.
  private mutating func advance(
    _ node: DecisionProgram.Node, _ outcome: Outcome, in bound: BoundProgram
  ) -> Verdict? {
    switch outcome {
    case .decided(let verdict):
      noteRelayOrder(verdict)
      return verdict
    case .list(let frame):
      run.frames.append(frame)
      return nil
    case .permit:
      guard run.frames.isEmpty else { return popFrame(.permit) }
      run.pc = Int(node.onPermit)
      run.certificateKey = 0
      return nil
    case .dunno:
      let traits = bound.steps[Int(node.operation)].traits
      if traits.contains(.accepts) { return .accept }
      if traits.contains(.leaves), !run.frames.isEmpty { return popFrame(.dunno) }
      if traits.contains(.betweenLists) {
        goOn(node)
        return nil
      }
      run.certificateKey = 0
      guard stopsList else {
        goOn(node)
        return nil
      }
      guard run.frames.isEmpty else { return popFrame(.dunno) }
      run.pc = Int(node.onPermit)
      return nil
    }
  }

  /// DISCARD, or both kinds of deferral pending: no further element of the list can change anything.
  private var stopsList: Bool {
    state.flags.discard || state.flags.deferIfPermit && state.flags.deferIfReject
  }

  private mutating func goOn(_ node: DecisionProgram.Node) {
    if run.frames.isEmpty {
      run.pc = Int(node.next)
    } else {
      run.frames[run.frames.count - 1].pc = Int(node.next)
    }
  }

  /// Ends a list from an access table; the restriction that found it gets the result.
  private mutating func popFrame(_ result: Outcome) -> Verdict? {
    let frame = run.frames.removeLast()
    let bound = frame.caller
    let node = bound.program.nodes[run.frames.last?.pc ?? run.pc]
    isWarning = node.flags.contains(.warn) || run.frames.last?.isWarning == true
    source = (bound, Int(node.source))
    switch (result, frame.continuation) {
    case (.permit, .permitIsError(let target)):
      let outcome = refusePermit(target)
      flushLog()
      return advance(node, outcome, in: bound)
    case (.permit, .permitIsDunno): return advance(node, .dunno, in: bound)
    case (.dunno, .nextKey(let key)) where !stopsList:
      run.certificateKey = key
      return nil
    default: return advance(node, result, in: bound)
    }
  }
}
