import LookupTables
import RestrictionDSL

/// A message on its way into a queue file: what cleanup(8) does between the first envelope record
/// and the end record.
///
/// The file grows in a buffer that is written through when it is full. This part holds the state and
/// the envelope; the content is in `QueuedMessage+Content.swift`, the end in `QueuedMessage+Finish.swift`.
///
/// - Source: facts queue-file.md §4, postfix-ipc.md §3; record order and log lines observed
final class QueuedMessage: OpenMessage {
  let writer: QueueWriter
  let settings: CleanupSettings
  let file: SpoolFile
  let buffer: RecordBuffer
  let head: MessageHead

  let queueID: Bytes
  var status = MessageStatus()
  var sizes = QueueSizes()
  /// Bytes that were written through already.
  var flushed = 0
  /// Where the headers of this client are completed; `nil` leaves them alone.
  let headerContext: AddressForms.Clients?
  /// Sender in standard form, mapped.
  private(set) var sender: Bytes = []
  /// The last one given, for log lines.
  private(set) var lastRecipient: Bytes = []
  private var attributeCount = 0
  /// Recipients that are in the file, each folded: envelope parameters and addresses.
  var seenRecipients: Set<Bytes> = []
  var firstRecipient: Written?

  /// A recipient as it is in the file.
  struct Written {
    let recipient: Recipient
    let address: Bytes
    let original: Bytes
  }

  // Content.
  var parser: ContentParser
  var checksContent: Bool
  /// No check looks at the body.
  let copiesBody: Bool
  var headersSeen: UInt32 = 0
  var isResent = false
  var hops = 0
  var messageID: Bytes = []
  var encoding: Bytes
  var isHeld = false
  var filter: Bytes?
  var redirect: Bytes?
  var blindCopies: [Bytes] = []
  /// A MIME error is logged when found, but counts only at the end: checks and errors behind it are
  /// still logged.
  var mimeFailure: MessageFailure?

  init(
    writer: QueueWriter, head: MessageHead, file: SpoolFile, buffer: RecordBuffer, storage: Bytes
  ) {
    self.writer = writer
    self.settings = writer.settings
    self.head = head
    self.file = file
    self.buffer = buffer
    queueID = file.id
    parser = ContentParser(rules: writer.settings.parser, storage: storage)
    checksContent = writer.settings.checksContent
    var encoding = Bytes()
    for attribute in head.attributes where Place(attribute.name) == .encoding {
      encoding = attribute.value
    }
    self.encoding = encoding
    copiesBody =
      (!checksContent || writer.checks.body.tables.isEmpty)
      && settings.rejectedCharacters == nil && settings.strippedCharacters == nil
    // Messages of the mail system itself name none: they are local.
    if head.rewriteContext.isEmpty || head.rewriteContext.elementsEqual("local".utf8) {
      headerContext = .local
    } else {
      headerContext = writer.settings.rewritesRemoteHeaders ? .remote : nil
    }
    if head.smtputf8 { sizes.utf8 |= 1 }
    writeHead()
  }

  /// Once committed, the buffer belongs to the job.
  var isCommitted = false

  deinit {
    if !isCommitted { writer.pool.give(buffer) }
  }

  // MARK: Output

  /// Offset of the next record in the file.
  var offset: Int { flushed + buffer.count }

  /// To be called after appending: writes a full buffer through, watches the size limit.
  @inline(__always)
  func appended() {
    if buffer.count > RecordBuffer.limit { writeThrough() }
  }

  private func writeThrough() {
    checkSize()
    guard status.isOK else { return buffer.clear() }
    let count = buffer.count
    do {
      try buffer.write(to: file.descriptor, file.name)
      flushed += count
    } catch {
      buffer.clear()
      log("warning: \(queueID.text): write queue file: \(error.reason)")
      status.fail(.writeError)
    }
  }

  /// The limit is one of the whole file, as cleanup(8) sets it.
  func checkSize() {
    guard settings.messageSizeLimit > 0, offset > settings.messageSizeLimit, status.isOK else {
      return
    }
    log("warning: \(queueID.text): queue file size limit exceeded")
    status.fail(.tooBig)
  }

  func log(_ line: String) { writer.log.write(line) }
  func log(_ line: Bytes) { writer.log.write(line) }

