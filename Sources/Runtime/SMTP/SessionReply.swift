import RestrictionDSL

/// A fixed reply of the session: whole line, without CR LF.
///
/// - Source: facts smtp-session.md §2–§8; all texts observed
public struct SessionReply: Hashable, Sendable {
  /// Code, enhanced code and text.
  public let line: Bytes
  /// What it counts as in postmaster notices; `nil` for a success, and for what is not reported.
  public let errorClass: ErrorClass?

  init(_ line: String, _ errorClass: ErrorClass? = .protocol) {
    self.line = Bytes(line)
    self.errorClass = errorClass
  }

  init(_ line: Bytes, _ errorClass: ErrorClass? = .protocol) {
    self.line = line
    self.errorClass = errorClass
  }

  static let ok = SessionReply("250 2.0.0 Ok", nil)
  static let senderOk = SessionReply("250 2.1.0 Ok", nil)
  static let recipientOk = SessionReply("250 2.1.5 Ok", nil)
  static let bye = SessionReply("221 2.0.0 Bye", nil)
  static let sendContent = SessionReply("354 End data with <CR><LF>.<CR><LF>", nil)

  static let badSyntax = SessionReply("500 5.5.2 Error: bad syntax")
  static let badUTF8 = SessionReply("500 5.5.2 Error: bad UTF-8 syntax")
  static let unknownCommand = SessionReply("500 5.5.2 Error: command not recognized")
  static let breaksRules = SessionReply(
    "221 2.7.0 Error: I can break rules, too. Goodbye.", nil)
  static let notSynchronized = SessionReply(
    "554 5.5.0 Error: SMTP protocol synchronization", nil)

  static let heloSyntax = SessionReply("501 Syntax: HELO hostname")
  static let ehloSyntax = SessionReply("501 Syntax: EHLO hostname")
  static let sendHelo = SessionReply("503 5.5.1 Error: send HELO/EHLO first", .policy)

  static let nestedMail = SessionReply("503 5.5.1 Error: nested MAIL command")
  static let mailAfterBDAT = SessionReply("503 5.5.1 Error: MAIL after BDAT")
  static let mailSyntax = SessionReply("501 5.5.4 Syntax: MAIL FROM:<address>")
  static let badSender = SessionReply("501 5.1.7 Bad sender address syntax")
  static let badSize = SessionReply("501 5.5.4 Bad message size syntax")
  static let sizeOverflow = SessionReply(
    "552 5.3.4 Message size exceeds file system imposed limit", .policy)
  static let sizeTooBig = SessionReply("552 5.3.4 Message size exceeds fixed limit", .policy)
  static let twoAuthOptions = SessionReply("503 5.5.4 Error: multiple AUTH= options")
  static let badRet = SessionReply("501 5.5.4 Bad RET parameter syntax")
  static let badEnvelopeID = SessionReply("501 5.5.4 Bad ENVID parameter syntax")
  static let dsnDisabled = SessionReply("501 5.7.1 DSN support is disabled")
  static let verpNeedsSender = SessionReply("503 5.5.4 Error: XVERP requires non-null sender")
  static let declareSMTPUTF8 = SessionReply(
    "553 5.6.7 Must declare SMTPUTF8 to send unicode address", nil)
  static let noSpace = SessionReply("452 4.3.1 Insufficient system storage", .resource)
  static let cannotOpen = SessionReply("451 4.3.0 Error: queue file write error", .resource)

  static let needMail = SessionReply("503 5.5.1 Error: need MAIL command")
  static let rcptAfterBDAT = SessionReply("503 5.5.1 Error: RCPT after BDAT")
  static let rcptSyntax = SessionReply("501 5.5.4 Syntax: RCPT TO:<address>")
  static let badRecipient = SessionReply("501 5.1.3 Bad recipient address syntax")
  static let badNotify = SessionReply("501 5.5.4 Error: Bad NOTIFY parameter syntax")
  static let badOriginal = SessionReply("501 5.5.4 Error: Bad ORCPT parameter syntax")
  static let tooManyRecipients = SessionReply("452 4.5.3 Error: too many recipients", .policy)

  static let dataAfterBDAT = SessionReply("503 5.5.1 Error: DATA after BDAT")
  static let needRcpt = SessionReply("503 5.5.1 Error: need RCPT command")
  static let noRecipients = SessionReply("554 5.5.1 Error: no valid recipients", nil)
  static let dataSyntax = SessionReply("501 5.5.4 Syntax: DATA")

  static let bdatDisabled = SessionReply("521 5.5.1 Error: command not implemented")
  static let bdatSyntax = SessionReply("521 5.5.4 Syntax: BDAT count [LAST]")
  static let nullChunk = SessionReply("551 5.7.1 Null BDAT request", nil)
  static let chunkTooBig = SessionReply("552 5.3.4 Chunk exceeds message size limit", .policy)

  static let rsetSyntax = SessionReply("501 5.5.4 Syntax: RSET")
  static let vrfyDisabled = SessionReply("502 5.5.1 VRFY command is disabled")
  static let etrnHelo = SessionReply("503 Error: send HELO/EHLO first", .policy)
  static let etrnInTransaction = SessionReply("503 Error: MAIL transaction in progress")
  static let etrnSyntax = SessionReply("500 Syntax: ETRN domain")
  static let etrnParameter = SessionReply("501 Error: invalid parameter syntax")
  static let etrnStarted = SessionReply("250 Queuing started", nil)
  static let etrnFailed = SessionReply("458 Unable to queue messages", nil)

  static let mailInProgress = SessionReply("503 5.5.1 Error: MAIL transaction in progress")
  static let notAuthorized = SessionReply("550 5.7.0 Error: insufficient authorization", .policy)
  static let attributeExpected = SessionReply("501 5.5.4 Error: attribute=value expected")
  static let attributeTooLong = SessionReply("501 5.5.4 Error: attribute value too long")

  static let authDisabled = SessionReply("503 5.5.1 Error: authentication not enabled")
  static let startTLSSyntax = SessionReply("501 5.5.4 Syntax: STARTTLS")
  static let notImplemented = SessionReply("502 5.5.1 Error: command not implemented")

  static let messageTooBig = SessionReply("552 5.3.4 Error: message file too big", .bounce)
  static let tooManyHops = SessionReply("554 5.4.0 Error: too many hops", .bounce)

  static func unsupportedOption(_ text: Bytes) -> SessionReply {
    SessionReply(Bytes("555 5.5.4 Unsupported option: ") + text)
  }

  /// `421 4.7.0 HOST Error: too many errors` and the like.
  static func closing(_ status: String, _ host: Bytes, _ text: String) -> Bytes {
    Bytes("421 \(status) ") + host + Bytes(" \(text)")
  }
}
