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
    line(Bytes("Received: from ") + greetingName + Bytes(" (") + clientName + Bytes(" [")
      + clientAddress + Bytes("])"))
    for text in security { line(Bytes("\t") + text) }
    if let user = authenticatedSender {
      line(Bytes("\t(Authenticated sender: ") + ReceivedHeader.commentText(user) + Bytes(")"))
    }
    var by = Bytes("\tby ") + hostName + Bytes(" (") + mailName + Bytes(") with ") + transmission
    if let queueID { by += Bytes(" id ") + queueID }
    guard let recipient else {
      line(by + Bytes(";"))
      line(Bytes("\t") + date)
      return
    }
    line(by)
    line(Bytes("\tfor <") + recipient + Bytes(">; ") + date)
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
