import LookupTables
import RestrictionDSL

/// Headers and body: checks, mapping of header addresses, missing headers.
extension QueuedMessage: ContentSink {
  func write(_ line: Span<UInt8>, isComplete: Bool) {
    guard status.isOK else { return }
    if parser.isInPlainBody && copiesBody && !(settings.replacesStrayCR && line.has(0x0D)) {
      // Nothing can be found in the rest of most messages.
      buffer.append(isComplete ? .line : .partOrFilter, line)
      return appended()
    }
    if settings.rejectedCharacters != nil || settings.strippedCharacters != nil
      || (settings.replacesStrayCR && (line.has(0x0D) || line.has(0x0A)))
    {
      var copy = Bytes()
      copy.reserveCapacity(line.count)
      copy.append(bytesOf: line)
      guard clean(&copy) else { return }
      parser.line(copy.span, isComplete: isComplete, to: self)
    } else {
      parser.line(line, isComplete: isComplete, to: self)
    }
    appended()
  }

  /// - Returns: whether the line may stay
  private func clean(_ line: inout Bytes) -> Bool {
    if settings.replacesStrayCR {
      for index in line.indices where line[index] == 0x0D || line[index] == 0x0A {
        line[index] = 0x20
      }
    }
    if let stripped = settings.strippedCharacters { line.removeAll { stripped[Int($0)] } }
    if let rejected = settings.rejectedCharacters, line.contains(where: { rejected[Int($0)] }) {
      let detail = Bytes("5.7.1 disallowed character")
      logFinding("reject", "content", Bytes(line.prefix { $0 != 0 }).span, detail)
      status.fail(.content(detail))
      return false
    }
    return true
  }

  // MARK: Headers

  func header(_ headerClass: HeaderClass, _ text: Span<UInt8>, nameLength: Int) {
    guard status.isOK else { return }
    var header = writer.knownHeaders.find(text, length: nameLength)
    if checksContent {
      let maps = writer.checks.maps(headerClass, isMIME: header?.isMIME ?? false)
      if !maps.tables.isEmpty {
        var replaced = Bytes()
        switch check(text, maps, isHeader: true, replacement: &replaced) {
        case .drop: return
        case .keep: break
        case .replace:
          var colon = 0
          let length = HeaderLine.nameLength(replaced.span, colon: &colon) ?? 0
          header = writer.knownHeaders.find(replaced.span, length: length)
          return accept(headerClass, replaced.span, nameLength: length, header)
        }
        guard status.isOK else { return }
      }
    }
    accept(headerClass, text, nameLength: nameLength, header)
  }

  /// A header that passed the checks.
  private func accept(
    _ headerClass: HeaderClass, _ text: Span<UInt8>, nameLength: Int, _ header: KnownHeader?
  ) {
    if sizes.utf8 & 2 == 0 && text.hasHighBit { sizes.utf8 |= settings.detectsUTF8 ? 3 : 2 }
    if header == .contentTransferEncoding { noteEncoding(text, nameLength: nameLength) }
    guard headerClass == .primary, header?.isMIME != true else { return writeHeader(text) }
    let isDropped = writer.drops(text, length: nameLength)
    guard let header else {
      if !isDropped { writeHeader(text) }
      return
    }
    headersSeen |= header.bit
    if header.isResent { isResent = true }
    switch header {
    case .messageID: logMessageID("message-id=", QueuedMessage.value(text, nameLength))
    case .resentMessageID:
      logMessageID("resent-message-id=", QueuedMessage.value(text, nameLength))
    case .received:
      hops += 1
      if hops >= settings.hopLimit {
        status.fail(.tooManyHops)
        log("warning: \(queueID.text): message rejected: hopcount exceeded")
        return
      }
    default: break
    }
    if isDropped { return }
    if header.addresses != .none, let context = headerContext,
      let mapped = mappedHeader(text, nameLength: nameLength, header, context)
    {
      writeHeader(mapped.span)
    } else {
      writeHeader(text)
    }
  }

  private func noteEncoding(_ text: Span<UInt8>, nameLength: Int) {
    let value = ContentType.token(Bytes(copying: text), from: nameLength + 1).asciiLowercased
    if value.elementsEqual("8bit".utf8) || value.elementsEqual("binary".utf8) {
      encoding = Bytes("8bit")
    }
  }

  /// Value of a header without the white space before it.
  private static func value(_ text: Span<UInt8>, _ nameLength: Int) -> Bytes {
    var start = nameLength + 1
    while start < text.count, text[start].isASCIISpace { start += 1 }
    var result = Bytes()
    result.append(bytesOf: text.extracting(min(start, text.count)..<text.count))
    return result
  }

