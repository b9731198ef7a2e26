import LookupTables
import RestrictionDSL

/// Headers and body: checks, mapping of header addresses, missing headers.
extension QueuedMessage: ContentSink {
  func write(_ line: Span<UInt8>, isComplete: Bool) {
    guard kept.status.isOK else { return }
    let isPlain = line.isPlain
    if state.isCopying && (isPlain || !settings.replacesStrayCR || !line.has(0x0D)) {
      records.append(isComplete ? .line : .partOrFilter, line)
      return appended()
    }
    if settings.changesCharacters
      || (!isPlain && settings.replacesStrayCR && (line.has(0x0D) || line.has(0x0A)))
    {
      var copy = Bytes(copying: line)
      guard clean(&copy) else { return }
      take(copy.span, isComplete: isComplete, isPlain: false)
    } else {
      take(line, isComplete: isComplete, isPlain: isPlain)
    }
  }

  private func take(_ line: Span<UInt8>, isComplete: Bool, isPlain: Bool) {
    if state.passesHeaders && isComplete && pass(line, isPlain: isPlain) { return }
    parse(line, isComplete: isComplete)
  }

  /// Hands a line to the parser.
  private func parse(_ line: Span<UInt8>, isComplete: Bool) {
    if state.passesHeaders {
      if state.passed.isOpen && line.isFolded { takeHeaderBack() } else { settleHeader() }
    }
    parser.line(line, isComplete: isComplete, to: self)
    state.passesHeaders = passesHeaders && parser.isBetweenHeaders
    state.isCopying = copiesBody && parser.isInPlainBody
    appended()
  }

  func copyLines(of text: Span<UInt8>, limit: Int, escapesDots: Bool) -> Int {
    var taken = 0
    while taken < text.count, kept.status.isOK {
      let rest = text.extracting(taken..<text.count)
      if state.isCopying {
        taken += records.append(linesOf: rest, limit: limit, escapesDots: escapesDots)
        appended()
        break
      }
      // A dot, and what is not printable, is looked at by others.
      guard !settings.changesCharacters, !(escapesDots && rest[0] == 0x2E),
        let length = rest.plainLine(limit: limit)
      else { break }
      let line = rest.extracting(0..<length)
      if !(state.passesHeaders && pass(line, isPlain: true)) { parse(line, isComplete: true) }
      taken += length + 2
    }
    return taken
  }

  /// - Returns: whether the line may stay
  private func clean(_ line: inout Bytes) -> Bool {
    if settings.replacesStrayCR {
      for index in line.indices where line[index] == 0x0D || line[index] == 0x0A {
        line[index] = 0x20
      }
    }
    // Seen: REDIRECT ends these as it ends the checks.
    guard state.checksContent else { return true }
    if let rejected = settings.rejectedCharacters, line.contains(where: { rejected[Int($0)] }) {
      let detail = Bytes("5.7.1 disallowed character")
      logFinding("reject", "content", Bytes(line.prefix { $0 != 0 }).span, detail)
      kept.status.fail(.content(detail))
      return false
    }
    // Seen: what is refused is refused also where it would be stripped.
    if let stripped = settings.strippedCharacters { line.removeAll { stripped[Int($0)] } }
    return true
  }

  // MARK: Headers

  func header(_ headerClass: HeaderClass, _ text: Span<UInt8>, nameLength: Int) {
    guard kept.status.isOK else { return }
    var header = parts.knownHeaders.find(text, length: nameLength)
    if state.checksContent && parts.checks.looksAtHeaders {
      let maps = parts.checks.maps(headerClass, isMIME: header?.isMIME ?? false)
      if !maps.tables.isEmpty {
        var replaced = Bytes()
        switch check(text, maps, isHeader: true, replacement: &replaced) {
        case .drop: return
        case .keep: break
        case .replace:
          var colon = 0
          let length = HeaderLine.nameLength(replaced.span, colon: &colon) ?? 0
          header = parts.knownHeaders.find(replaced.span, length: length)
          return accept(headerClass, replaced.span, nameLength: length, header)
        }
        guard kept.status.isOK else { return }
      }
    }
    accept(headerClass, text, nameLength: nameLength, header)
  }

  /// A header that passed the checks.
  private func accept(
    _ headerClass: HeaderClass, _ text: Span<UInt8>, nameLength: Int, _ header: KnownHeader?
  ) {
    noteHighBits(text)
    if header == .contentTransferEncoding { noteEncoding(text, nameLength: nameLength) }
    guard headerClass == .primary, header?.isMIME != true else { return writeHeader(text) }
    let isDropped = parts.drops(text, length: nameLength)
    guard let header else {
      if !isDropped { writeHeader(text) }
      return
    }
    // A header that was taken back was noted when it came.
    let isNoted = state.hasNoted
    state.hasNoted = false
    guard isNoted || note(header, parts.knownHeaders[header]) else { return }
    if header.isMessageID { logMessageID(header, text, nameLength: nameLength) }
    if isDropped { return }
    write(header, text, nameLength: nameLength)
  }

