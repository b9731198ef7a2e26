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
  /// Used for one step after the other: making it costs more than most steps.
  private var idle: Evaluation?

  /// - Parameter trace: is told what every node did.
  public init(program: DecisionProgram, context: PolicyContext, trace: Trace? = nil) {
    self.context = context
    self.trace = trace
    bound = BoundProgram(program, context)
  }

  /// DATA and the end of data are usually not checked: then this is true, and all that is left to do
  /// is ``PolicyState/beginStage()``.
  func hasNoChecks(_ entry: Entry) -> Bool {
    trace == nil && bound.uncheckedEntries >> entry.rawValue & 1 == 1
  }

  /// Starts the checks of a command.
  public func begin(_ entry: Entry, _ facts: Facts, _ state: inout PolicyState) -> PolicyRun {
    var run = PolicyRun(entry: entry, pc: .max)
    begin(entry, facts, &state, &run)
    return run
  }

  /// The same with the memory of a run that is finished.
  func begin(_ entry: Entry, _ facts: Facts, _ state: inout PolicyState, _ run: inout PolicyRun) {
    switch entry {
    case .connect, .helo, .mail: state.forgetFacts()
    case .rcpt, .vrfy: state.flags.recipientIsChecked = false
    case .etrn, .data, .endOfData: break
    }
    run.restart(entry, pc: bound.program.start(of: entry) ?? .max)
    guard let trace else { return }
    run.book.trace = trace
    trace.begin(entry, facts)
  }

  /// Goes on until an answer is missing or the command is decided.
  ///
  /// - Complexity: no allocation while local tables have no entry and nothing is logged.
  public func step(
    _ run: inout PolicyRun, _ facts: Facts, _ state: inout PolicyState
  ) -> PolicyStep {
    // Most commands need nothing else.
    if bound.passSilentNodes(&run, facts, &state, context) { return .verdict(.accept) }
    return evaluate(&run, facts, &state) { $0.proceed(in: bound) }
  }

  /// Does one node, for analyses that follow every way through a program.
  ///
  /// - Returns: `nil` where the command is not decided yet.
  public func stepNode(
    _ run: inout PolicyRun, _ facts: Facts, _ state: inout PolicyState
  ) -> PolicyStep? {
    evaluate(&run, facts, &state) { $0.proceedNode(in: bound) }
  }

  @inline(__always)
  private func evaluate<Result>(
    _ run: inout PolicyRun, _ facts: Facts, _ state: inout PolicyState,
    _ body: (Evaluation) -> Result
  ) -> Result {
    let evaluation =
      idle ?? Evaluation(bound, context, facts, PolicyRun(entry: run.entry, pc: run.pc))
    idle = evaluation
    evaluation.facts = facts
    swap(&evaluation.run, &run)
    swap(&evaluation.state, &state)
    defer {
      swap(&evaluation.run, &run)
      swap(&evaluation.state, &state)
    }
    return body(evaluation)
  }
}

extension Evaluation {
  /// The interpreter loop.
  fileprivate func proceed(in top: BoundProgram) -> PolicyStep {
    while true {
      if let step = proceedNode(in: top) { return step }
      if top.passSilentNodes(&run, facts, &state, context) { return .verdict(.accept) }
    }
  }

  /// The body of the interpreter loop: one node.
  ///
  /// - Returns: `nil` to go on.
  fileprivate func proceedNode(in top: BoundProgram) -> PolicyStep? {
    guard run.pc != Int.max else {
      skipStage()
      return .verdict(.accept)
    }
    let step: BoundProgram.Step
    if let frame = run.frames.last {
      bound = frame.bound
      step = bound.steps[frame.pc]
      isWarning = step.node.flags.contains(.warn) || frame.isWarning
    } else {
      if bound !== top { bound = top }
      step = top.steps[run.pc]
      isWarning = step.node.flags.contains(.warn)
    }
    let effects = run.effects.count
    let flags = state.flags
    let certificateKey = run.certificateKey
    self.step = step
    let outcome: Outcome
    do throws(Suspension) {
      outcome = try answer(step)
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
    run.glimpse = nil
    flushLog()
    if !failedLists.isEmpty { keepFailures() }
    if let trace = run.book.trace { note(step.node, outcome, bound, effects, flags, in: trace) }
    if let verdict = advance(step, outcome) {
      endStage()
      return .verdict(verdict)
    }
    return nil
  }

  /// The node's outcome: from its fact slot, or by evaluation.
  private func answer(_ step: BoundProgram.Step) throws(Suspension) -> Outcome {
    guard step.isRecordable, run.entry == .rcpt, run.frames.isEmpty else {
      recording = nil
      return try evaluate(step, in: bound)
    }
    if let record = state.slots.record(step.node.slot) {
      run.book.trace?.noteKept()
      return try replay(record)
    }
    recording = []
    let outcome = try evaluate(step, in: bound)
    if let acts = recording {
      var permits = false
      var isKept = true
      switch outcome {
      case .dunno, .decided(.reject): break
      case .permit: permits = true
      case .decided, .list: isKept = false
      }
      if isKept {
        state.slots.keep(
          FactRecord(acts: acts, permits: permits), in: step.node.slot, lasts: step.isLasting)
      }
    }
    recording = nil
    return outcome
  }

  /// Does again what was recorded: the outcome is that of the last act that has one.
  private func replay(_ record: FactRecord) throws(Suspension) -> Outcome {
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
  private func keepFailures() {
    for name in failedLists {
      state.failedLists.insert(name)
      context.failedLists.insert(name)
    }
    failedLists = []
  }

  /// A table or list that the restriction depends on cannot be asked.
  func fail(_ error: LookupError) -> Outcome {
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
  private func advance(_ step: BoundProgram.Step, _ outcome: Outcome) -> Verdict? {
    switch outcome {
    case .decided(let verdict):
      noteRelayOrder(verdict)
      return verdict
    case .list(let frame):
      run.frames.append(frame)
      return nil
    case .permit:
      guard run.frames.isEmpty else { return popFrame(.permit) }
      run.pc = Int(step.node.onPermit)
      run.certificateKey = 0
      return nil
    case .dunno:
      if step.traits.contains(.accepts) { return .accept }
      if step.traits.contains(.leaves), !run.frames.isEmpty { return popFrame(.dunno) }
      if step.traits.contains(.betweenLists) {
        goOn(step)
        return nil
      }
      run.certificateKey = 0
      guard stopsList else {
        goOn(step)
        return nil
      }
      guard run.frames.isEmpty else { return popFrame(.dunno) }
      run.pc = Int(step.node.onPermit)
      return nil
    }
  }

  private var stopsList: Bool { state.flags.stopsList }

  private func goOn(_ step: BoundProgram.Step) {
    if run.frames.isEmpty {
      run.pc = Int(step.node.next)
    } else {
      run.frames[run.frames.count - 1].pc = Int(step.node.next)
    }
  }

  /// Ends a list from an access table; the restriction that found it gets the result.
  private func popFrame(_ result: Outcome) -> Verdict? {
    let frame = run.frames.removeLast()
    bound = frame.caller
    let step = bound.steps[run.frames.last?.pc ?? run.pc]
    self.step = step
    isWarning = step.node.flags.contains(.warn) || run.frames.last?.isWarning == true
    switch (result, frame.continuation) {
    case (.permit, .permitIsError(let target)):
      let outcome = refusePermit(target)
      flushLog()
      return advance(step, outcome)
    case (.permit, .permitIsDunno): return advance(step, .dunno)
    case (.dunno, .nextKey(let key)) where !stopsList:
      run.certificateKey = key
      return nil
    default: return advance(step, result)
    }
  }
}
