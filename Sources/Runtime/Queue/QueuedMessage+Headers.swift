import RestrictionDSL

/// Headers that go into the file line by line as they come, without being put together first.
///
/// Most headers stay what they are. One that turns out to need more than a look at its first line is
/// taken back out of the records, and goes the way of all others: through the parser.
extension QueuedMessage {
  /// The header that was written last.
  struct PassedHeader {
    /// Offset of its first record in the buffer; -1 where there is none.
    var start = -1
    /// Bytes of its lines and of the line ends between them.
    var length = 0
    var isFolded = false
    var nameLength = 0
    /// Its first line is nothing but printable ASCII.
    var isPlain = true
    /// It has to be looked at when it is complete.
    var needingLook: KnownHeader?
    /// It is known, and was noted.
    var isNoted = false

    var isOpen: Bool { start >= 0 }
  }

  /// Writes a line of a header of the message itself.
  ///
  /// - Parameter isPlain: see ``Span/isPlain``
  /// - Returns: whether it was written; else nothing was done but settling the header before
  func pass(_ line: Span<UInt8>, isPlain: Bool) -> Bool {
    guard line.count <= settings.lineLengthLimit, isPlain || !(line.has(0) || line.has(0x0A)) else {
      return false
    }
    if line.isFolded {
      guard state.passed.isOpen,
        state.passed.length + line.count + 1 < settings.parser.headerLimit
      else { return false }
      state.passed.length += line.count + 1
      state.passed.isFolded = true
    } else {
      guard line.count < settings.parser.headerLimit else { return false }
      let length = line.nameLength
      guard length > 0, length < line.count, line[length] == 0x3A else { return false }
      settleHeader()
      if parts.drops(line, length: length) { return false }
      let known = parts.knownHeaders.find(line, length: length)
      var needsLook = false
      if let known {
        let traits = parts.knownHeaders[known]
        if traits.contains(.isMIME) { return false }
        guard note(known, traits) else { return true }
        needsLook =
          traits.contains(.isMessageID)
          || traits.contains(.hasAddresses) && state.headerContext != nil
      }
      state.passed = PassedHeader(
        start: records.count, length: line.count, nameLength: length, isPlain: isPlain,
        needingLook: needsLook ? known : nil, isNoted: known != nil)
    }
    if !isPlain { noteHighBits(line) }
    records.append(.line, line)
    return true
  }

  func writeReceived(_ text: Span<UInt8>, isPlain: Bool) {
    guard isPlain, text.count <= shortReceived, state.passesHeaders, kept.status.isOK else {
      return writeLines(of: text)
    }
    settleHeader()
    guard note(.received, .isReceived) else { return }
    let start = records.count
    let taken = records.append(linesOf: text, limit: .max, escapesDots: false)
    // No folded line follows: the length need not be exact.
    state.passed = PassedHeader(
      start: start, length: text.count, isFolded: true, nameLength: 8, isNoted: true)
    assert(taken == text.count, "a line of our own without an end")
  }

  /// The header that was passed is complete: what its text tells is done.
  @inline(__always)
  func settleHeader() {
    guard state.passed.isOpen else { return }
    if let known = state.passed.needingLook { look(at: known) }
    state.passed.start = -1
    appended()
  }

  private func look(at header: KnownHeader) {
    let passed = state.passed
    if !passed.isFolded {
      let isDone = records.withData(ofRecordAt: passed.start) { text in
        if header.isMessageID {
          logMessageID(
            header.messageIDLabel, text, from: passed.nameLength + 1, isPlain: passed.isPlain)
          return true
        }
        return mapsNothing && HeaderAddresses.areStandard(text, from: passed.nameLength + 1)
      }
      if isDone { return }
    }
    let text = records.takeLines(from: passed.start)
    if header.isMessageID { logMessageID(header, text.span, nameLength: passed.nameLength) }
    write(header, text.span, nameLength: passed.nameLength)
  }

  /// The parser goes on with the header that was passed.
  func takeHeaderBack() {
    let passed = state.passed
    state.passed.start = -1
    let text = records.takeLines(from: passed.start)
    parser.resume(header: text.span, nameLength: passed.nameLength)
    state.hasNoted = passed.isNoted
  }

  // MARK: What headers tell

  func noteHighBits(_ text: Span<UInt8>) {
    if state.sizes.utf8 & 2 == 0 && text.hasHighBit {
      state.sizes.utf8 |= settings.detectsUTF8 ? 3 : 2
    }
  }

  /// Notes that the message has a header.
  ///
  /// - Returns: whether the message may go on
  @inline(__always)
  func note(_ header: KnownHeader, _ traits: KnownHeaders.Traits) -> Bool {
    state.headersSeen |= header.bit
    if traits.contains(.isResent) { state.isResent = true }
    return !traits.contains(.isReceived) || countHop()
  }

  private func countHop() -> Bool {
    state.hops += 1
    guard state.hops >= settings.hopLimit else { return true }
    kept.status.fail(.tooManyHops)
    log("warning: \(queueID.text): message rejected: hopcount exceeded")
    return false
  }

  /// Logs the id in a header, without the white space before it.
  func logMessageID(_ header: KnownHeader, _ text: Span<UInt8>, nameLength: Int) {
    logMessageID(header.messageIDLabel, text, from: nameLength + 1)
  }

  /// - Parameter isPlain: the text is known to be printable ASCII
  func logMessageID(
    _ label: StaticString, _ text: Span<UInt8>, from index: Int, isPlain: Bool = false
  ) {
    var start = min(index, text.count)
    while start < text.count, text[start].isASCIISpace { start += 1 }
    parts.line.clear()
    file.appendID(to: &parts.line)
    parts.line.append(label)
    let id = text.extracting(start..<text.count)
    if isPlain || id.isPrintable { return parts.line.withSpan { parts.log.write($0, id) } }
    LogText.append(id, to: &parts.line)
    logPartsLine()
  }

  /// No address of a header is mapped; some may have to be completed.
  var mapsNothing: Bool { parts.addresses.mapsNothing || !settings.mapsAddresses }
}

extension KnownHeader {
  fileprivate var messageIDLabel: StaticString {
    self == .messageID ? ": message-id=" : ": resent-message-id="
  }
}