  /// Writes a header, its addresses mapped.
  func write(_ header: KnownHeader, _ text: Span<UInt8>, nameLength: Int) {
    if header.addresses != .none, let context = state.headerContext,
      let mapped = mappedHeader(text, nameLength: nameLength, header, context)
    {
      writeHeader(mapped.span)
    } else {
      writeHeader(text)
    }
  }

  private func noteEncoding(_ text: Span<UInt8>, nameLength: Int) {
    // Seen: nothing may follow the word.
    let value = Bytes(copying: text)[(nameLength + 1)...].drop(while: \.isASCIISpace).map(
      \.asciiLowercased)
    if value.elementsEqual("8bit".utf8) || value.elementsEqual("binary".utf8) {
      kept.encoding = Bytes("8bit")
    }
  }

  private func mappedHeader(
    _ text: Span<UInt8>, nameLength: Int, _ header: KnownHeader,
    _ context: AddressForms.Clients
  ) -> Bytes? {
    let addresses = parts.addresses
    if mapsNothing && HeaderAddresses.areStandard(text, from: nameLength + 1) { return nil }
    let copy = Bytes(copying: text)
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
    var start = 0
    while let end = text.firstIndex(of: 0x0A, from: start) {
      writeLine(text.extracting(start..<end), isComplete: true)
      start = end + 1
    }
    writeLine(text.extracting(start..<text.count), isComplete: true)
  }

  private func writeLine(_ text: Span<UInt8>, isComplete: Bool) {
    var rest = text
    while rest.count > settings.lineLengthLimit {
      records.append(.partOrFilter, rest.extracting(0..<settings.lineLengthLimit))
      rest = rest.extracting(settings.lineLengthLimit..<rest.count)
    }
    records.append(isComplete ? .line : .partOrFilter, rest)
  }

  func endOfHeaders() {
    guard kept.status.isOK else { return }
    let seen = state.headersSeen
    let isResent = state.isResent
    let adds = state.headerContext != nil || settings.alwaysAddsHeaders
    let idBit = isResent ? KnownHeader.resentMessageID.bit : KnownHeader.messageID.bit
    if adds && seen & idBit == 0 { addMessageID(isResent) }
    if seen & KnownHeader.messageID.bit == 0 && !(adds && !isResent) {
      logMessageID(": message-id=", Bytes("<>").span, from: 0)
    }
    guard adds else { return }
    if seen & (isResent ? KnownHeader.resentDate.bit : KnownHeader.date.bit) == 0 {
      add(isResent ? "Resent-Date: " : "Date: ", parts.dates.header(state.arrival / 1_000_000))
    }
    if seen & (isResent ? KnownHeader.resentFrom.bit : KnownHeader.from.bit) == 0 {
      add(
        isResent ? "Resent-From: " : "From: ",
        kept.sender.isEmpty ? Bytes("MAILER-DAEMON") : MailAddress.external(kept.sender))
    }
    if seen & KnownHeader.visibleRecipients == 0 && !settings.undisclosedHeader.isEmpty {
      let header = settings.undisclosedHeader
      writeHeader(header.span)
    }
  }

  /// Makes up a message id and logs it.
  private func addMessageID(_ isResent: Bool) {
    var id: Bytes = [0x3C]
    id.append(contentsOf: MailDate.digits(state.arrival / 1_000_000))
    id.append(0x2E)
    id.append(contentsOf: queueID)
    id.append(0x40)
    id.append(contentsOf: settings.hostName)
    id.append(0x3E)
    add(isResent ? "Resent-Message-Id: " : "Message-Id: ", id)
    logMessageID(isResent ? ": resent-message-id=" : ": message-id=", id.span, from: 0)
  }

  private func add(_ name: String, _ value: Bytes) {
    let header = Bytes(name) + value
    writeHeader(header.span)
  }

  // MARK: Body

  func body(_ text: Span<UInt8>, isComplete: Bool, offset: Int) {
    guard kept.status.isOK else { return }
    if state.checksContent && text.count > 0 && !parts.checks.body.tables.isEmpty
      && (settings.bodyChecksLimit == 0 || offset < settings.bodyChecksLimit)
    {
      var replaced = Bytes()
      switch check(text, parts.checks.body, isHeader: false, replacement: &replaced) {
      case .drop: return
      case .keep: break
      case .replace: return writeLine(replaced.span, isComplete: isComplete)
      }
      guard kept.status.isOK else { return }
    }
    records.append(isComplete ? .line : .partOrFilter, text)
  }

  func mimeError(_ error: MIMEError, _ detail: Span<UInt8>) {
    guard kept.status.isOK else { return }
    parts.line.clear()
    parts.line.append(queueID)
    parts.line.append(": reject: mime-error ")
    parts.line.append(error.text)
    parts.line.append(": ")
    LogText.append(detail.count > 100 ? detail.extracting(0..<100) : detail, to: &parts.line)
    parts.line.append(" from ")
    parts.line.append(origin)
    appendEnvelope(to: &parts.line)
    logPartsLine()
    if error.rawValue < state.mimeError?.rawValue ?? .max { state.mimeError = error }
  }
}
