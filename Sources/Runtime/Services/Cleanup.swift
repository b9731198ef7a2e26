import RestrictionDSL

/// One recipient of a message.
public struct Recipient: Hashable, Sendable {
  /// Internal form.
  public var address: Bytes
  /// ORCPT as it goes into `dsn_orig_rcpt`, for instance `rfc822;joe@example.org`.
  public var originalRecipient: Bytes
  /// NOTIFY: NEVER 1, SUCCESS 2, FAILURE 4, DELAY 8; 0 where not given.
  public var notify: Int

  public init(address: Bytes, originalRecipient: Bytes, notify: Int = 0) {
    self.address = address
    self.originalRecipient = originalRecipient
    self.notify = notify
  }
}

/// `rewrite_context`: where a message comes from, as far as addresses without domain are concerned.
///
/// - Source: postconf(5) local_header_rewrite_clients
public enum RewriteContext: String, Hashable, Sendable {
  case local, remote
}

extension OpenMessage {
  public func copyLines(of text: Span<UInt8>, limit: Int, escapesDots: Bool) -> Int { 0 }

  public func writeReceived(_ text: Span<UInt8>, isPlain: Bool) { writeLines(of: text) }

  /// Writes lines that end in CR LF.
  func writeLines(of text: Span<UInt8>) {
    var start = 0
    while let end = text.firstIndex(of: 0x0A, from: start) {
      write(text.extracting(start..<max(start, end - 1)), isComplete: true)
      start = end + 1
    }
  }
}

/// What is known of a message when its queue file is opened.
public struct MessageHead: Sendable {
  /// - Unit: microseconds since 1970
  public var arrival: Int64
  /// Internal form; empty for the null sender.
  public var sender: Bytes
  /// Whose addresses are completed how; `nil` for messages of the mail system itself.
  public var rewriteContext: RewriteContext?
  /// Where the message comes from: the same for many messages.
  public var source: MessageSource
  /// Named attributes of this message alone, in their order: log_ident, envelope_id, ret_flags, encoding.
  ///
  /// Most messages have none.
  public var ownAttributes: [(name: String, value: Bytes)]
  /// VERP delimiters, or empty.
  public var verp: Bytes
  /// SMTPUTF8 was requested.
  public var smtputf8: Bool

  public init(
    arrival: Int64, sender: Bytes, rewriteContext: RewriteContext?, source: MessageSource,
    ownAttributes: [(name: String, value: Bytes)] = [], verp: Bytes = [], smtputf8: Bool = false
  ) {
    self.arrival = arrival
    self.sender = sender
    self.rewriteContext = rewriteContext
    self.source = source
    self.ownAttributes = ownAttributes
    self.verp = verp
    self.smtputf8 = smtputf8
  }

  /// Sorts attributes into those of the message and those of its source.
  public init(
    arrival: Int64, sender: Bytes, rewriteContext: RewriteContext?,
    attributes: [(name: String, value: Bytes)]
  ) {
    let own: Set<String> = ["log_ident", "envelope_id", "ret_flags", "encoding"]
    self.init(
      arrival: arrival, sender: sender, rewriteContext: rewriteContext,
      source: MessageSource(attributes.filter { !own.contains($0.name) }),
      ownAttributes: attributes.filter { own.contains($0.name) })
  }

  /// All named attributes: those of the message, then those of its source.
  public var attributes: [(name: String, value: Bytes)] { ownAttributes + source.attributes }
}

/// What access actions asked for while the transaction was open.
public struct MessageActions: Hashable, Sendable {
  public var hold = false
  public var filter: Bytes?
  public var redirect: Bytes?
  public var bcc: [Bytes] = []

  public init() {}
}

/// The message sink: where accepted mail goes (cleanup(8), or our own queue writer).
public protocol Cleanup: AnyObject {
  /// Opens a queue file and gives it its final name.
  ///
  /// - Throws: ``MessageFailure`` where that is not possible now; the session answers 451 or 452.
  func open(_ head: borrowing MessageHead) throws(MessageFailure) -> any OpenMessage
}

/// A message being received.
///
/// Used by one thread at a time.
public protocol OpenMessage: AnyObject {
  var queueID: Bytes { get }

  /// Adds an accepted recipient. Before ``beginContent()``.
  func add(_ recipient: Recipient)

  /// The envelope is complete; header and body lines follow.
  func beginContent()

  /// The Received header of this message.
  ///
  /// - Parameter text: its lines, each with CR LF; none begins with a dot
  /// - Parameter isPlain: they are nothing but printable ASCII, tabs in front aside
  func writeReceived(_ text: Span<UInt8>, isPlain: Bool)

  /// One line of content without its line end; dots are removed already.
  ///
  /// - Parameter isComplete: `false` for a piece of a line longer than line_length_limit.
  func write(_ line: Span<UInt8>, isComplete: Bool)

  /// Takes lines of content as they are in the stream, where nothing has to be looked for in them.
  ///
  /// - Parameter text: begins where a line begins
  /// - Parameter limit: a line of as many bytes, its CR included, is not taken
  /// - Parameter escapesDots: a line with a dot in front is not taken
  /// - Returns: how many bytes were taken from the front: whole lines that end in CR LF and have no other CR
  func copyLines(of text: Span<UInt8>, limit: Int, escapesDots: Bool) -> Int

  /// The content is complete.
  ///
  /// - Returns: what is left to do, for a worker thread: ``Question/commitMessage`` answers with its result.
  func finish(_ actions: MessageActions) -> any CommitJob

  /// The transaction is given up: nothing of the message stays.
  func abandon()
}

/// The blocking rest of storing a message: writes, syncs, publishes.
public protocol CommitJob: BlockingJob {
  /// What became of the message; valid once the job was performed.
  var answer: CommitAnswer { get }

  /// Whether it asks tables of a server: it then gets in nobody's way whose message has only to be written.
  var waitsForTables: Bool { get }

  /// On the loop, when the answer was taken: nobody will look at the job or at its message again.
  func retire()
}

extension CommitJob {
  public var waitsForTables: Bool { false }
  public func retire() {}

  /// Performs the job here and now.
  public func run() -> CommitAnswer {
    perform()
    return answer
  }
}
