import Compiler
import RestrictionDSL

/// What the shadow keeps with one session: its own policy state, and the decisions that wait for their turn.
final class ShadowSession: DecisionMemory {
  let shadow: Shadow
  var state = PolicyState()
  private weak var engine: ShadowEngine?
  private var waiting: [Event] = []
  private var isBusy = false

  private enum Event {
    case decision(ShadowDecision)
    case endOfTransaction
  }

  init(_ shadow: Shadow) { self.shadow = shadow }

  /// What was kept is about the program that kept it.
  func use(_ engine: ShadowEngine) {
    if self.engine !== engine { state = PolicyState() }
    self.engine = engine
  }

  func add(_ decision: ShadowDecision) {
    guard !isBusy else { return waiting.append(.decision(decision)) }
    isBusy = true
    shadow.enqueue(decision)
  }

  func endTransaction() {
    guard !isBusy else { return waiting.append(.endOfTransaction) }
    state.endTransaction()
  }

  /// The comparison at work is over: the next one follows.
  func next() {
    isBusy = false
    while !waiting.isEmpty {
      switch waiting.removeFirst() {
      case .endOfTransaction: state.endTransaction()
      case .decision(let decision): return add(decision)
      }
    }
  }
}

/// One decision of the running policy, and the shadow's about the same facts.
final class ShadowDecision: AnswerWaiter {
  let entry: Entry
  let facts: Facts
  private let session: ShadowSession
  private let verdict: Verdict
  private let effects: [Effect]
  private let answers: [Question: Answer]
  private var work: Work?

  /// The shadow's side, once begun.
  private struct Work {
    let engine: ShadowEngine
    let running: Shadow.Running
    /// Of the command, and of earlier ones that are decided only now.
    var entries: [Entry]
    var run: PolicyRun
    var effects: [Effect] = []
  }

  init(
    _ session: ShadowSession, _ entry: Entry, _ facts: Facts, _ verdict: Verdict,
    effects: [Effect], answers: [Question: Answer]
  ) {
    self.session = session
    self.entry = entry
    self.facts = facts
    self.verdict = verdict
    self.effects = effects
    self.answers = answers
  }

  /// Begins.
  func proceed(_ engine: ShadowEngine, _ running: Shadow.Running) {
    session.use(engine)
    var entries = engine.entries(of: entry, facts, runningDelays: running.delays)
    let first = entries.removeFirst()
    work = Work(
      engine: engine, running: running, entries: entries,
      run: engine.executor.begin(first, facts, &session.state))
    proceed()
  }

  func receive(_ answer: Answer, to question: Question) {
    work?.run.book.file(answer, to: question)
    proceed()
  }

  private func proceed() {
    while var work {
      switch work.engine.executor.step(&work.run, facts, &session.state) {
      case .ask(let question):
        if let known = known(question) {
          work.run.book.file(known, to: question)
          self.work = work
          continue
        }
        guard mayAsk(question, work) else { return finish(.notCompared, nil) }
        self.work = work
        return work.engine.answers.find(question, for: self)
      case .verdict(let verdict):
        work.effects += work.run.effects
        guard verdict == .accept, let next = work.entries.first else {
          return compare(verdict, work)
        }
        work.entries.removeFirst()
        work.run = work.engine.executor.begin(next, facts, &session.state)
        self.work = work
      }
    }
  }

  // MARK: Answers

  /// What the running policy was told already, and what needs no telling.
  private func known(_ question: Question) -> Answer? {
    if case .pause = question { return Answer(.elapsed) }
    if let answer = answers[question] { return answer }
    guard case .policy(let endpoint, let request, _) = question else { return nil }
    return answers.first { known, _ in
      if case .policy(endpoint, request, _) = known { true } else { false }
    }?.value
  }

  /// Whether asking leaves the answers of the running policy alone.
  private func mayAsk(_ question: Question, _ work: Work) -> Bool {
    switch question {
    case .dns, .addresses, .name, .table: true
    // A service counts its requests: one that the running policy depends on is left alone.
    case .policy(let endpoint, _, _): !work.running.policyServices.contains(endpoint)
    // These send mail, or start deliveries.
    case .verify, .flush: false
    case .pause, .commitMessage: false
    }
  }

  // MARK: The end

  private func compare(_ shadow: Verdict, _ work: Work) {
    let running = ShadowDecision.text(verdict, effects, work.running.softBounce)
    let other = ShadowDecision.text(shadow, work.effects, work.engine.softBounce)
    let finding: ShadowFinding =
      switch (verdict == .accept, shadow == .accept) {
      case _ where running == other: .equal
      case (true, true): .effect
      case (true, false): .narrower
      case (false, true): .wider
      case (false, false): .text
      }
    finish(
      finding,
      ShadowOutcome(
        running: running, shadow: other, stage: shadow == .accept ? nil : work.run.stage))
  }

  private func finish(_ finding: ShadowFinding, _ outcome: ShadowOutcome?) {
    work = nil
    session.shadow.finish(self, finding, outcome)
    session.next()
  }

  /// A decision in words: the reply as it goes out, or what happens to the message besides.
  private static func text(_ verdict: Verdict, _ effects: [Effect], _ softBounce: Bool) -> Bytes {
    switch verdict {
    case .reject(let reply, _):
      return softBounce && reply.first == 0x35 ? SoftBounce.applied(to: reply) : reply
    case .hangUp: return Bytes("hangup")
    case .fatal: return Bytes("fatal")
    case .accept:
      let others = effects.compactMap(\.text)
      return Bytes(([("accepted")] + others).joined(separator: ", "))
    }
  }
}
