import RestrictionDSL

/// The Received header that the server puts in front of a message, as far as it is the same for all
/// messages of a client.
///
/// - Source: facts smtp-session.md §11, proxies-and-extensions.md §14
struct ReceivedHeader {
  /// HELO name, or the client name where none was given.
  var greetingName: Bytes
  var clientName: Bytes
  /// With `IPv6:` in front of an IPv6 address.
  var clientAddress: Bytes
  var hostName: Bytes
  var mailName: Bytes
  /// `SMTP` or `ESMTP`.
  var protocolName: Bytes
  /// Lines about the TLS session and the client certificate, without their tab.
  var security: [Bytes] = []
  /// TLS is active: `S` behind the protocol.
  var isEncrypted = false
  /// Logged in: `A` behind the protocol.
  var isAuthenticated = false
  /// smtpd_hide_client_session: nothing of the client and its session is shown.
  var isHidden = false
  /// Shown only with smtpd_sasl_authenticated_header.
  var authenticatedSender: Bytes?

  /// `SMTP`, `ESMTPSA`, `UTF8SMTPS` and so on.
  private func transmission(isUTF8: Bool) -> Bytes {
    var name = isUTF8 ? Bytes("UTF8SMTP") : protocolName
    if isUTF8 || protocolName.first == 0x45 {
      if isEncrypted { name.append(0x53) }
      if isAuthenticated { name.append(0x41) }
    }
    return name
  }

  /// The lines, put together once.
  var lines: ReceivedLines {
    if isHidden {
      let by = Bytes("Received: by ") + hostName + Bytes(" (") + mailName + Bytes(")")
      return ReceivedLines(beginning: by, beginningUTF8: by)
    }
    let end = Bytes("\r\n\t")
    var text =
      Bytes("Received: from ") + greetingName + Bytes(" (") + clientName + Bytes(" [")
      + clientAddress + Bytes("])") + end
    for line in security { text += line + end }
    if let user = authenticatedSender {
      text +=
        Bytes("(Authenticated sender: ") + ReceivedHeader.commentText(user) + Bytes(")") + end
    }
    text += Bytes("by ") + hostName + Bytes(" (") + mailName + Bytes(") with ")
    return ReceivedLines(
      beginning: text + transmission(isUTF8: false),
      beginningUTF8: text + transmission(isUTF8: true))
  }

  /// Text that is safe inside a header comment: odd bytes as `?`, parentheses balanced.
  static func commentText(_ text: Bytes) -> Bytes {
    var clean = Bytes()
    var depth = 0
    for byte in text {
      switch byte {
      case 0x28:
        depth += 1
        clean.append(byte)
      case 0x29:
        if depth > 0 {
          depth -= 1
          clean.append(byte)
        }
      case 0x5C: clean.append(0x3F)
      default: clean.append(byte.isASCIIPrintable ? byte : 0x3F)
      }
    }
    for _ in 0..<depth { clean.append(0x29) }
    return clean
  }
}

/// The lines of a Received header, but for what each message has of its own.
struct ReceivedLines: Sendable {
  /// All up to the protocol, with the line ends between.
  let beginning: Bytes
  /// Where SMTPUTF8 was requested.
  let beginningUTF8: Bytes
  /// The lines are nothing but printable ASCII, tabs in front aside.
  let isPlain: Bool

  init(beginning: Bytes, beginningUTF8: Bytes) {
    self.beginning = beginning
    self.beginningUTF8 = beginningUTF8
    var isPlain = true
    var start = 0
    while let end = beginning.span.firstIndex(of: 0x0A, from: start) {
      if beginning.span.extracting(start..<max(start, end - 1)).isPlain == false { isPlain = false }
      start = end + 1
    }
    self.isPlain = isPlain && beginning.span.extracting(start..<beginning.count).isPlain
  }

  /// What a message has of its own.
  struct Message {
    var isUTF8 = false
    var queueID: Bytes?
    /// The recipient as typed, in its external form, where there is exactly one.
    var recipient: Bytes?
    var date: Bytes
  }

  /// Appends the lines, each with its CR LF.
  func write(_ message: borrowing Message, to text: inout ByteBuffer) {
    text.append(message.isUTF8 ? beginningUTF8 : beginning)
    if let queueID = message.queueID {
      text.append(" id ")
      text.append(queueID)
    }
    if let recipient = message.recipient {
      text.append("\r\n\tfor <")
      text.append(recipient)
      text.append(">; ")
    } else {
      text.append(";\r\n\t")
    }
    text.append(message.date)
    text.append("\r\n")
  }
}