  // MARK: Envelope

  private func writeHead() {
    let created = head.arrival / 1_000_000
    buffer.append(.size, QueueSizes.unknown)
    var time = DecimalText.bytes(created)
    time.append(0x20)
    DecimalText.append(head.arrival % 1_000_000, to: &time)
    buffer.append(.arrivalTime, time)
    buffer.append(attribute: "create_time", DecimalText.bytes(writer.clock()))
    if !settings.contentFilter.isEmpty { buffer.append(.partOrFilter, settings.contentFilter) }
    let ident = head.attributes.first { Place($0.name) == .identity }?.value
    attribute("log_ident", ident ?? queueID)
    attribute("rewrite_context", head.rewriteContext)
    for (name, value) in head.attributes where Place(name) == .beforeSender {
      attribute(name, value)
    }
    let plain = standardForm(head.sender)
    do {
      sender = settings.mapsAddresses ? try mappedSender(plain) : plain
    } catch {
      fail(error)
      sender = plain
    }
    if sender.contains(where: { $0 > 127 }) {
      sizes.utf8 |= settings.detectsUTF8 ? 5 : 4
    }
    buffer.append(.sender, sender)
    if settings.mapsAddresses { writeSenderCopy() }
    if !encoding.isEmpty { attribute("encoding", encoding) }
    for (name, value) in head.attributes where Place(name) == .afterSender {
      attribute(name, value)
    }
    if !head.verp.isEmpty { buffer.append(.verp, head.verp) }
    if settings.delayWarning > 0 && !sender.isEmpty {
      var time = Bytes()
      DecimalText.append(created + Int64(settings.delayWarning), width: 15, to: &time)
      buffer.append(.delayWarning, time)
    }
  }

  /// Where an attribute stands.
  ///
  /// Decided by a few bytes of the name: there are twenty in each message.
  private enum Place {
    case identity, beforeSender, encoding, afterSender

    @inline(__always)
    init(_ name: String) {
      let bytes = name.utf8
      switch (bytes.first ?? 0, bytes.count) {
      case (UInt8(ascii: "l"), 9): self = .identity  // log_ident
      case (UInt8(ascii: "e"), 8): self = .encoding
      case (UInt8(ascii: "e"), 11): self = .beforeSender  // envelope_id
      case (UInt8(ascii: "r"), 9): self = .beforeSender  // ret_flags
      case (UInt8(ascii: "s"), _):
        self = name.hasPrefix("sasl_") ? .beforeSender : .afterSender
      default: self = .afterSender
      }
    }
  }

  private func attribute(_ name: String, _ value: Bytes) {
    guard !value.isEmpty else { return }
    attributeCount += 1
    if attributeCount > settings.attributeLimit && status.isOK {
      log(
        "warning: \(queueID.text): message rejected:"
          + " attribute count exceeds limit \(settings.attributeLimit)")
      status.fail(.internalError(1))
    }
    buffer.append(attribute: name, value)
  }

  func add(_ recipient: Recipient) {
    lastRecipient = recipient.address
    sizes.flags |= recipient.notify << 1
    guard status.isOK else { return }
    expand(recipient)
    appended()
  }

  func beginContent() {
    buffer.append(.content)
    sizes.contentStart = offset
  }

  func abandon() { file.remove() }

  // MARK: Addresses

  func standardForm(_ address: Bytes) -> Bytes {
    if address.isEmpty || MailForm.isStandard(address.span) { return address }
    return writer.addresses.standardForm(address)
  }

  private func mappedSender(_ address: Bytes) throws(AddressMappingError) -> Bytes {
    writer.addresses.mapsNothing || address.isEmpty
      ? address : try writer.addresses.mappedSender(address, mappingLog)
  }

  /// What the mapping of addresses has to know about this message.
  var mappingLog: MappingLog { MappingLog(queueID: queueID, log: writer.log) }

  /// Notes that an address could not be mapped.
  func fail(_ error: AddressMappingError) {
    switch error {
    case .lookup(let cause):
      for line in cause.messages { log(line) }
      status.fail(.writeError)
    case .expansion(let line):
      log(line)
      status.fail(.deferred(Bytes("4.6.0 Alias expansion error")))
    }
  }
}
