import RestrictionDSL

/// The Received header that the server puts in front of a message.
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
  var smtputf8 = false
  /// Lines about the TLS session and the client certificate, without their tab.
  var security: [Bytes] = []
  /// TLS is active: `S` behind the protocol.
  var isEncrypted = false
  /// Logged in: `A` behind the protocol.
  var isAuthenticated = false
  /// Shown only with smtpd_sasl_authenticated_header.
  var authenticatedSender: Bytes?
  var queueID: Bytes?
  /// The recipient as typed, in its external form, where there is exactly one.
  var recipient: Bytes?
  var date: Bytes

  /// `SMTP`, `ESMTPSA`, `UTF8SMTPS` …
  private var transmission: Bytes {
    var name = smtputf8 ? Bytes("UTF8SMTP") : protocolName
    if smtputf8 || protocolName.first == 0x45 {
      if isEncrypted { name.append(0x53) }
      if isAuthenticated { name.append(0x41) }
    }
    return name
  }

  /// Hands out the lines in order.
  func write(_ line: (Bytes) -> Void) {
    var text = Bytes()
    text.reserveCapacity(128)
    text.append("Received: from ")
    text += greetingName
    text.append(" (")
    text += clientName
    text.append(" [")
    text += clientAddress
    text.append("])")
    line(text)
    for text in security { line(Bytes("\t") + text) }
    if let user = authenticatedSender {
      line(Bytes("\t(Authenticated sender: ") + ReceivedHeader.commentText(user) + Bytes(")"))
    }
    text.removeAll(keepingCapacity: true)
    text.append("\tby ")
    text += hostName
    text.append(" (")
    text += mailName
    text.append(") with ")
    text += transmission
    if let queueID {
      text.append(" id ")
      text += queueID
    }
    if recipient == nil { text.append(0x3B) }
    line(text)
    text.removeAll(keepingCapacity: true)
    text.append(0x09)
    if let recipient {
      text.append("for <")
      text += recipient
      text.append(">; ")
    }
    text += date
    line(text)
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
