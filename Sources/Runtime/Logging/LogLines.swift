import RestrictionDSL

/// The lines that access decisions write to the log.
///
/// - Source: facts restrictions.md §4
public enum LogLines {
  /// What happened, as the line names it.
  public enum Event: String, Hashable, Sendable {
    case reject, rejectWarning = "reject_warning", permit, info, warn, hold, discard, filter,
      redirect,
      bcc, hangUp = "hangup"
  }

  /// Who and what the line is about; `nil` parts are left out.
  public struct Subject: Hashable, Sendable {
    public var queueID: Bytes?
    /// `RCPT`, `CONNECT`, `END-OF-MESSAGE` and so on.
    public var command: Bytes
    /// `name[address]`.
    public var client: Bytes
    /// As shown: quoted or not as info_log_address_format says.
    public var sender: Bytes?
    public var recipient: Bytes?
    public var protocolName: Bytes?
    public var helo: Bytes?

    public init(
      queueID: Bytes?, command: Bytes, client: Bytes, sender: Bytes?, recipient: Bytes?,
      protocolName: Bytes?, helo: Bytes?
    ) {
      self.queueID = queueID
      self.command = command
      self.client = client
      self.sender = sender
      self.recipient = recipient
      self.protocolName = protocolName
      self.helo = helo
    }
  }

  /// `ID: EVENT: COMMAND from CLIENT: TEXT; from=<…> to=<…> proto=… helo=<…>`.
  ///
  /// - Parameter keepsUTF8: whether UTF-8 sequences are printable (smtputf8_enable).
  public static func access(
    _ event: Event, _ text: Bytes, _ subject: Subject, keepsUTF8: Bool
  ) -> Bytes {
    var line = Bytes()
    line.reserveCapacity(text.count + 160)
    if let queueID = subject.queueID {
      line.append(contentsOf: queueID)
    } else {
      line.append(contentsOf: "NOQUEUE".utf8)
    }
    line.append(contentsOf: ": ".utf8)
    line.append(contentsOf: event.rawValue.utf8)
    line.append(contentsOf: ": ".utf8)
    line.append(contentsOf: subject.command)
    line.append(contentsOf: " from ".utf8)
    line.append(contentsOf: subject.client)
    line.append(contentsOf: ": ".utf8)
    line.append(contentsOf: text)
    line.append(0x3B)
    append(&line, " from=<", subject.sender, ">")
    append(&line, " to=<", subject.recipient, ">")
    append(&line, " proto=", subject.protocolName, "")
    append(&line, " helo=<", subject.helo, ">")
    makePrintable(&line, replacement: 0x3F, keepsUTF8: keepsUTF8)
    return line
  }

  private static func append(
    _ line: inout Bytes, _ before: String, _ value: Bytes?, _ after: String
  ) {
    guard let value else { return }
    line.append(contentsOf: before.utf8)
    line.append(contentsOf: value)
    line.append(contentsOf: after.utf8)
  }

  /// Replaces control characters, and what is not UTF-8.
  public static func makePrintable(_ text: inout Bytes, replacement: UInt8, keepsUTF8: Bool) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte.isASCIIPrintable {
        index += 1
        continue
      }
      if keepsUTF8, (194...254).contains(byte), index + 1 < text.count,
        isContinuation(text[index + 1])
      {
        index += 1
        while index < text.count, isContinuation(text[index]) { index += 1 }
        continue
      }
      text[index] = replacement
      index += 1
    }
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
