import RestrictionDSL

/// A reply that cannot go out at once.
struct OutgoingReply {
  /// All lines, joined with CR LF; empty where only the pause counts.
  var text: Bytes
  /// Identifies the pause.
  var pauseSerial = 0
  /// - Unit: milliseconds; 0 when it is over
  var pause = 0
  /// smtpd_reject_footer_maps has not been asked.
  var needsFooter = false
  /// Every line is kept waiting, and leaves alone.
  var isEachLineSlow = false
  var book = AnswerBook()
}

extension OutgoingReply {
  /// Keeps the first line.
  ///
  /// - Returns: the lines behind it
  fileprivate mutating func takeLaterLines() -> Bytes {
    guard let end = text.firstIndex(of: 0x0A) else { return [] }
    let rest = Bytes(text[(end + 1)...])
    text.removeSubrange((end - 1)...)
    return rest
  }
}

/// From a decision to the bytes on the wire.
///
/// - Source: facts smtp-session.md §2
extension Session {
  /// Sends a fixed reply.
  func send(_ reply: SessionReply, _ io: inout SessionIO) {
    if let kind = reply.errorClass { errorMask.insert(kind) }
    send(reply.line, &io)
  }

  /// Sends a reply: footer, pause after errors, soft_bounce, transcript, end of the session.
  ///
  /// - Parameters:
  ///   - text: all lines, joined with CR LF, without the last line end.
  ///   - isShared: the same bytes go to many clients.
  ///   - isEachLineSlow: a pause after errors is made before every line.
  func send(
    _ text: Bytes, isShared: Bool = false, isEachLineSlow: Bool = false, _ io: inout SessionIO
  ) {
    let settings = service.settings
    let pause = budget.errors >= settings.softErrorLimit ? settings.errorSleep : 0
    let isReject = text.first == 0x34 || text.first == 0x35
    let hasFooter =
      isReject && !(settings.rejectFooter.isEmpty && service.lists.rejectFooters.isEmpty)
    guard pause > 0 || hasFooter else { return emit(text, isShared: isShared, &io) }
    var reply = OutgoingReply(text: text, pause: pause, needsFooter: hasFooter)
    reply.isEachLineSlow = isEachLineSlow
    if pause > 0 { reply.pauseSerial = service.nextSequence() }
    if hasFooter {
      // Names are expanded now, as long as they mean what they meant for the decision.
      do { try addFooter(&reply) } catch { reply.needsFooter = true }
    }
    if reply.pause > 0 || reply.needsFooter {
      outgoing = reply
    } else {
      emit(reply.text, &io)
    }
  }

  /// Sends the reply that had to wait.
  func deliver(_ io: inout SessionIO) throws(Suspension) {
    guard var reply = outgoing else { return }
    if reply.pause > 0 {
      throw .ask(.pause(milliseconds: reply.pause, serial: reply.pauseSerial))
    }
    if reply.needsFooter { try addFooter(&reply) }
    outgoing = nil
    let rest = reply.isEachLineSlow ? reply.takeLaterLines() : []
    if !reply.text.isEmpty { emit(reply.text, &io) }
    guard reply.pauseSerial != 0 else { return }
    io.isUrgent = true
    guard !rest.isEmpty else { return }
    outgoing = OutgoingReply(
      text: rest, pauseSerial: service.nextSequence(), pause: service.settings.errorSleep,
      isEachLineSlow: true)
  }

  /// Puts the bytes into the output.
  private func emit(_ text: Bytes, isShared: Bool = false, _ io: inout SessionIO) {
    var text = text
    if service.settings.softBounce && text.first == 0x35 { text = SoftBounce.applied(to: text) }
    if !service.settings.notifyClasses.isEmpty { transcript.sent(text, isShared: isShared) }
    if flags.contains(.isVerbose) { logDialogue(text) }
    io.output.append(text)
    io.output.append("\r\n")
    if text.count >= 3, text[1] == 0x32, text[2] == 0x31, text[0] == 0x34 || text[0] == 0x35 {
      flags.insert(.hangsUp)
    }
  }

