import LookupTables
import RestrictionDSL

/// A message on its way into a queue file: what cleanup(8) does between the first envelope record
/// and the end record.
///
/// The file grows in a buffer that is written through when it is full. This part holds the state and
/// the envelope; the content is in `QueuedMessage+Content.swift`, the end in `QueuedMessage+Finish.swift`.
///
/// - Source: facts queue-file.md §4, postfix-ipc.md §3; record order and log lines observed
final class QueuedMessage: OpenMessage, @unchecked Sendable {
  let parts: CleanupParts
  let settings: CleanupSettings
  let file: SpoolFile
  var records = RecordBuffer()
  var parser: ContentParser
  /// No check looks at the body.
  let copiesBody: Bool
  /// No check looks at headers.
  let passesHeaders: Bool
  /// Received headers of so many bytes need no look; 0 where message_drop_headers names them.
  let shortReceived: Int
  /// Something may be found in the content: the line about it names the last recipient.
  let logsRecipients: Bool
  /// Recipients in standard form go into the file as they are, and bring no others.
  let keepsRecipients: Bool

  var state = State()
  var kept = Kept()
  /// Where it goes when it is retired; `nil` while it waits there.
  private(set) var pool: MessagePool?
  /// What the commit came to.
  var outcome: CommitAnswer?
  /// What the log is told about a failed commit.
  var failureLine: String?

  var queueID: Bytes { file.id }

  /// What is known of one message; thrown away as a whole.
  ///
  /// Numbers and flags only: it costs nothing to throw away.
  struct State: BitwiseCopyable {
    /// - Unit: microseconds since 1970
    var arrival: Int64 = 0
    /// SMTPUTF8 was requested.
    var smtputf8 = false
    var sizes = QueueSizes()
    /// Bytes that were written through already.
    var flushed = 0
    /// Where the headers of this client are completed; `nil` leaves them alone.
    var headerContext: AddressForms.Clients?

    // Content.
    /// Headers may go into the file as they come, see ``pass(_:)``.
    var passesHeaders = false
    var passed = PassedHeader()
    /// The header in the parser was noted already.
    var hasNoted = false
    var checksContent = false
    /// Nothing can be found in what follows: lines are only copied.
    var isCopying = false
    var headersSeen: UInt32 = 0
    var isResent = false
    var hops = 0
    var isHeld = false
    /// A MIME error is logged when found, but counts only at the end: checks and errors behind it are
    /// still logged.
    var mimeError: MIMEError?
  }

  /// What is known of one message and has memory of its own.
  struct Kept {
    /// `nil` only before the first message begins.
    var source: MessageSource?
    var status = MessageStatus()
    /// Sender in standard form, mapped.
    var sender: Bytes = []
    /// The last one given, for log lines.
    var lastRecipient: Bytes = []
    /// Recipients that are in the file.
    var recipients = RecipientFilter()
    var encoding: Bytes = []
    var filter: Bytes?
    var redirect: Bytes?
    var blindCopies: [Bytes] = []

    /// Forgets one message; most of it is there for few.
    mutating func clear() {
      status.clear()
      recipients.clear()
      if !lastRecipient.isEmpty { lastRecipient = [] }
      if !encoding.isEmpty { encoding = [] }
      if filter != nil { filter = nil }
      if redirect != nil { redirect = nil }
      if !blindCopies.isEmpty { blindCopies = [] }
    }
  }

  /// A message that has not begun.
  ///
  /// - Parameter file: one that was created already; `nil` where ``begin(_:_:)`` creates it
  init(_ parts: CleanupParts, file: SpoolFile? = nil) {
    self.parts = parts
    settings = parts.settings
    self.file = file ?? SpoolFile(in: parts.incoming)
    parser = ContentParser(rules: settings.parser)
    passesHeaders =
      !(settings.checksContent && parts.checks.looksAtHeaders)
      && !settings.parser.reportsEightBitHeaders && !settings.changesCharacters
    let received = Bytes("received")
    shortReceived =
      parts.drops(received.span, length: received.count)
      ? 0 : min(settings.lineLengthLimit, settings.parser.headerLimit - 1)
    let addresses = parts.addresses
    keepsRecipients =
      !settings.mapsAddresses
      || addresses.mapsNothing && addresses.expandsNothing && !addresses.copiesRecipients
    let rules = settings.parser
    logsRecipients =
      settings.checksContent && (parts.checks.looksAtHeaders || !parts.checks.body.tables.isEmpty)
      || settings.changesCharacters || rules.reportsEightBitHeaders || rules.reportsEightBitBody
      || rules.reportsEncodingDomain || rules.reportsNesting
    copiesBody =
      (!settings.checksContent || parts.checks.body.tables.isEmpty)
      && settings.rejectedCharacters == nil && settings.strippedCharacters == nil
  }

  /// Creates the queue file and writes what is known before the recipients.
  ///
  /// - Parameter pool: takes the message back
  func begin(_ head: borrowing MessageHead, _ pool: MessagePool) throws(SystemError) {
    try file.create(
      in: parts.incoming, longID: settings.longIDs, owner: parts.owner, process: parts.process)
    self.pool = pool
    start(head)
  }

  /// Writes what is known before the recipients into a file that is there.
  func start(_ head: borrowing MessageHead) {
    state = State()
    kept.clear()
    state.arrival = head.arrival
    if kept.source !== head.source { kept.source = head.source }
    state.smtputf8 = head.smtputf8
    outcome = nil
    records.clear()
    parser.reset()
    state.checksContent = settings.checksContent
    state.passesHeaders = passesHeaders
    // Messages of the mail system itself name none: they are local.
    switch head.rewriteContext {
    case nil, .local: state.headerContext = .local
    case .remote: state.headerContext = settings.rewritesRemoteHeaders ? .remote : nil
    }
    if head.smtputf8 { state.sizes.utf8 |= 1 }
    write(head)
  }

