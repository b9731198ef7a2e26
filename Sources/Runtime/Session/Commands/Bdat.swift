import Compiler
import RestrictionDSL

/// BDAT.
///
/// - Source: facts smtp-session.md §4 "BDAT", proxies-and-extensions.md §8; RFC 3030
extension Session {
  func bdat(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    guard !hiddenKeywords.contains(.chunking) else {
      send(.bdatDisabled, &io)
      return .failed
    }
    guard let (size, isLast) = chunkArguments(work) else {
      log(
        SessionLogLines.about(facts.queueID, "malformed BDAT command syntax from ") + clientName
          + Bytes(": ") + work.line.prefix(100))
      send(.bdatSyntax, &io)
      return .failed
    }
    if let refusal = try refusalOfChunk(size, isLast: isLast, work, &io) {
      guard phase == .commands, !flags.contains(.isAborted) else { return .unfinished }
      return skipChunk(size, isLast: isLast, refusal)
    }
    if reception == nil { startContent(hasDots: false, at: io) }
    return receive(size, isLast: isLast, refusal: nil)
  }

  private func chunkArguments(_ work: Work) -> (size: Int, isLast: Bool)? {
    guard (2...3).contains(work.words.count) else { return nil }
    let digits = work.word(1)
    guard digits.allSatisfy(\.isASCIIDigit), let size = Int(digits.text) else { return nil }
    if work.words.count == 3 {
      guard work.word(2).equalsIgnoringCase("LAST") else { return nil }
    }
    return (size, work.words.count == 3)
  }

  /// Why the chunk will be dropped.
  private func refusalOfChunk(
    _ size: Int, isLast: Bool, _ work: Work, _ io: inout SessionIO
  ) throws(Suspension) -> SessionReply? {
    if size == 0 && !isLast {
      log(SessionLogLines.about(facts.queueID, "null BDAT request from ") + clientName)
      return .nullChunk
    }
    if state.chunks == .failed {
      return SessionReply("551 5.0.0 Discarded \(size) bytes after earlier error", nil)
    }
    if let refusal = state.refusalOfContent() { return refusal }
    if state.chunks == .none {
      switch try decideAboutContent(work) {
      case .accept: break
      case .reject(let reply, let kind):
        facts.recipient = transaction?.firstRecipient
        return SessionReply(reply, kind)
      case .hangUp, .fatal:
        _ = abort()
        return .nullChunk
      }
    }
    let limit = service.settings.messageSizeLimit
    if limit > 0, size > limit - min(limit, reception?.size ?? 0) {
      log(
        SessionLogLines.about(facts.queueID, "BDAT request from ") + clientName
          + Bytes(" exceeds message size limit"))
      return .chunkTooBig
    }
    return nil
  }

  private func skipChunk(_ size: Int, isLast: Bool, _ refusal: SessionReply) -> CommandResult {
    // The postmaster hears of it although the client may be gone before the reply.
    if let kind = refusal.errorClass { errorMask.insert(kind) }
    if reception == nil {
      reception = Reception(decoder: ContentDecoder(mode: .allowed, hasDots: false))
    }
    return receive(size, isLast: isLast, refusal: refusal)
  }

  /// The bytes of the chunk come next.
  private func receive(_ size: Int, isLast: Bool, refusal: SessionReply?) -> CommandResult {
    reception?.chunkRest = size
    reception?.chunkSize = size
    reception?.isLastChunk = isLast
    reception?.refusal = refusal
    if refusal == nil { contentMark = .bdat }
    phase = .chunk
    endWork()
    stopWaiting()
    return .unfinished
  }
}