  /// Logs the lines of a reply.
  ///
  /// - Source: postconf(5) debug_peer_list; the form was observed with Postfix 3.7.11
  private func logDialogue(_ reply: Bytes) {
    for line in reply.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let line = line.last == 0x0D ? line.dropLast() : line
      log(SessionLogLines.dialogue("> ", clientName, line))
    }
  }

  // MARK: Footer

  /// - Source: postconf(5) smtpd_reject_footer, smtpd_reject_footer_maps
  private func addFooter(_ reply: inout OutgoingReply) throws(Suspension) {
    var template = service.settings.rejectFooter
    if !service.lists.rejectFooters.isEmpty {
      let key = reply.text
      do {
        let found = try service.lists.rejectFooters.value(
          for: key.span, isPartial: false, book: &reply.book)
        if let found { template = found }
      } catch {
        guard case .failed(let failure) = error else {
          reply.book.log.removeAll()
          throw error
        }
        failure.messages.forEach { log($0) }
      }
      reply.book.log.forEach { log($0) }
    }
    reply.needsFooter = false
    guard !template.isEmpty else { return }
    let macros = ReplyMacros(
      facts, serverName: service.settings.hostName, localTime: service.executor.context.localTime)
    let filter = service.settings.footerFilter
    reply.text = RejectFooter.added(template, to: reply.text) { line in
      let expanded = MacroExpander.expand(line, filter: filter) { macros.value(of: $0) }
      expanded.warnings.forEach { log($0) }
      return expanded.mistakes.isEmpty ? expanded.text : nil
    }
  }
}

/// soft_bounce on the wire.
enum SoftBounce {
  /// 5xx as 4xx, in code and enhanced code of every line.
  static func applied(to text: Bytes) -> Bytes {
    var text = text
    var start = 0
    while start < text.count {
      if text[start] == 0x35 { text[start] = 0x34 }
      if start + 6 < text.count, text[start + 4] == 0x35, text[start + 5] == 0x2E {
        text[start + 4] = 0x34
      }
      guard let end = ByteScan.firstIndex(of: 0x0A, in: text, range: start..<text.count) else {
        break
      }
      start = end + 1
    }
    return text
  }
}

/// smtpd_reject_footer on a reply.
///
/// - Source: facts smtp-session.md §2, restrictions.md §4
enum RejectFooter {
  /// Adds a template to a reply.
  ///
  /// - Parameter expand: one line of the template, before which a value cannot begin another one;
  ///   `nil` where it cannot be parsed: the reply stays as it is
  static func added(_ footer: Bytes, to reply: Bytes, expand: (Bytes) -> Bytes?) -> Bytes {
    var lines = splitLines(reply)
    guard let last = lines.last, last.count >= 3 else { return reply }
    let prefix = last[last.startIndex..<last.startIndex + 3]
    let status = enhancedCode(of: last)
    var parts = templateLines(footer)
    if parts.first?.starts(with: Bytes("\\c")) == true {
      guard let text = expand(Bytes(parts.removeFirst().dropFirst(2))) else { return reply }
      lines[lines.count - 1] = last + text
    }
    for part in parts {
      guard let text = expand(part) else { return reply }
      lines.append(Bytes(prefix) + Bytes(" ") + status + text)
    }
    var text = Bytes()
    for (index, line) in lines.enumerated() {
      if index > 0 { text.append(contentsOf: [0x0D, 0x0A]) }
      var line = line
      if line.count > 3 { line[3] = index == lines.count - 1 ? 0x20 : 0x2D }
      text.append(contentsOf: line)
    }
    return text
  }

  /// The template's lines are separated by a backslash and `n`.
  private static func templateLines(_ text: Bytes) -> [Bytes] {
    var lines: [Bytes] = [[]]
    var index = 0
    while index < text.count {
      if text[index] == 0x5C, index + 1 < text.count, text[index + 1] == 0x6E {
        lines.append([])
        index += 2
      } else {
        lines[lines.count - 1].append(text[index])
        index += 1
      }
    }
    return lines
  }

  private static func splitLines(_ text: Bytes) -> [Bytes] {
    text.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      line.last == 0x0D ? Bytes(line.dropLast()) : Bytes(line)
    }
  }

  /// `d.d.d ` with its blank, or empty.
  private static func enhancedCode(of line: Bytes) -> Bytes {
    let rest = line.dropFirst(4)
    let code = rest.prefix { $0.isASCIIDigit || $0 == 0x2E }
    let parts = code.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ (1...3).contains($0.count) }), parts[0].count == 1,
      rest.dropFirst(code.count).first == 0x20
    else { return [] }
    return Bytes(code) + Bytes(" ")
  }
}
