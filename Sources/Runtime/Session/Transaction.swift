import RestrictionDSL

/// One mail transaction, from MAIL to its end; replaced whole.
struct Transaction {
  /// When MAIL came.
  ///
  /// - Unit: microseconds since 1970
  var arrival: Int64
  /// Internal form; empty for the null sender.
  var sender: Bytes
  var options: MailOptions
  var smtputf8 = false
  /// `local` rewriting context.
  var isLocal = false
  /// First accepted recipient, internal form.
  var firstRecipient: Bytes?
  var message: (any OpenMessage)?
  var actions = MessageActions()
  /// PREPEND headers, in order.
  var prepended: [Bytes] = []
  /// DISCARD: accepted, not stored.
  var isDiscarded = false

  init(arrival: Int64, sender: Bytes, options: MailOptions) {
    self.arrival = arrival
    self.sender = sender
    self.options = options
  }
}

/// The content being received.
struct Reception {
  /// Why the message will not be stored.
  enum Failure: Hashable { case tooBig, bareNewline }

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
}
