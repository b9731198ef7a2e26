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

  /// Hands one line on.
  ///
  /// - Parameter limit: message_size_limit; 0 is no limit.
  /// - Complexity: no allocation but for mbox lines.
  func take(
    _ piece: LineSplitter.Piece, of bytes: Bytes, limit: Int, to message: (any OpenMessage)?
  ) -> Outcome {
    let content = bytes.span.extracting(piece.content)
    let step = decoder.next(content, isComplete: piece.isComplete, isBare: piece.isBare)
    if piece.isBare && decoder.mode == .rejected { failure = .bareNewline }
    switch step {
    case .end: return .end
    case .skip: return .goOn
    case .writeMailboxLine:
      if failure == nil {
        let line = Bytes("X-Mailbox-Line: ") + bytes[piece.content]
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
