import LookupTables
import RestrictionDSL

/// Executing content checks.
extension QueuedMessage {
  enum CheckOutcome { case keep, drop, replace }

  /// Looks a header or body line up and does what the table says.
  func check(
    _ text: Span<UInt8>, _ maps: ContentChecks.Maps, isHeader: Bool, replacement: inout Bytes
  ) -> CheckOutcome {
    var value: Bytes?
    do {
      for table in maps.tables {
        value = try table.value(for: text)
        if value != nil { break }
      }
    } catch {
      for line in error.messages { log(line) }
      log(
        "warning: \(queueID.text): \(maps.parameter) map lookup problem"
          + " -- message not accepted, try again later")
      status.fail(.writeError)
      return .drop
    }
    guard let value else { return .keep }
    return execute(
      CheckAction(value, parameter: maps.parameter, isHeader: isHeader), text, isHeader: isHeader,
      replacement: &replacement)
  }

  private func execute(
    _ action: CheckAction, _ text: Span<UInt8>, isHeader: Bool, replacement: inout Bytes
  ) -> CheckOutcome {
    func note(_ verb: StaticString, _ detail: Bytes) {
      logFinding(verb, isHeader ? "header" : "body", text, detail)
    }
    switch action {
    case .none: return .keep
    case .ignore: return .drop
    case .strip(let detail):
      note("strip", detail)
      return .drop
    case .reject(let detail):
      note("reject", detail)
      status.fail(detail.first == 0x34 ? .deferred(detail) : .content(detail))
      return .drop
    case .warn(let detail): note("warning", detail)
    case .info(let detail): note("info", detail)
    case .pass(let detail):
      note("pass", detail)
      checksContent = false
    case .hold(let detail):
      guard !isHeld else { return .keep }
      note("hold", detail)
      isHeld = true
    case .discard(let detail):
      note("discard", detail)
      status.isDiscarded = true
      return .drop
    case .filter(let target):
      note("filter", target)
      filter = target
    case .redirect(let target):
      note("redirect", target)
      redirect = target
    case .bcc(let address):
      note("bcc", address)
      if !blindCopies.contains(address) { blindCopies.append(address) }
    case .prepend(let line):
      note("prepend", line)
      writeHeader(line.span)
    case .replace(let line):
      note("replace", line)
      replacement = line
      return .replace
    case .bad(let problem):
      var line = Bytes("warning: ")
      LogText.append(Bytes(problem).span, to: &line)
      log(line)
    }
    return .keep
  }

  /// Logs what a check did.
  ///
  /// `ID: VERB: CONTEXT TEXT from ORIGIN; from=<…> to=<…> proto=… helo=<…>: DETAIL`
  ///
  /// - Parameter text: the first 200 bytes are shown
  func logFinding(
    _ verb: StaticString, _ context: StaticString, _ text: Span<UInt8>, _ detail: Bytes
  ) {
    var line = queueID
    line.reserveCapacity(512)
    line.append(contentsOf: ": \(verb): \(context) ".utf8)
    LogText.append(text.count > 200 ? text.extracting(0..<200) : text, to: &line)
    line.append(contentsOf: " from ".utf8)
    LogText.append(origin.span, to: &line)
    appendEnvelope(to: &line)
    appendClient("protocol_name", " proto=", "", to: &line)
    appendClient("helo_name", " helo=<", ">", to: &line)
    if !detail.isEmpty {
      line.append(contentsOf: ": ".utf8)
      LogText.append(detail.span, to: &line)
    }
    log(line)
  }

  /// The client as logs show it, `name[address]`.
  var origin: Bytes {
    head.attributes.first { $0.name == "log_message_origin" }?.value ?? Bytes("unknown")
  }

  func appendEnvelope(to line: inout Bytes) {
    func quoted(_ address: Bytes) -> Bytes {
      settings.quotesLoggedAddresses && !address.isEmpty ? MailAddress.external(address) : address
    }
    line.append(contentsOf: "; from=<".utf8)
    LogText.append(quoted(sender).span, to: &line)
    line.append(contentsOf: "> to=<".utf8)
    LogText.append(quoted(lastRecipient).span, to: &line)
    line.append(0x3E)
  }

  private func appendClient(
    _ name: String, _ before: String, _ after: String, to line: inout Bytes
  ) {
    // What XFORWARD said wins over the real connection.
    let attribute =
      head.attributes.first { $0.name == "log_\(name)" }
      ?? head.attributes.first { $0.name == name }
    guard let attribute else { return }
    line.append(contentsOf: before.utf8)
    LogText.append(attribute.value.span, to: &line)
    line.append(contentsOf: after.utf8)
  }
}

/// Client text in log lines.
enum LogText {
  /// Appends text; what cannot be printed becomes `?`.
  ///
  /// UTF-8 stays where it is well formed.
  static func append(_ text: Span<UInt8>, to line: inout Bytes) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte.isASCIIPrintable {
        line.append(byte)
        index += 1
        continue
      }
      let length = sequenceLength(text, at: index)
      if length > 1 {
        for position in index..<(index + length) { line.append(text[position]) }
        index += length
      } else {
        line.append(0x3F)
        index += 1
      }
    }
  }

  /// Length of the well-formed UTF-8 sequence of two to four bytes at an index, else 1.
  private static func sequenceLength(_ text: Span<UInt8>, at index: Int) -> Int {
    let lead = text[index]
    let length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
    guard length > 1, lead < 0xF5, index + length <= text.count else { return 1 }
    for position in (index + 1)..<(index + length) where text[position] & 0xC0 != 0x80 { return 1 }
    return length
  }
}
