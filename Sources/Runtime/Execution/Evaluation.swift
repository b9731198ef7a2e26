import Compiler
import LookupTables
import RestrictionDSL

/// What a node came to.
enum Outcome {
  /// The next element decides.
  case dunno
  /// OK: the list ends.
  case permit
  /// The command is decided.
  case decided(Verdict)
  /// An access table named a restriction list.
  indirect case list(Frame)
}

/// One step of a run: the facts, the state and the node being evaluated.
///
/// Everything that an operation does besides its outcome goes through the methods below, so that it can
/// be undone when the step is suspended, and recorded to be done again for the next recipient.
///
/// A class, used again for every step: what it is made of moves in and out without being copied.
final class Evaluation {
  let context: PolicyContext
  let parameters: PolicyParameters
  var facts: Facts
  var run: PolicyRun
  var state = PolicyState()
  /// The node is under warn_if_reject, itself or through the list it stands in.
  var isWarning = false
  /// The node being evaluated, and its program.
  var step: BoundProgram.Step?
  var bound: BoundProgram
  /// Names of DNS lists that could not be asked in this node; kept where the node is not suspended.
  var failedLists: [Bytes] = []
  /// What the failing lookup was about, where that is not the name of the list.
  var failureName: Bytes?
  /// What the node did so far, where its answer is to be kept.
  var recording: [Act]?

  init(_ bound: BoundProgram, _ context: PolicyContext, _ facts: Facts, _ run: PolicyRun) {
    self.bound = bound
    self.context = context
    parameters = context.parameters
    self.facts = facts
    self.run = run
  }

  /// Name of the restriction as written.
  var restriction: String {
    guard let step, Int(step.node.source) < bound.program.sources.count else { return "" }
    return bound.program.sources[Int(step.node.source)].name
  }

  // MARK: Doing

  /// Logs a line, with its severity prefix.
  func log(_ line: String) {
    recording?.append(.line(line))
    run.book.log.append(line)
  }

  /// Logs the lines of a table error.
  func log(_ lines: [String]) {
    for line in lines { log(line) }
  }

  /// Moves collected lines into the effects.
  func flushLog() { run.flushLog(context) }

  /// Logs what an access action did.
  func report(_ event: LogLines.Event, _ text: Bytes) {
    recording?.append(.report(event, text))
    flushLog()
    run.effects.append(
      .log(LogLines.access(event, text, logSubject, keepsUTF8: parameters.usesUTF8)))
  }

  func perform(_ effect: Effect) {
    recording?.append(.effect(effect))
    flushLog()
    if effect == .discard { state.flags.discard = true }
    run.effects.append(effect)
  }

  /// HOLD: only the first of a transaction is logged.
  func hold(_ text: Bytes) {
    recording?.append(.hold(text))
    if !state.flags.hold { unrecorded { $0.report(.hold, text) } }
    state.flags.hold = true
    unrecorded { $0.perform(.hold) }
  }

  /// OK by an action that smtpd_log_access_permit_actions may name.
  func permit(
    _ action: Bytes, _ target: ReplyTarget, table: Bytes? = nil
  ) throws(Suspension) -> Outcome {
    guard !state.flags.deferIfPermit, let actions = context.loggedPermits else {
      if context.loggedPermits != nil {
        recording?.append(.permit(action: action, target, table: table))
      }
      return .permit
    }
    guard try matches(actions, action) else { return .permit }
    recording?.append(.permit(action: action, target, table: table))
    let name = resolve(target)
    var text = Bytes("action=") + action + Bytes(" for \(name.replyClass.text)=") + name.name
    text.append(0x20)
    if let table { text += Bytes("from ") + table }
    unrecorded { $0.report(.permit, text) }
    return .permit
  }

  /// A temporary failure that may have hidden a reject: a later permit becomes this deferral.
  func deferIfPermit(_ rejection: Rejection) -> Outcome {
    if isWarning { return reject(rejection) }
    recording?.append(.deferIfPermit(rejection))
    if !state.flags.deferIfPermit {
      state.permitDeferral = deferral(rejection)
      state.flags.deferIfPermit = true
    }
    return .dunno
  }

  /// A temporary failure that may have hidden a permit: a later 5xx reject becomes this deferral.
  func deferIfReject(_ rejection: Rejection) -> Outcome {
    recording?.append(.deferIfReject(rejection))
    if !state.flags.deferIfReject {
      state.rejectDeferral = deferral(rejection)
      state.flags.deferIfReject = true
    }
    return .dunno
  }

  /// A temporary failure of a reject-type restriction, as its tempfail action says.
  func postpone(_ rejection: Rejection, _ action: TempfailAction) -> Outcome {
    switch action {
    case .defer_: reject(rejection)
    case .deferIfPermit: deferIfPermit(rejection)
    }
  }

  /// Runs a part whose acts are covered by one that is recorded already.
  func unrecorded(_ body: (Evaluation) -> Void) {
    let saved = recording
    recording = nil
    body(self)
    recording = saved
  }

  // MARK: Names

  /// Name and class of the list being evaluated.
  var listName: ReplyName {
    if let frame = run.frames.last { return frame.name }
    guard let stage = run.stage else { return ReplyName(name: [], replyClass: .client) }
    return ReplyName(name: facts.name(of: stage) ?? [], replyClass: stage.replyClass)
  }

  func resolve(_ target: ReplyTarget) -> ReplyName {
    switch target {
    case .list: listName
    case .subject(let subject): facts.replyName(of: subject)
    case .named(let name, let replyClass): ReplyName(name: name, replyClass: replyClass)
    }
  }

  /// Who and what a log line is about.
  var logSubject: LogLines.Subject {
    LogLines.Subject(
      queueID: facts.queueID, command: facts.command, client: facts.client.nameAndAddress,
      sender: facts.sender.map(logForm), recipient: facts.recipient.map(logForm),
      protocolName: facts.protocolName, helo: facts.helo)
  }

  private func logForm(_ address: Bytes) -> Bytes {
    guard parameters.logsExternalForm, !address.isEmpty else { return address }
    return MailAddress.external(address)
  }

  // MARK: Waiting

  /// Whether a list names a word or a domain.
  func matches(_ list: MatchList, _ text: Bytes) throws(Suspension) -> Bool {
    do throws(Suspension) {
      return try list.matches(text, book: &run.book)
    } catch {
      recording = nil
      throw error
    }
  }

  /// Whether a list names a client or host.
  func matches(
    _ list: MatchList, _ name: Bytes, address: Bytes, ip: IPAddress?
  ) throws(Suspension) -> Bool {
    do throws(Suspension) {
      return try list.matches(name: name, address: address, ip: ip, book: &run.book)
    } catch {
      recording = nil
      throw error
    }
  }
}
