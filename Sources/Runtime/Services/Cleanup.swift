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

/// What is known of a message when its queue file is opened.
public struct MessageHead: Hashable, Sendable {
  /// - Unit: microseconds since 1970
  public var arrival: Int64
  /// Internal form; empty for the null sender.
  public var sender: Bytes
  /// `local` or `remote`.
  public var rewriteContext: Bytes
  /// Named attributes in the order of postfix-ipc.md §3 (log_client_name … server_port, sasl_*, envelope_id, ret_flags, encoding);
  /// the sink puts them where queue-file.md §4 wants them.
  public var attributes: [(name: String, value: Bytes)]
  /// VERP delimiters, or empty.
  public var verp: Bytes
  /// SMTPUTF8 was requested.
  public var smtputf8: Bool

  public init(
    arrival: Int64, sender: Bytes, rewriteContext: Bytes, attributes: [(name: String, value: Bytes)],
    verp: Bytes = [], smtputf8: Bool = false
  ) {
    self.arrival = arrival
    self.sender = sender
    self.rewriteContext = rewriteContext
    self.attributes = attributes
    self.verp = verp
    self.smtputf8 = smtputf8
  }

  public static func == (left: MessageHead, right: MessageHead) -> Bool {
    left.arrival == right.arrival && left.sender == right.sender
      && left.attributes.elementsEqual(right.attributes) { $0.name == $1.name && $0.value == $1.value }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(arrival)
    hasher.combine(sender)
  }
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
  func open(_ head: MessageHead) throws(MessageFailure) -> any OpenMessage
}

/// A message being received. Used by one thread at a time.
public protocol OpenMessage: AnyObject {
  var queueID: Bytes { get }

  /// Adds an accepted recipient. Before ``beginContent()``.
  func add(_ recipient: Recipient)

  /// The envelope is complete; header and body lines follow.
  func beginContent()

  /// One line of content without its line end; dots are removed already.
  ///
  /// - Parameter isComplete: `false` for a piece of a line longer than line_length_limit.
  func write(_ line: Span<UInt8>, isComplete: Bool)

  /// The content is complete.
  ///
  /// - Returns: what is left to do, for a worker thread: ``Question/commitMessage`` answers with its result.
  func finish(_ actions: MessageActions) -> CommitJob

  /// The transaction is given up: nothing of the message stays.
  func abandon()
}

/// The blocking rest of storing a message.
public struct CommitJob: Sendable {
  /// Writes, syncs, publishes. Runs once, on any thread.
  public let run: @Sendable () -> CommitAnswer

  public init(run: @escaping @Sendable () -> CommitAnswer) { self.run = run }
}
