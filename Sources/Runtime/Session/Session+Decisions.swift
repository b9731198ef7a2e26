import Compiler
import RestrictionDSL

/// Access decisions and their effects.
extension Session {
  /// Runs the policy for one command; once for each command, however often the step is run again.
  ///
  /// - Throws: ``Suspension/ask(_:)`` while an answer is missing.
  func decide(_ entry: Entry, _ work: Work) throws(Suspension) -> Verdict {
    if let verdict = work.verdict { return verdict }
    let executor = service.executor
    if executor.hasNoChecks(entry) {
      policy.beginStage()
      if let watcher = service.watcher {
        var untouched = PolicyState()
        tell(watcher, entry, .accept, executor.begin(entry, facts, &untouched))
        work.verdict = .accept
      }
      return .accept
    }
    if !work.isRunning {
      executor.begin(entry, facts, &policy, &work.run)
      work.isRunning = true
    }
    switch executor.step(&work.run, facts, &policy) {
    case .ask(let question): throw .ask(question)
    case .verdict(let verdict):
      work.isRunning = false
      if !work.run.effects.isEmpty { for effect in work.run.effects { perform(effect) } }
      work.verdict = verdict
      if let watcher = service.watcher { tell(watcher, entry, verdict, work.run) }
      return verdict
    }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .log(let line): log(line)
    case .prepend(let header): transaction?.prepended.append(header)
    case .hold: transaction?.actions.hold = true
    case .discard: transaction?.isDiscarded = true
    case .filter(let destination): transaction?.actions.filter = destination
    case .redirect(let address): transaction?.actions.redirect = address
    case .bcc(let address): transaction?.actions.bcc.append(address)
    }
  }

  /// HANGUP, or a mistake that stops Postfix's process: nothing more goes to the client.
  func abort() -> CommandResult {
    flags.insert(.isAborted)
    flags.insert(.hangsUp)
    if case .fatal = work?.verdict {
      // Nothing is logged but the reason, and the client waits for some time (observed: over 5 s).
      flags.remove(.isLogged)
      outgoing = OutgoingReply(text: [], pauseSerial: service.nextSequence(), pause: 10_000)
    }
    endWork()
    phase = .closing
    return .unfinished
  }

  /// Address, sender and the rest as a log line about this session shows them.
  func logSubject(withSender: Bool = true) -> LogLines.Subject {
    LogLines.Subject(
      queueID: facts.queueID, command: facts.command, client: clientName,
      sender: withSender ? facts.sender.map(logForm) : nil,
      recipient: facts.recipient.map(logForm), protocolName: facts.protocolName, helo: facts.helo)
  }

  private func logForm(_ address: Bytes) -> Bytes {
    guard service.settings.logsExternalAddresses, !address.isEmpty else { return address }
    return MailAddress.external(address)
  }

  /// Logs a rejection that the session itself decided.
  func logReject(_ text: Bytes, withSender: Bool = true) {
    log(
      LogLines.access(
        .reject, text, logSubject(withSender: withSender),
        keepsUTF8: service.settings.smtputf8))
  }

  // MARK: Log

  /// Writes one line; control characters become `?`.
  func log(_ line: Bytes) {
    service.log.write(PrintableText.cleaned(line, utf8: service.settings.smtputf8))
  }

  /// Writes one line; control characters become `?`.
  func log(_ line: String) { log(Bytes(line)) }

  /// Writes what the lists and tables of the step had to say.
  func flushLog(_ work: Work) {
    guard !work.book.log.isEmpty else { return }
    for line in work.book.log { log(line) }
    work.book.log.removeAll()
  }

  // MARK: Work

  /// The memory of the command being run.
  func currentWork() -> Work {
    if let work { return work }
    let fresh = service.takeWork()
    work = fresh
    return fresh
  }

  /// The command is finished.
  func endWork() {
    guard let done = work else { return }
    work = nil
    service.giveBack(done)
  }
}
