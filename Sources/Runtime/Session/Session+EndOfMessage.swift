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
    guard let reception, let message = transaction?.message else {
      return settle(.failed(.writeError), &io)
    }
    if let failure = reception.failure {
      message.abandon()
      transaction?.message = nil
      return settle(failure, &io)
    }
    let work = currentWork()
    facts.size = reception.size
    facts.recipient = state.recipients == 1 ? transaction?.firstRecipient : nil
    switch try decide(.endOfData, work) {
    case .accept: break
    case .reject(let reply, let kind): return refuseMessage(reply, kind, &io)
    case .hangUp, .fatal:
      _ = abort()
      return nil
    }
    endWork()
    facts.recipient = transaction?.firstRecipient
    if transaction?.isDiscarded == true {
      message.abandon()
      transaction?.message = nil
      return settle(.queued, &io)
    }
    commitJob = message.finish(transaction?.actions ?? MessageActions())
    transaction?.message = nil
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
    facts.recipient = transaction?.firstRecipient
    switch answer {
    case .queued:
      var reply = Bytes()
      reply.reserveCapacity(64)
      reply.append("250 2.0.0 Ok: ")
      if verb == .bdat { reply += Bytes("\(reception?.size ?? 0) bytes ") }
      reply.append("queued as ")
      if let id = facts.queueID { reply += id }
      send(reply, &io)
      budget.forgive()
      errorMask = ErrorMask()
      endMessage(.accepted, io)
      return nil
    case .failed(let failure): return conclude(SessionReply(failure), &io)
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
