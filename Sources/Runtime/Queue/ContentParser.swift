import RestrictionDSL

/// Receives what the parser finds.
protocol ContentSink: AnyObject {
  /// One complete header; its lines are separated by LF.
  func header(_ headerClass: HeaderClass, _ text: Span<UInt8>, nameLength: Int)
  /// The last header of the message itself was given.
  func endOfHeaders()
  /// A line, or part of a line, of a body.
  ///
  /// - Parameter offset: in the present segment of the body
  func body(_ text: Span<UInt8>, isComplete: Bool, offset: Int)
  func mimeError(_ error: MIMEError, _ detail: Span<UInt8>)
}

/// Splits the content of a message into headers and body, and follows its MIME structure.
///
/// - Complexity: one buffer for the present header; one array for each level of multipart.
struct ContentParser: ~Copyable {
  struct Rules: Sendable {
    var followsMIME = true
    var reportsEightBitHeaders = false
    var reportsEightBitBody = false
    var reportsEncodingDomain = false
    var reportsNesting = false
    var headerLimit = 102_400
    var nestingLimit = 100
    var boundaryLimit = 2048
  }

  private enum Section { case primary, multipart, nested, body }
  private enum Kind { case other, multipart, message, fragment }
  private enum Domain { case sevenBit, eightBit }
  private struct Level {
    let boundary: Bytes
    let isDigest: Bool
  }

  private let rules: Rules
  private var section = Section.primary
  /// The present header; empty between headers.
  private var header = ByteBuffer(capacity: 512)
  private var nameLength = 0
  private var kind = Kind.other
  private var domain = Domain.sevenBit
  /// base64 and quoted-printable: not allowed around parts.
  private var isEncoded = false
  private var encoding: Bytes = []
  private var levels: [Level] = []
  private var previousIsPart = false
  private var offset = 0
  private var reported: UInt8 = 0

  init(rules: Rules) { self.rules = rules }

  /// Forgets everything: the next message begins.
  mutating func reset() {
    section = .primary
    if header.isLarger(than: 16_384) { header = ByteBuffer(capacity: 512) }
    header.clear()
    kind = .other
    domain = .sevenBit
    isEncoded = false
    if !encoding.isEmpty { encoding = [] }
    if !levels.isEmpty { levels = [] }
    previousIsPart = false
    offset = 0
    reported = 0
  }

  /// Nothing but body follows: no part may begin, and nothing is reported.
  var isInPlainBody: Bool { section == .body && levels.isEmpty && !rules.reportsEightBitBody }

  /// A header of the message itself may begin.
  var isBetweenHeaders: Bool { section == .primary && header.isEmpty && !previousIsPart }

  /// Goes on with a header whose first lines did not come this way.
  mutating func resume(header text: Span<UInt8>, nameLength length: Int) {
    header.append(text)
    nameLength = length
  }

  /// Takes one record of content.
  mutating func line<Sink: ContentSink>(
    _ text: Span<UInt8>, isComplete: Bool, to sink: Sink
  ) {
    if section != .body, headerLine(text, isComplete: isComplete, to: sink) {
      previousIsPart = !isComplete
      return
    }
    bodyLine(text, isComplete: isComplete, to: sink)
    previousIsPart = !isComplete
  }

  /// The content is complete.
  mutating func end<Sink: ContentSink>(to sink: Sink) {
    guard section != .body else { return }
    if !header.isEmpty { finishHeader(to: sink) }
    if section == .primary { sink.endOfHeaders() }
    reportBadDomain(to: sink)
    section = .body
  }

  // MARK: Headers

  /// - Returns: whether the line was consumed as part of a header block
  private mutating func headerLine<Sink: ContentSink>(
    _ text: Span<UInt8>, isComplete: Bool, to sink: Sink
  ) -> Bool {
    if !header.isEmpty {
      if previousIsPart || text.isFolded {
        if header.count < rules.headerLimit {
          if !previousIsPart { header.append(0x0A) }
          extend(text)
        }
        return true
      }
      finishHeader(to: sink)
    }
    var colon = 0
    if let length = HeaderLine.nameLength(text, colon: &colon) {
      nameLength = length
      if colon > length { extend(text.extracting(0..<length)) }
      extend(colon > length ? text.extracting(colon..<text.count) : text)
      return true
    }
    if text.count == 0 {
      endHeaderBlock(to: sink)
      emit(text, isComplete: isComplete, to: sink)
      return true
    }
    // No header, no empty line: the message itself gets the empty line, parts are left as they are.
    if section == .primary {
      sink.endOfHeaders()
      emit(text.extracting(0..<0), isComplete: true, to: sink)
    }
    reportBadDomain(to: sink)
    section = .body
    return false
  }

  /// Appends up to the limit, and up to a NUL: headers are C strings in the mail system.
  private mutating func extend(_ text: Span<UInt8>) {
    let room = rules.headerLimit - header.count
    guard room > 0 else { return }
    let part = text.count > room ? text.extracting(0..<room) : text
    let end = part.firstIndex(of: 0, from: 0) ?? part.count
    header.append(part.extracting(0..<end))
  }

