import RestrictionDSL

/// Time limits.
///
/// - Source: facts smtp-session.md §8; postconf(5) smtpd_timeout, smtpd_per_request_deadline,
///   smtpd_min_data_rate
extension Session {
  /// Counts the time since the last read against the limit of the request.
  func countWaiting(_ io: borrowing SessionIO) {
    wallClock = io.wallClock
    guard waitingSince > 0 else { return }
    let waited = io.now &- waitingSince
    timeLeft = timeLeft.map { $0 > waited ? $0 - waited : 0 }
    waitingSince = 0
  }

  /// A request was received completely: the next one has its own limit.
  func stopWaiting() { timeLeft = nil }

  /// Content has come in: a deadline moves on at smtpd_min_data_rate.
  func extendDeadline(by bytes: Int) {
    guard service.settings.hasRequestDeadline, let left = timeLeft else { return }
    let more = UInt64(bytes) * 1000 / UInt64(service.settings.minDataRate)
    timeLeft = min(service.settings.timeLimit, left + more)
  }

  /// Waits for more input, or ends the session where none can come.
  func waitForInput(_ io: inout SessionIO) -> SessionStep? {
    let settings = service.settings
    if io.inputEnded {
      end("lost connection", io)
      return nil
    }
    if io.timedOut || settings.hasRequestDeadline && timeLeft == 0 {
      io.timedOut = false
      let reply = SessionReply.closing("4.4.2", settings.hostName, "Error: timeout exceeded")
      end("timeout", io, reply)
      send(reply, &io)
      return nil
    }
    let limit = settings.hasRequestDeadline ? timeLeft ?? settings.timeLimit : settings.timeLimit
    timeLeft = limit
    waitingSince = max(1, io.now)
    releaseTransientState()
    return .read(timeLimit: limit)
  }

  /// Logs why the session ends before its time.
  ///
  /// - Parameter reply: the last one; its text is counted in the place of what was not looked at,
  ///   as both are in the same buffer of the original
  func end(_ reason: String, _ io: borrowing SessionIO, _ reply: Bytes? = nil) {
    abortReason = reason
    let size: Int?
    switch contentMark {
    case .none: size = nil
    case .data: size = reception?.size ?? 0
    case .bdat:
      size =
        (reception?.size ?? 0) + (reception?.partial.count ?? 0)
        + (reply?.count ?? io.input.count)
    }
    let isHarmless = reason == "lost connection" && facts.command == Verb.endOfMessage
    leaveLimiter(now: io.now)
    if !isHarmless {
      log(
        SessionLogLines.abnormalEnd(
          reason, after: contentMark.verb?.name ?? facts.command, size: size, client: clientName))
    }
    endWork()
    flags.insert(.hangsUp)
    phase = .closing
  }
}

extension Session.ContentMark {
  fileprivate var verb: Verb? {
    switch self {
    case .none: nil
    case .data: .data
    case .bdat: .bdat
    }
  }
}
