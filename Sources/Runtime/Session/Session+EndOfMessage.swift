import Compiler
import RestrictionDSL

/// What becomes of a complete message.
///
/// - Source: facts smtp-session.md §4 "End of data"
extension Session {
  func finishMessage(_ io: inout SessionIO) throws(Suspension) -> SessionStep? {
    if isCommitting {
      guard let answer = commitAnswer else { return .ask(.commitMessage) }
      isCommitting = false
      commitAnswer = nil
      return settle(answer, &io)
    }
    guard let reception, let transaction, let message = transaction.message else {
      return settle(.failed(.writeError), &io)
    }
    if let failure = reception.failure {
      message.abandon()
      transaction.message = nil
      return settle(failure, &io)
    }
    facts.size = reception.size
    // Most configurations check nothing here.
    if service.watcher == nil && service.executor.hasNoChecks(.endOfData) {
      policy.beginStage()
    } else {
      let work = currentWork()
      facts.recipient = state.recipients == 1 ? transaction.firstRecipient : nil
      switch try decide(.endOfData, work) {
      case .accept: break
      case .reject(let reply, let kind): return refuseMessage(reply, kind, &io)
      case .hangUp, .fatal:
        _ = abort()
        return nil
      }
      endWork()
      facts.recipient = transaction.firstRecipient
    }
    transaction.message = nil
    if transaction.isDiscarded {
      message.abandon()
      return settle(.queued, &io)
    }
    commitJob = message.finish(transaction.actions)
    commitAnswer = nil
    isCommitting = true
    return .ask(.commitMessage)
  }

  /// smtpd_end_of_data_restrictions refused the message: sender and recipients stay.
  private func refuseMessage(
    _ reply: Bytes, _ kind: ErrorClass, _ io: inout SessionIO
  ) -> SessionStep? {
    facts.recipient = transaction?.firstRecipient
    errorMask.insert(kind)
    send(reply, &io)
    transaction?.message?.abandon()
    transaction?.message = nil
    reception = nil
    state.spend(inChunks: verb == .bdat)
    phase = .commands
    finishCommand(.failed)
    return nil
  }

  /// Our own reasons not to store the message.
  private func settle(_ failure: Reception.Failure, _ io: inout SessionIO) -> SessionStep? {
    switch failure {
    case .tooBig: return settle(.failed(.tooBig), &io)
    case .bareNewline:
      facts.recipient = transaction?.firstRecipient
      logReject(Bytes("bare <LF> received"))
      return conclude(SessionReply(bareNewlineReply), &io)
    }
  }

  /// The message is stored, or not: tells the client.
  private func settle(_ answer: CommitAnswer, _ io: inout SessionIO) -> SessionStep? {
    switch answer {
    case .queued:
      send(service.queuedReply(facts.queueID, size: verb == .bdat ? reception?.size : nil), &io)
      budget.forgive()
      errorMask = ErrorMask()
      endMessage(.accepted, io)
      return nil
    case .failed(let failure):
      facts.recipient = transaction?.firstRecipient
      return conclude(SessionReply(failure), &io)
    }
  }

  private func conclude(_ reply: SessionReply, _ io: inout SessionIO) -> SessionStep? {
    send(reply, &io)
    endMessage(.failed, io)
    return nil
  }

  private func endMessage(_ result: CommandResult, _ io: borrowing SessionIO) {
    endTransaction()
    phase = .commands
    finishCommand(result)
    resetTranscript(above: service.settings.historyThreshold, io)
  }
}

extension SessionReply {
  /// - Source: facts smtp-session.md §4 "End of data", postfix-ipc.md §3.6
  fileprivate init(_ failure: MessageFailure) {
    func clean(_ text: Bytes) -> Bytes { text.map { $0 >= 0x20 && $0 != 0x7F ? $0 : 0x20 } }
    switch failure {
    case .reply(let text): self.init(text, .policy)
    case .deferred(let text):
      self.init(
        Bytes("451 ")
          + (text.isEmpty ? Bytes("4.7.1 Error: service unavailable") : clean(text)), .policy)
    case .internalError(let number):
      self.init("451 4.3.0 Error: internal error \(number)", .software)
    case .tooBig: self = .messageTooBig
    case .tooManyHops: self = .tooManyHops
    case .content(let text):
      self.init(
        Bytes("550 ")
          + (text.isEmpty ? Bytes("5.7.1 Error: message content rejected") : clean(text)), .policy)
    case .writeError: self = .cannotOpen
    }
  }
}
