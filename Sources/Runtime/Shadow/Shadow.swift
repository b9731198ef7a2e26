import Compiler
import LookupTables
import RestrictionDSL

/// Decides what another configuration would have decided, after the answer is out, and tells where the two differ.
///
/// Never a part of the answer: a decision is put into a queue with a copy of its facts, and compared in
/// a later turn of the loop. What the running policy was told (DNS, policy service) the shadow is told
/// too; what it needs besides is asked then, with nobody waiting for it.
final class Shadow: DecisionWatcher, TimerHandler {
  private(set) var engine: ShadowEngine
  private(set) var tally = ShadowTally()
  private let loop: EventLoop
  private let log: ServiceLog
  private let service: String
  /// The policy in use.
  private var running: Running
  private var queue: [ShadowDecision] = []
  private var timer: TimerID?
  /// Comparisons that are queued or wait for an answer.
  private(set) var pending = 0

  struct Running {
    let delays: Bool
    let softBounce: Bool
    /// Not asked a second time: that might change what they say next.
    let policyServices: Set<String>
  }

  /// Comparisons under way at most; further ones are counted as not compared.
  private static let limit = 4096

  init(
    _ engine: ShadowEngine, service: String, running: LiveService, loop: EventLoop, log: ServiceLog
  ) {
    self.engine = engine
    self.service = service
    self.loop = loop
    self.log = log
    self.running = Running(running)
  }

  /// Another configuration, or the same with other tables.
  func adopt(_ engine: ShadowEngine) {
    self.engine.answers.retire()
    self.engine = engine
  }

  /// The policy in use is another one.
  func follow(_ service: LiveService) { running = Running(service) }

  // MARK: Told by sessions

  func decided(
    _ entry: Entry, _ facts: Facts, _ verdict: Verdict, _ run: PolicyRun,
    memory: inout (any DecisionMemory)?
  ) {
    guard pending < Shadow.limit else { return tally.count(.notCompared, at: entry) }
    let session: ShadowSession
    if let known = memory as? ShadowSession, known.shadow === self {
      session = known
    } else {
      session = ShadowSession(self)
      memory = session
    }
    pending += 1
    session.add(
      ShadowDecision(
        session, entry, facts.copy(), verdict, effects: run.effects, answers: run.book.answers))
  }

  /// Puts a decision at the end of the queue: it is compared in the next turn of the loop.
  func enqueue(_ decision: ShadowDecision) {
    queue.append(decision)
    if timer == nil { timer = loop.schedule(after: 0, self, tag: 0) }
  }

  func timeout(tag: Int) {
    timer = nil
    let decisions = queue
    queue = []
    for decision in decisions { decision.proceed(engine, running) }
    log.flush()
  }

  // MARK: Findings

  /// A comparison is over.
  func finish(_ decision: ShadowDecision, _ finding: ShadowFinding, _ outcome: ShadowOutcome?) {
    pending -= 1
    tally.count(finding, at: decision.entry)
    guard let outcome, finding != .equal, finding != .notCompared,
      tally.admitsLine(now: loop.now)
    else { return }
    let missed = tally.takeUnlogged()
    if missed > 0 { log.write("shadow: \(missed) more differences were not logged") }
    log.write(Shadow.line(decision, finding, outcome))
    log.flush()
  }

  private static func line(
    _ decision: ShadowDecision, _ finding: ShadowFinding, _ outcome: ShadowOutcome
  ) -> Bytes {
    let facts = decision.facts
    var line = Bytes("shadow: \(finding.rawValue): ")
    line += facts.command + Bytes(" from ") + facts.client.nameAndAddress + Bytes(": ")
    line += outcome.running + Bytes(" -> ") + outcome.shadow
    if let stage = outcome.stage { line += Bytes(" (\(stage.listName))") }
    line += Bytes(";")
    func append(_ name: String, _ value: Bytes?, _ end: String) {
      if let value { line += Bytes(" \(name)") + value + Bytes(end) }
    }
    append("from=<", facts.sender, ">")
    append("to=<", facts.recipient, ">")
    append("proto=", facts.protocolName, "")
    append("helo=<", facts.helo, ">")
    return PrintableText.cleaned(line, utf8: true)
  }

  /// Logs the counts.
  func logSummary() {
    for line in tally.summary { log.write("shadow: service \(service): \(line)") }
    if tally.unlogged > 0 {
      log.write("shadow: service \(service): \(tally.takeUnlogged()) differences were not logged")
    }
    if pending > 0 { log.write("shadow: service \(service): \(pending) not finished") }
    log.flush()
  }

  /// Starts to count from nothing.
  func resetCounts() { tally.reset() }
}

extension Shadow.Running {
  init(_ service: LiveService) {
    let settings = service.plan.settings
    delays = settings.bool("smtpd_delay_reject")
    softBounce = settings.bool("soft_bounce")
    policyServices = ShadowEngine.policyServices(service.session.executor)
  }
}

/// What the two policies decided, in words.
struct ShadowOutcome {
  let running: Bytes
  let shadow: Bytes
  /// The list at which the shadow decided.
  let stage: Stage?
}
