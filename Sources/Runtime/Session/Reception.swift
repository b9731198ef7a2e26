import RestrictionDSL

/// The content being received: from lines of the stream to lines of the message.
final class Reception {
  /// Why the message will not be stored.
  enum Failure: Hashable { case tooBig, bareNewline }

  /// What one line came to.
  enum Outcome: Hashable {
    case goOn
    /// The message has just become too big; what follows is dropped.
    case overflow
    /// The message is complete.
    case end
  }

  var decoder: ContentDecoder
  /// Length and line end of every line so far.
  ///
  /// - Source: facts smtp-session.md §10
  var size = 0
  var failure: Failure?
  /// BDAT: bytes of the chunk that have not come.
  var chunkRest = 0
  var chunkSize = 0
  var isLastChunk = false
  /// BDAT: the beginning of a line that goes on in the next chunk.
  var partial: Bytes = []
  /// The chunk is read and dropped, then answered with this.
  var refusal: SessionReply?

  init(decoder: ContentDecoder) { self.decoder = decoder }

  /// Forgets everything but the decoder.
  func clear() {
    size = 0
    failure = nil
    chunkRest = 0
    chunkSize = 0
    isLastChunk = false
    if !partial.isEmpty { partial = [] }
    if refusal != nil { refusal = nil }
  }

  /// Hands one line on.
  ///
  /// - Parameter limit: message_size_limit; 0 is no limit.
  /// - Complexity: no allocation but for mbox lines.
  func take(
    _ piece: LineSplitter.Piece, of bytes: Span<UInt8>, limit: Int, to message: (any OpenMessage)?
  ) -> Outcome {
    let content = bytes.extracting(piece.content)
    let step = decoder.next(content, isComplete: piece.isComplete, isBare: piece.isBare)
    if piece.isBare && decoder.mode == .rejected { failure = .bareNewline }
    switch step {
    case .end: return .end
    case .skip: return .goOn
    case .writeMailboxLine:
      if failure == nil {
        let line = Bytes("X-Mailbox-Line: ") + Bytes(copying: content)
        message?.write(line.span, isComplete: piece.isComplete)
      }
      return .goOn
    case .writeAfterEmptyLine(let dropped):
      if failure == nil { message?.write(Bytes().span, isComplete: true) }
      return store(content.extracting(dropped..<content.count), piece.isComplete, limit, message)
    case .write(let dropped):
      return store(content.extracting(dropped..<content.count), piece.isComplete, limit, message)
    }
  }

  /// Whether a dot on a line of its own ends the content here.
  func mayEnd(_ limit: Int) -> Bool { decoder.mayEnd && limit > 3 }

  /// Hands on as many lines as need no look at each.
  ///
  /// - Parameter limits: line_length_limit and message_size_limit; 0 is no limit.
  /// - Returns: how many bytes were taken from the front; 0 where the next line must be looked at.
  func takeLines(
    of input: Span<UInt8>, limits: (line: Int, message: Int), to message: any OpenMessage
  ) -> Int {
    guard failure == nil, decoder.mayPassLines(of: input) else { return 0 }
    let room = limits.message > 0 ? max(0, limits.message - size) : Int.max
    let text = input.count > room ? input.extracting(0..<room) : input
    let taken = message.copyLines(of: text, limit: limits.line, escapesDots: decoder.hasDots)
    if taken > 0 { decoder.passLines() }
    size += taken
    return taken
  }

  /// Writes one line, unless the message is lost already or becomes too big.
  private func store(
    _ line: Span<UInt8>, _ isComplete: Bool, _ limit: Int, _ message: (any OpenMessage)?
  ) -> Outcome {
    guard failure == nil else { return .goOn }
    if limit > 0 && limit - size < line.count + 2 {
      failure = .tooBig
      return .overflow
    }
    size += line.count + 2
    message?.write(line, isComplete: isComplete)
    return .goOn
  }
}
