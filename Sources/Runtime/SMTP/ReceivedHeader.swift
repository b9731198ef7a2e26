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
      return ReceivedLines(opening: [], by: by, byUTF8: by)
    }
    var opening = [
      Bytes("Received: from ") + greetingName + Bytes(" (") + clientName + Bytes(" [")
        + clientAddress + Bytes("])")
    ]
    for text in security { opening.append(Bytes("\t") + text) }
    if let user = authenticatedSender {
      opening.append(
        Bytes("\t(Authenticated sender: ") + ReceivedHeader.commentText(user) + Bytes(")"))
    }
    let by = Bytes("\tby ") + hostName + Bytes(" (") + mailName + Bytes(") with ")
    return ReceivedLines(
      opening: opening, by: by + transmission(isUTF8: false),
      byUTF8: by + transmission(isUTF8: true))
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
  /// All before the one that begins with `by`.
  let opening: [Bytes]
  let by: Bytes
  /// Where SMTPUTF8 was requested.
  let byUTF8: Bytes

  /// What a message has of its own.
  struct Message {
    var isUTF8 = false
    var queueID: Bytes?
    /// The recipient as typed, in its external form, where there is exactly one.
    var recipient: Bytes?
    var date: Bytes
  }

  /// Hands out the lines in order.
  ///
  /// - Parameter text: where they are put together
  func write(_ message: Message, using text: inout ByteBuffer, _ line: (Span<UInt8>) -> Void) {
    for first in opening {
      text.clear()
      text.append(first)
      text.withSpan(line)
    }
    text.clear()
    text.append(message.isUTF8 ? byUTF8 : by)
    if let queueID = message.queueID {
      text.append(" id ")
      text.append(queueID)
    }
    if message.recipient == nil { text.append(0x3B) }
    text.withSpan(line)
    text.clear()
    text.append(0x09)
    if let recipient = message.recipient {
      text.append("for <")
      text.append(recipient)
      text.append(">; ")
    }
    text.append(message.date)
    text.withSpan(line)
  }
}
