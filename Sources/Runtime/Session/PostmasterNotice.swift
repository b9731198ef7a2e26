import RestrictionDSL

/// The mail to the postmaster about a session with errors.
///
/// - Source: facts postfix-ipc.md §14; postconf(5) notify_classes
struct PostmasterNotice {
  var client: Bytes
  var transcript: [Bytes]
  /// `timeout`, `lost connection`, `too many errors`.
  var abortReason: String?
  var toBounceRecipient: Bool

  /// Writes the message.
  ///
  /// - Returns: what is left to do; `nil` where it could not be written, which was logged.
  func store(_ service: SessionService, wallClock: Int64) -> (any CommitJob)? {
    let settings = service.settings
    let head = MessageHead(
      arrival: wallClock,
      sender: settings.doubleBounceSender + Bytes("@") + settings.hostName, rewriteContext: nil,
      attributes: [("log_message_origin", Bytes("local")), ("trace_flags", Bytes("0"))])
    let message: any OpenMessage
    do { message = try service.cleanup.open(head) } catch {
      service.log.write("warning: postmaster notify: \(error)")
      return nil
    }
    let recipient =
      toBounceRecipient ? settings.bounceNoticeRecipient : settings.errorNoticeRecipient
    message.add(Recipient(address: recipient, originalRecipient: []))
    message.beginContent()
    let date = MailDate.header(wallClock / 1_000_000)
    for line in lines(settings, id: message.queueID, date: date) {
      message.write(line.span, isComplete: true)
    }
    return message.finish(MessageActions())
  }

  /// Header and body.
  func lines(_ settings: SessionSettings, id: Bytes, date: Bytes) -> [Bytes] {
    let daemon = Bytes("MAILER-DAEMON@") + settings.hostName
    let postmaster = PostmasterNotice.qualified(settings.errorNoticeRecipient, settings.origin)
    var lines = [
      Bytes("Received: by ") + settings.hostName + Bytes(" (") + settings.mailName + Bytes(")"),
      Bytes("\tid ") + id + Bytes("; ") + date,
      Bytes("Date: ") + date,
    ]
    if settings.obsoleteHeaderFrom {
      lines.append(Bytes("From: ") + daemon + Bytes(" (Mail Delivery System)"))
      lines.append(Bytes("To: ") + postmaster + Bytes(" (Postmaster)"))
    } else {
      lines.append(Bytes("From: Mail Delivery System <") + daemon + Bytes(">"))
      lines.append(Bytes("To: Postmaster <") + postmaster + Bytes(">"))
    }
    lines.append(
      Bytes("Subject: ") + settings.mailName + Bytes(" SMTP server: errors from ") + client)
    lines += [[], Bytes("Transcript of session follows."), []]
    for line in transcript {
      var line = line
      LogLines.makePrintable(&line, replacement: 0x3F, keepsUTF8: settings.smtputf8)
      lines += PostmasterNotice.wrapped(line)
    }
    lines.append([])
    if let abortReason { lines.append(Bytes("Session aborted, reason: \(abortReason)")) }
    lines += [[], Bytes("For other details, see the local mail logfile")]
    return lines
  }

  private static func qualified(_ address: Bytes, _ origin: Bytes) -> Bytes {
    address.contains(0x40) || origin.isEmpty ? address : address + Bytes("@") + origin
  }

  /// Wraps at 78 columns; continuation lines are indented by four.
  ///
  /// A blank is put in front of each.
  static func wrapped(_ text: Bytes) -> [Bytes] {
    var lines: [Bytes] = []
    var current = Bytes()
    func flush() {
      let indent = Bytes(repeating: 0x20, count: lines.isEmpty ? 1 : 5)
      lines.append(indent + current.reversed().drop(while: \.isASCIISpace).reversed())
      current = []
    }
    var rest = text[...]
    while !rest.isEmpty {
      let end = rest.firstIndex { $0 == 0x20 || $0 == 0x09 } ?? rest.endIndex
      let limit = lines.isEmpty ? 78 : 74
      let word = rest[..<end]
      if !current.isEmpty, !word.isEmpty, current.count + word.count > limit { flush() }
      if !(current.isEmpty && !lines.isEmpty && word.isEmpty) { current += word }
      guard end < rest.endIndex else { break }
      if !current.isEmpty || lines.isEmpty { current.append(rest[end]) }
      rest = rest[(end + 1)...]
    }
    flush()
    return lines
  }
}