  private func logMessageID(_ label: StaticString, _ id: Bytes) {
    var line = queueID
    line.reserveCapacity(line.count + id.count + 24)
    line.append(contentsOf: [0x3A, 0x20])
    label.withUTF8Buffer { line.append(contentsOf: $0) }
    LogText.append(id.span, to: &line)
    log(line)
  }

  private func mappedHeader(
    _ text: Span<UInt8>, nameLength: Int, _ header: KnownHeader,
    _ context: AddressForms.Clients
  ) -> Bytes? {
    let addresses = writer.addresses
    let mapsNothing = addresses.mapsNothing || !settings.mapsAddresses
    if mapsNothing && HeaderAddresses.areStandard(text, from: nameLength + 1) { return nil }
    var copy = Bytes()
    copy.append(bytesOf: text)
    let place: AddressRewriter.Places =
      header.addresses == .senders ? .headerSender : .headerRecipient
    do {
      return try addresses.mappedHeader(
        copy, nameLength: nameLength, mapsNothing ? nil : place,
        context == .local ? .local : .remote, mappingLog)
    } catch {
      fail(error)
      return nil
    }
  }

  /// Writes a header, one record per line, long lines in parts.
  func writeHeader(_ text: Span<UInt8>) {
    guard text.has(0x0A) else { return writeLine(text, isComplete: true) }
    var start = 0
    for index in text.indices where text[index] == 0x0A {
      writeLine(text.extracting(start..<index), isComplete: true)
      start = index + 1
    }
    writeLine(text.extracting(start..<text.count), isComplete: true)
  }

  private func writeLine(_ text: Span<UInt8>, isComplete: Bool) {
    var rest = text
    while rest.count > settings.lineLengthLimit {
      buffer.append(.partOrFilter, rest.extracting(0..<settings.lineLengthLimit))
      rest = rest.extracting(settings.lineLengthLimit..<rest.count)
    }
    buffer.append(isComplete ? .line : .partOrFilter, rest)
  }

  func endOfHeaders() {
    guard status.isOK else { return }
    let seconds = head.arrival / 1_000_000
    let prefix = isResent ? "Resent-" : ""
    let adds = headerContext != nil || settings.alwaysAddsHeaders
    let idBit = isResent ? KnownHeader.resentMessageID.bit : KnownHeader.messageID.bit
    if adds && headersSeen & idBit == 0 {
      var id: Bytes = [0x3C]
      id.append(contentsOf: MailDate.digits(seconds))
      id.append(0x2E)
      id.append(contentsOf: queueID)
      id.append(0x40)
      id.append(contentsOf: settings.hostName)
      id.append(0x3E)
      writeHeader((Bytes("\(prefix)Message-Id: ") + id).span)
      logMessageID(isResent ? "resent-message-id=" : "message-id=", id)
      if !isResent { headersSeen |= idBit }
    }
    if headersSeen & KnownHeader.messageID.bit == 0 {
      logMessageID("message-id=", Bytes("<>"))
    }
    guard adds else { return }
    if headersSeen & (isResent ? KnownHeader.resentDate.bit : KnownHeader.date.bit) == 0 {
      writeHeader((Bytes("\(prefix)Date: ") + MailDate.header(seconds)).span)
    }
    if headersSeen & (isResent ? KnownHeader.resentFrom.bit : KnownHeader.from.bit) == 0 {
      let from = sender.isEmpty ? Bytes("MAILER-DAEMON") : MailAddress.external(sender)
      writeHeader((Bytes("\(prefix)From: ") + from).span)
    }
    if headersSeen & KnownHeader.visibleRecipients == 0 && !settings.undisclosedHeader.isEmpty {
      let header = settings.undisclosedHeader
      writeHeader(header.span)
    }
  }

  // MARK: Body

  func body(_ text: Span<UInt8>, isComplete: Bool, offset: Int) {
    guard status.isOK else { return }
    if checksContent && text.count > 0 && !writer.checks.body.tables.isEmpty
      && (settings.bodyChecksLimit == 0 || offset < settings.bodyChecksLimit)
    {
      var replaced = Bytes()
      switch check(text, writer.checks.body, isHeader: false, replacement: &replaced) {
      case .drop: return
      case .keep: break
      case .replace: return writeLine(replaced.span, isComplete: isComplete)
      }
      guard status.isOK else { return }
    }
    buffer.append(isComplete ? .line : .partOrFilter, text)
  }

  func mimeError(_ error: MIMEError, _ detail: Span<UInt8>) {
    guard status.isOK else { return }
    var line = queueID
    line.append(contentsOf: ": reject: mime-error \(error.text): ".utf8)
    LogText.append(detail.count > 100 ? detail.extracting(0..<100) : detail, to: &line)
    line.append(contentsOf: " from ".utf8)
    line.append(contentsOf: origin)
    appendEnvelope(to: &line)
    log(line)
    if mimeFailure == nil { mimeFailure = .content(Bytes("5.6.0 \(error.text)")) }
  }
}