  private mutating func finishHeader<Sink: ContentSink>(to sink: Sink) {
    // A name that header_size_limit has cut is not known to anybody.
    let length = nameLength < header.count ? nameLength : 0
    if rules.followsMIME && length > 0 && header[0] | 0x20 == 0x63 { inspectHeader(to: sink) }
    if rules.reportsEightBitHeaders { reportEightBitHeader(to: sink) }
    let headerClass: HeaderClass =
      switch section {
      case .multipart: .multipart
      case .nested: .nested
      case .primary, .body: .primary
      }
    header.withSpan { sink.header(headerClass, $0, nameLength: length) }
    header.clear()
  }

  private mutating func reportEightBitHeader<Sink: ContentSink>(to sink: Sink) {
    guard header.withSpan({ $0.hasHighBit }), isFirst(.eightBitHeader) else { return }
    header.withSpan { sink.mimeError(.eightBitHeader, $0) }
  }

  private mutating func inspectHeader<Sink: ContentSink>(to sink: Sink) {
    let text = header.bytes
    let name = text[..<nameLength]
    if name.equalsIgnoringCase("content-type".utf8) {
      let type = ContentType(text, from: nameLength + 1)
      kind = .other
      if type.isMessage { kind = .message }
      if type.isFragment { kind = .fragment }
      guard type.isMultipart else { return }
      kind = .multipart
      guard let boundary = type.boundary else { return }
      // The outermost level is not counted: seen with limits of 2 and 3.
      if levels.count - 1 > rules.nestingLimit {
        if rules.reportsNesting && isFirst(.nesting) { sink.mimeError(.nesting, text.span) }
      } else {
        levels.append(
          Level(boundary: Bytes(boundary.prefix(rules.boundaryLimit)), isDigest: type.isDigest))
      }
    } else if name.equalsIgnoringCase("content-transfer-encoding".utf8) {
      encoding = ContentType.token(text, from: nameLength + 1).asciiLowercased
      switch encoding.text {
      case "8bit", "binary": (domain, isEncoded) = (.eightBit, false)
      case "7bit": (domain, isEncoded) = (.sevenBit, false)
      case "base64", "quoted-printable": (domain, isEncoded) = (.sevenBit, true)
      // Another word says nothing about what follows.
      default: break
      }
    }
  }

  private mutating func endHeaderBlock<Sink: ContentSink>(to sink: Sink) {
    if section == .primary { sink.endOfHeaders() }
    guard rules.followsMIME else {
      section = .body
      return
    }
    reportBadDomain(to: sink)
    switch kind {
    case .message:
      section = .nested
      resetEntity(isDigest: false)
    case .multipart:
      section = .body
      // What stands before the first part is not what the header describes: seen.
      (domain, isEncoded) = (.sevenBit, false)
    case .fragment, .other:
      section = .body
    }
  }

  private mutating func reportBadDomain<Sink: ContentSink>(to sink: Sink) {
    if rules.reportsEncodingDomain && isBadDomain && isFirst(.encodingDomain) {
      sink.mimeError(.encodingDomain, encoding.span)
    }
  }

  /// Around parts only 7bit, 8bit and binary are allowed; a fragment of a message must be 7-bit.
  private var isBadDomain: Bool {
    switch kind {
    case .message, .multipart: isEncoded
    case .fragment: domain != .sevenBit
    case .other: false
    }
  }

  private mutating func resetEntity(isDigest: Bool) {
    kind = isDigest ? .message : .other
    domain = .sevenBit
    isEncoded = false
    encoding = []
  }

  // MARK: Body

  private mutating func bodyLine<Sink: ContentSink>(
    _ text: Span<UInt8>, isComplete: Bool, to sink: Sink
  ) {
    if !levels.isEmpty && !previousIsPart && text.count > 2 && text[0] == 0x2D && text[1] == 0x2D,
      let level = level(of: text)
    {
      let match = levels[level]
      let end = 2 + match.boundary.count
      if text.count >= end + 2 && text[end] == 0x2D && text[end + 1] == 0x2D {
        levels.removeSubrange(level...)
        resetEntity(isDigest: false)
        section = .body
        offset = 0
        emit(text, isComplete: isComplete, to: sink)
      } else {
        levels.removeSubrange((level + 1)...)
        emit(text, isComplete: isComplete, to: sink)
        resetEntity(isDigest: match.isDigest)
        section = .multipart
        offset = 0
      }
      return
    }
    if rules.reportsEightBitBody && domain == .sevenBit && !isEncoded {
      for index in text.indices where text[index] > 127 {
        if isFirst(.eightBitBody) { sink.mimeError(.eightBitBody, text) }
        break
      }
    }
    emit(text, isComplete: isComplete, to: sink)
  }

  /// The innermost level whose boundary the line begins with.
  private func level(of text: Span<UInt8>) -> Int? {
    for index in levels.indices.reversed() {
      let boundary = levels[index].boundary
      guard text.count >= boundary.count + 2 else { continue }
      var position = 0
      while position < boundary.count, boundary[position] == text[position + 2] { position += 1 }
      if position == boundary.count { return index }
    }
    return nil
  }

  private mutating func emit<Sink: ContentSink>(
    _ text: Span<UInt8>, isComplete: Bool, to sink: Sink
  ) {
    sink.body(text, isComplete: isComplete, offset: offset)
    // The line end counts: seen with body_checks_size_limit 6 and 11 over lines of five.
    offset += text.count + 1
  }

  /// Each kind of error is reported once.
  private mutating func isFirst(_ error: MIMEError) -> Bool {
    let bit = UInt8(1) << error.rawValue
    defer { reported |= bit }
    return reported & bit == 0
  }
}
