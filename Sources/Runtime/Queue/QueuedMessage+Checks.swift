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
      kept.status.fail(.writeError)
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
      kept.status.fail(detail.first == 0x34 ? .deferred(detail) : .content(detail))
      return .drop
    case .warn(let detail): note("warning", detail)
    case .info(let detail): note("info", detail)
    case .pass(let detail):
      note("pass", detail)
      state.checksContent = false
    case .hold(let detail):
      guard !state.isHeld else { return .keep }
      note("hold", detail)
      state.isHeld = true
    case .discard(let detail):
      note("discard", detail)
      kept.status.discard()
      return .drop
    case .filter(let target):
      note("filter", target)
      kept.filter = target
    case .redirect(let target):
      note("redirect", target)
      kept.redirect = target
      // Seen: what goes somewhere else as a whole is not looked at any further.
      state.checksContent = false
    case .bcc(let address):
      note("bcc", address)
      if !kept.blindCopies.contains(address) { kept.blindCopies.append(address) }
    case .prepend(let line):
      note("prepend", line)
      writeHeader(line.span)
    case .replace(let line):
      note("replace", line)
      replacement = line
      return .replace
    case .bad(let problem):
      parts.line.clear()
      parts.line.append("warning: ")
      LogText.append(Bytes(problem).span, to: &parts.line)
      logPartsLine()
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
    parts.line.clear()
    parts.line.append(queueID)
    parts.line.append(": ")
    parts.line.append(verb)
    parts.line.append(": ")
    parts.line.append(context)
    parts.line.append(" ")
    LogText.append(text.count > 200 ? text.extracting(0..<200) : text, to: &parts.line)
    parts.line.append(" from ")
    LogText.append(origin.span, to: &parts.line)
    appendEnvelope(to: &parts.line)
    appendClient("protocol_name", " proto=", "", to: &parts.line)
    appendClient("helo_name", " helo=<", ">", to: &parts.line)
    if !detail.isEmpty {
      parts.line.append(": ")
      LogText.append(detail.span, to: &parts.line)
    }
    logPartsLine()
  }

  /// Logs what was put together in `parts.line`.
  func logPartsLine() { parts.line.withSpan { parts.log.write($0) } }

  /// The client as logs show it, `name[address]`.
  var origin: Bytes {
    kept.source?.value(of: "log_message_origin") ?? Bytes("unknown")
  }

  func appendEnvelope(to line: inout ByteBuffer) {
    func quoted(_ address: Bytes) -> Bytes {
      settings.quotesLoggedAddresses && !address.isEmpty ? MailAddress.external(address) : address
    }
    line.append("; from=<")
    LogText.append(quoted(kept.sender).span, to: &line)
    line.append("> to=<")
    LogText.append(quoted(kept.lastRecipient).span, to: &line)
    line.append(0x3E)
  }

  private func appendClient(
    _ name: String, _ before: StaticString, _ after: StaticString, to line: inout ByteBuffer
  ) {
    // What XFORWARD said wins over the real connection.
    guard let source = kept.source,
      let value = source.value(of: "log_\(name)") ?? source.value(of: name)
    else { return }
    line.append(before)
    LogText.append(value.span, to: &line)
    line.append(after)
  }
}