  /// Gives the memory to the next message.
  func recycle() {
    guard let pool = pool.take() else { return }
    if records.isLarge { records = RecordBuffer() }
    pool.give(self)
  }

  // MARK: Output

  /// Offset of the next record in the file.
  var offset: Int { state.flushed + records.count }

  /// To be called after appending: writes a full buffer through, watches the size limit.
  @inline(__always)
  func appended() {
    if records.count > RecordBuffer.limit { writeThrough() }
  }

  private func writeThrough() {
    checkSize()
    defer { records.clear() }
    guard kept.status.isOK else { return }
    do {
      try file.write(records)
      state.flushed += records.count
    } catch {
      log("warning: \(queueID.text): write queue file: \(error.reason)")
      kept.status.fail(.writeError)
    }
  }

  /// The limit is one of the whole file, as cleanup(8) sets it.
  func checkSize() {
    guard settings.messageSizeLimit > 0, offset > settings.messageSizeLimit, kept.status.isOK
    else {
      return
    }
    log("warning: \(queueID.text): queue file size limit exceeded")
    kept.status.fail(.tooBig)
  }

  func log(_ line: String) { parts.log.write(line) }
  func log(_ line: Bytes) { parts.log.write(line) }

  // MARK: Envelope

  private func write(_ head: borrowing MessageHead) {
    let created = head.arrival / 1_000_000
    records.appendUnknownSizes()
    parts.second.set(created)
    records.append(
      .arrivalTime, seconds: parts.second,
      microseconds: UInt64(max(0, head.arrival % 1_000_000)))
    parts.second.set(parts.clock())
    records.append(attribute: "create_time=", seconds: parts.second)
    // What the mail system itself writes is not filtered.
    if head.rewriteContext != nil, !settings.contentFilter.isEmpty {
      records.append(.partOrFilter, settings.contentFilter)
    }
    records.append(attribute: "log_ident=", head.ownAttribute("log_ident") ?? queueID)
    switch head.rewriteContext {
    case nil: break
    case .local: records.append(attribute: "rewrite_context=", "local")
    case .remote: records.append(attribute: "rewrite_context=", "remote")
    }
    records.append(records: head.source.recordsBeforeSender)
    if !head.ownAttributes.isEmpty {
      for name in ["envelope_id", "ret_flags"] {
        if let value = head.ownAttribute(name) { records.append(attributeNamed: name, value) }
      }
    }
    writeSender(head.sender)
    if let encoding = head.ownAttribute("encoding") {
      kept.encoding = encoding
      records.append(attribute: "encoding=", encoding)
    }
    records.append(records: head.source.recordsAfterSender)
    checkAttributeCount(of: head)
    if !head.verp.isEmpty { records.append(.verp, head.verp) }
    if settings.delayWarning > 0 && !kept.sender.isEmpty {
      records.append(
        .delayWarning, column: UInt64(max(0, created + Int64(settings.delayWarning))))
    }
  }

  private func writeSender(_ given: Bytes) {
    var sender = standardForm(given)
    if settings.mapsAddresses && !parts.addresses.mapsNothing {
      do {
        sender = try parts.addresses.mappedSender(sender, mappingLog)
      } catch {
        fail(error)
      }
    }
    if sender.span.hasHighBit { state.sizes.utf8 |= settings.detectsUTF8 ? 5 : 4 }
    records.append(.sender, sender)
    kept.sender = sender
    if settings.mapsAddresses && parts.addresses.copiesSenders { writeSenderCopy() }
  }

  /// - Source: postconf(5) queue_file_attribute_count_limit
  private func checkAttributeCount(of head: borrowing MessageHead) {
    // log_ident, rewrite_context.
    let own = 2 + head.ownAttributes.count
    guard own + head.source.attributes.count > settings.attributeLimit, kept.status.isOK else {
      return
    }
    log(
      "warning: \(queueID.text): message rejected:"
        + " attribute count exceeds limit \(settings.attributeLimit)")
    kept.status.fail(.internalError(1))
  }

  func add(_ recipient: Recipient) {
    if logsRecipients { kept.lastRecipient = recipient.address }
    state.sizes.flags |= recipient.notify << 1
    guard kept.status.isOK else { return }
    expand(recipient)
    appended()
  }

  func beginContent() {
    records.append(.content)
    state.sizes.contentStart = offset
  }

  func abandon() { file.remove() }

  // MARK: Addresses

  func standardForm(_ address: Bytes) -> Bytes {
    if address.isEmpty || MailForm.isStandard(address.span) { return address }
    return parts.addresses.standardForm(address)
  }

  /// What the mapping of addresses has to know about this message.
  var mappingLog: MappingLog { MappingLog(queueID: queueID, log: parts.log) }

  /// Notes that an address could not be mapped.
  func fail(_ error: AddressMappingError) {
    switch error {
    case .lookup(let cause):
      for line in cause.messages { log(line) }
      kept.status.fail(.writeError)
    case .expansion(let line):
      log(line)
      kept.status.fail(.deferred(Bytes("4.6.0 Alias expansion error")))
    }
  }
}

extension MessageHead {
  /// An attribute of this message alone; `nil` where it is missing or empty.
  @inline(__always)
  fileprivate func ownAttribute(_ name: String) -> Bytes? {
    ownAttributes.isEmpty ? nil : firstOwnAttribute(name)
  }

  private func firstOwnAttribute(_ name: String) -> Bytes? {
    ownAttributes.first { $0.name == name && !$0.value.isEmpty }?.value
  }
}
