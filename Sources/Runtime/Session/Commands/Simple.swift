import LookupTables
import RestrictionDSL

/// Commands without consequences: RSET, NOOP, QUIT, and the doors to AUTH and STARTTLS.
///
/// - Source: facts smtp-session.md §4
extension Session {
  func rset(_ work: Work, _ io: inout SessionIO) -> CommandResult {
    guard work.words.count == 1 else {
      send(.rsetSyntax, &io)
      return .failed
    }
    endTransaction()
    resetTranscript(above: service.settings.historyThreshold, io)
    send(.ok, &io)
    return .accepted
  }

  func noop(_ io: inout SessionIO) -> CommandResult {
    send(.ok, &io)
    return .accepted
  }

  func quit(_ io: inout SessionIO) -> CommandResult {
    send(.bye, &io)
    return .accepted
  }

  /// AUTH while SASL is not active.
  func auth(_ io: inout SessionIO) -> CommandResult {
    send(service.settings.requiresHelo && facts.helo == nil ? .sendHelo : .authDisabled, &io)
    return .failed
  }

  /// STARTTLS while TLS is off.
  func startTLS(_ work: Work, _ io: inout SessionIO) -> CommandResult {
    send(work.words.count > 1 ? .startTLSSyntax : .notImplemented, &io)
    return .failed
  }
}

/// Failures of lists, with what the session adds to their log.
enum LookupFailure {
  static func reporting(_ line: Bytes) -> LookupError { LookupError(.temporary, [line.text]) }
}
