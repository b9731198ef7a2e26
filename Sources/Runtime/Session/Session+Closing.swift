import RestrictionDSL

/// The end of transactions and of the session.
extension Session {
  /// Forgets the transaction; a message that was not committed goes away.
  func endTransaction() {
    transaction?.message?.abandon()
    transaction = nil
    if let done = reception {
      reception = nil
      service.giveBack(done)
    }
    forwarding = nil
    state.endTransaction()
    forgetEnvelope()
  }

  private func forgetEnvelope() {
    facts.sender = nil
    facts.recipient = nil
    facts.recipientCount = 0
    facts.size = 0
    facts.queueID = nil
    facts.smtputf8 = false
    if facts.login?.sender != nil {
      facts.forgetSenderAuthorization()
      messageSource = nil
    }
    policy.endTransaction()
    transient?.decisionMemory?.endTransaction()
  }

  /// Closes the session: notice, log, counters.
  func close(_ io: borrowing SessionIO) {
    if !flags.contains(.isFinished) {
      transaction?.message?.abandon()
      transaction = nil
      reception = nil
      resetTranscript(above: 0, io)
      logEnd(now: io.now)
    }
    // A notice of the session is stored before the connection goes.
    if !flags.contains(.commitsNotice) { phase = .closed }
  }

  /// The `disconnect` line, and the limiter's.
  func logEnd(now: UInt64) {
    flags.insert(.isFinished)
    leaveLimiter(now: now)
    endWork()
    if flags.contains(.isLogged) {
      log(SessionLogLines.disconnect(clientName, statistics.text))
    }
  }

  /// Tells the limiter that the client goes, once; the lines of its exceptions come before the
  /// reason of the end.
  func leaveLimiter(now: UInt64) {
    guard flags.contains(.isCounted), let limiter = service.limiter, !flags.contains(.mayXclient)
    else { return }
    flags.remove(.isCounted)
    let work = currentWork()
    let isExempt = (try? membership(service.lists.limitExceptions, work)) == .member
    flushLog(work)
    if !isExempt { limiter.disconnect(limiterIdentity, now: now) }
  }

  /// A table or list failed where no reply is defined.
  ///
  /// - Source: facts smtp-session.md §8
  func failLocally(_ messages: [String], _ io: inout SessionIO) {
    if let work { flushLog(work) }
    messages.forEach { log($0) }
    errorMask.insert(.data)
    log(SessionLogLines.localDataError(logSubject(), service.settings.hostName))
    endWork()
    if flags.contains(.hangsUp) {
      phase = .closing
      return
    }
    flags.insert(.hangsUp)
    phase = .commands
    outgoing = nil
    send(
      Bytes("421 4.3.0 ") + service.settings.hostName + Bytes(" Server local data error"), &io)
  }

  // MARK: Postmaster notices

  /// Forgets the dialogue where it has become long; first the postmaster is told about errors.
  ///
  /// - Source: facts postfix-ipc.md §14
  func resetTranscript(above threshold: Int, _ io: borrowing SessionIO) {
    guard transcript.lineCount > threshold else { return }
    if errorMask.intersects(service.settings.notifyClasses) {
      let notice = PostmasterNotice(
        client: clientName, transcript: transcript.lines, abortReason: abortReason,
        // Whether or not notify_classes has `bounce` (recorded).
        toBounceRecipient: errorMask.contains(.bounce))
      if let job = notice.store(service, wallClock: wallClock) {
        commitJob = job
        commitAnswer = nil
        flags.insert(.commitsNotice)
      }
    }
    transcript.clear()
    errorMask = ErrorMask()
  }
}
