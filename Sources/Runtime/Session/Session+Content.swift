import RestrictionDSL

/// The content of a message, as it comes in.
///
/// - Source: facts smtp-session.md §6, §10, postfix-ipc.md §3.5
extension Session {
  /// Takes what has come after DATA.
  func receiveContent(_ io: inout SessionIO) -> SessionStep? {
    if io.input.isEmpty && reception != nil { return waitForInput(&io) }
    guard let content = reception else {
      endContent()
      return nil
    }
    let message = transaction?.message
    let limits = (line: service.settings.lineLimit, message: service.settings.messageSizeLimit)
    var position = 0
    var outcome = Reception.Outcome.goOn
    io.input.withSpan { input in
      while outcome != .end, position < input.count {
        let rest = input.extracting(position..<input.count)
        if scanned == 0, let message {
          let taken = content.takeLines(of: rest, limits: limits, to: message)
          position += taken
          if taken == rest.count { break }
          if content.mayEnd(limits.line) && rest.extracting(taken..<rest.count).isEndOfData {
            position += 3
            outcome = .end
            break
          }
        }
        guard
          let piece = LineSplitter.piece(
            of: input, in: position..<input.count, limit: limits.line, mode: content.decoder.mode,
            scanned: &scanned)
        else { break }
        outcome = content.take(piece, of: input, limit: limits.message, to: message)
        if outcome == .overflow { reportOverflow() }
        position = piece.next
      }
    }
    io.input.consume(position)
    extendDeadline(by: position)
    guard outcome == .end else { return waitForInput(&io) }
    endContent()
    return nil
  }

  private func reportOverflow() {
    log(SessionLogLines.about(facts.queueID, "queue file size limit exceeded"))
  }

  /// The message is there: what follows is a matter between us and its end.
  private func endContent() {
    contentMark = .none
    stopWaiting()
    scanned = 0
    phase = .committing
    facts.command = Verb.endOfMessage
  }

  // MARK: BDAT

  /// - Source: observed with Postfix 3.7.11: the sizes in `lost connection after BDAT (n bytes)`
  private static let chunkPiece = 4096

  /// Takes what has come of the chunk.
  func receiveChunk(_ io: inout SessionIO) -> SessionStep? {
    let rest = reception?.chunkRest ?? 0
    var available = min(io.input.count, rest)
    if reception?.refusal != nil {
      io.input.consume(available)
    } else {
      // Only whole pieces are looked at: where the connection ends, the rest counts as it came.
      if available < rest { available -= available % Session.chunkPiece }
      takeChunk(available, &io)
    }
    reception?.chunkRest -= available
    extendDeadline(by: available)
    guard reception?.chunkRest == 0 else { return waitForInput(&io) }
    endChunk(&io)
    return nil
  }

  /// Splits the bytes into lines; the beginning of an unfinished line is kept.
  private func takeChunk(_ count: Int, _ io: inout SessionIO) {
    guard count > 0, let content = reception else { return }
    let limit = service.settings.lineLimit
    let limits = (line: limit, message: service.settings.messageSizeLimit)
    let message = transaction?.message
    io.input.withSpan { input in
      var position = 0
      while position < count {
        if !content.partial.isEmpty {
          // The line began in an earlier piece of input: it is completed beside.
          let rest = input.extracting(position..<count)
          let lineEnd = rest.firstIndex(of: 0x0A, from: 0).map { $0 + 1 } ?? rest.count
          let length = min(lineEnd, max(1, limit + 1 - content.partial.count))
          content.partial.append(bytesOf: rest.extracting(0..<length))
          position += length
          takePartial(of: content, isLast: false)
          continue
        }
        if let message {
          position += content.takeLines(
            of: input.extracting(position..<count), limits: limits, to: message)
          if position == count { break }
        }
        var none = 0
        guard
          let piece = LineSplitter.piece(
            of: input, in: position..<count, limit: limit, mode: content.decoder.mode,
            scanned: &none)
        else {
          content.partial = Bytes(copying: input.extracting(position..<count))
          break
        }
        take(piece, of: input, into: content)
        position = piece.next
      }
    }
    io.input.consume(count)
  }

  private func take(
    _ piece: LineSplitter.Piece, of bytes: Span<UInt8>, into content: Reception
  ) {
    let outcome = content.take(
      piece, of: bytes, limit: service.settings.messageSizeLimit, to: transaction?.message)
    if outcome == .overflow { reportOverflow() }
  }

  /// Hands on what the kept bytes make complete.
  private func takePartial(of content: Reception, isLast: Bool) {
    while !content.partial.isEmpty {
      var none = 0
      let bytes = content.partial
      guard
        let piece = LineSplitter.piece(
          of: bytes.span, in: 0..<bytes.count, limit: service.settings.lineLimit,
          mode: content.decoder.mode, scanned: &none, isLast: isLast)
      else { return }
      content.partial = Bytes(bytes[piece.next...])
      take(piece, of: bytes.span, into: content)
    }
  }

  /// The message is lost before its last chunk has come.
  ///
  /// A connection that breaks now is still said to break in the chunk, with nothing of it left (recorded).
  private func failChunk(_ failure: Reception.Failure, _ io: inout SessionIO) {
    switch failure {
    case .tooBig: send(.messageTooBig, &io)
    case .bareNewline:
      facts.command = Session.chunkContent
      facts.recipient = transaction?.firstRecipient
      logReject(Bytes("bare <LF> received"))
      send(SessionReply(bareNewlineReply), &io)
    }
    phase = .commands
    endTransaction()
    state.failChunk()
    finishCommand(.failed)
  }

  private static let chunkContent = Bytes("BDAT content")

  /// The chunk is there: the next command, or the end of the message.
  private func endChunk(_ io: inout SessionIO) {
    guard let chunk = reception else { return }
    stopWaiting()
    if let refusal = chunk.refusal {
      contentMark = .none
      send(refusal, &io)
      phase = .commands
      if chunk.isLastChunk {
        endTransaction()
      } else {
        // Sender and recipients stay, and nobody can use them before RSET or the last chunk.
        reception = nil
        state.failChunk()
      }
      return finishCommand(.failed)
    }
    if let failure = chunk.failure, !chunk.isLastChunk { return failChunk(failure, &io) }
    if chunk.isLastChunk {
      takePartial(of: chunk, isLast: true)
      return endContent()
    }
    // What a log line about the next command line shows, until the command is known.
    facts.command = Session.chunkContent
    facts.recipient = transaction?.firstRecipient
    send(SessionReply("250 2.0.0 Ok: \(chunk.chunkSize) bytes", nil), &io)
    state.continueChunks()
    phase = .commands
    finishCommand(.accepted)
  }
}
