import RestrictionDSL

/// The content of a message, as it comes in.
///
/// - Source: facts smtp-session.md §6, §10, postfix-ipc.md §3.5
extension Session {
  /// Takes what has come after DATA.
  func receiveContent(_ io: inout SessionIO) -> SessionStep? {
    let start = io.input.start
    var position = start
    let end = io.input.storage.count
    var isComplete = false
    while !isComplete, position < end, let mode = reception?.decoder.mode {
      guard
        let piece = LineSplitter.piece(
          of: io.input.storage, in: position..<end, limit: service.settings.lineLimit, mode: mode,
          scanned: &scanned)
      else { break }
      isComplete = take(piece, of: io.input.storage)
      position = piece.next
    }
    io.input.consume(position - start)
    extendDeadline(by: position - start)
    guard isComplete else { return waitForInput(&io) }
    endContent()
    return nil
  }

  /// The message is there: what follows is a matter between us and its end.
  private func endContent() {
    contentMark = .none
    stopWaiting()
    scanned = 0
    phase = .committing
    facts.command = Verb.endOfMessage
  }

  /// Hands one line on.
  ///
  /// - Returns: whether the message is complete.
  private func take(_ piece: LineSplitter.Piece, of bytes: Bytes) -> Bool {
    guard var reception else { return true }
    self.reception = nil
    defer { self.reception = reception }
    let content = bytes.span.extracting(piece.content)
    let step = reception.decoder.next(
      content, isComplete: piece.isComplete, isBare: piece.isBare)
    if reception.decoder.sawBareNewline && reception.decoder.mode == .rejected {
      reception.failure = .bareNewline
    }
    switch step {
    case .end: return true
    case .skip: break
    case .writeMailboxLine:
      if reception.failure == nil {
        let line = Bytes("X-Mailbox-Line: ") + bytes[piece.content]
        transaction?.message?.write(line.span, isComplete: piece.isComplete)
      }
    case .writeAfterEmptyLine(let dropped):
      if reception.failure == nil { transaction?.message?.write(Session.emptyLine.span, isComplete: true) }
      store(content.extracting(dropped..<content.count), piece.isComplete, &reception)
    case .write(let dropped):
      store(content.extracting(dropped..<content.count), piece.isComplete, &reception)
    }
    return false
  }

  private static let emptyLine = Bytes()

  /// Writes one line, unless the message is lost already or becomes too big.
  private func store(_ line: Span<UInt8>, _ isComplete: Bool, _ reception: inout Reception) {
    guard reception.failure == nil else { return }
    let limit = service.settings.messageSizeLimit
    if limit > 0 && limit - reception.size < line.count + 2 {
      reception.failure = .tooBig
      log(SessionLogLines.about(facts.queueID, "queue file size limit exceeded"))
      return
    }
    reception.size += line.count + 2
    transaction?.message?.write(line, isComplete: isComplete)
  }

  // MARK: BDAT

  /// Takes what has come of the chunk.
  func receiveChunk(_ io: inout SessionIO) -> SessionStep? {
    let available = min(io.input.count, reception?.chunkRest ?? 0)
    if reception?.refusal != nil {
      io.input.consume(available)
    } else {
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
    guard let mode = reception?.decoder.mode, count > 0 else { return }
    let limit = service.settings.lineLimit
    var position = io.input.start
    let end = position + count
    while position < end {
      if let partial = reception?.partial, !partial.isEmpty {
        // The line began in an earlier piece of input: complete it beside.
        let room = limit + 1 - partial.count
        let line = ByteScan.firstIndex(of: 0x0A, in: io.input.storage, range: position..<end)
        let next = min(line.map { $0 + 1 } ?? end, position + max(1, room))
        reception?.partial.append(contentsOf: io.input.storage[position..<next])
        position = next
        takePartial(limit, mode, isLast: false)
        continue
      }
      var none = 0
      guard
        let piece = LineSplitter.piece(
          of: io.input.storage, in: position..<end, limit: limit, mode: mode, scanned: &none)
      else {
        reception?.partial = Bytes(io.input.storage[position..<end])
        break
      }
      _ = take(piece, of: io.input.storage)
      position = piece.next
    }
    io.input.consume(count)
  }

  /// Hands on what the kept bytes make complete.
  private func takePartial(_ limit: Int, _ mode: BareNewlineMode, isLast: Bool) {
    var none = 0
    while let partial = reception?.partial, !partial.isEmpty,
      let piece = LineSplitter.piece(
        of: partial, in: 0..<partial.count, limit: limit, mode: mode, scanned: &none,
        isLast: isLast)
    {
      reception?.partial = Bytes(partial[piece.next...])
      _ = take(piece, of: partial)
      none = 0
    }
  }

  /// The chunk is there: the next command, or the end of the message.
  private func endChunk(_ io: inout SessionIO) {
    guard let chunk = reception else { return }
    stopWaiting()
    if let refusal = chunk.refusal {
      contentMark = .none
      send(refusal, &io)
      phase = .commands
      endTransaction()
      state.failChunk(isLast: chunk.isLastChunk)
      return finishCommand(.failed)
    }
    if chunk.isLastChunk {
      takePartial(service.settings.lineLimit, chunk.decoder.mode, isLast: true)
      return endContent()
    }
    send(SessionReply("250 2.0.0 Ok: \(chunk.chunkSize) bytes", nil), &io)
    state.continueChunks()
    phase = .commands
    finishCommand(.accepted)
  }
}
