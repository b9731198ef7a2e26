import Compiler
import RestrictionDSL

/// VRFY: the checks of RCPT without a transaction.
///
/// - Source: facts smtp-session.md §4 "VRFY"; that the sender list runs inside a transaction was
///   observed with Postfix 3.7.11
extension Session {
  func vrfy(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    let saved = (utf8: facts.smtputf8, recipient: facts.recipient)
    defer {
      facts.smtputf8 = saved.utf8
      facts.recipient = saved.recipient
    }
    if work.recipient == nil {
      guard try prepareVerification(work, &io) else { return .failed }
    }
    guard let recipient = work.recipient else { return .failed }
    if recipient.notify == 1 { facts.smtputf8 = true }
    if needsSMTPUTF8(recipient.address) {
      send(.declareSMTPUTF8, &io)
      return .failed
    }
    facts.recipient = recipient.address
    if !isPostmaster(recipient.address) {
      switch try decide(.vrfy, work) {
      case .accept: break
      case .reject(let reply, let kind):
        errorMask.insert(kind)
        facts.recipient = saved.recipient
        send(reply, &io)
        return .failed
      case .hangUp, .fatal: return abort()
      }
    }
    send(Bytes("252 2.0.0 ") + recipient.original, &io)
    return .accepted
  }

  private func prepareVerification(
    _ work: Work, _ io: inout SessionIO
  ) throws(Suspension) -> Bool {
    let settings = service.settings
    if settings.disablesVRFY {
      send(.vrfyDisabled, &io)
      return false
    }
    var count = work.words.count
    let usesUTF8 =
      offersSMTPUTF8 && count > 1
      && work.word(count - 1).equalsIgnoringCase("SMTPUTF8")
    if usesUTF8 { count -= 1 }
    guard count > 1 else {
      send(
        SessionReply(
          "501 5.5.4 Syntax: VRFY address" + (settings.smtputf8 ? " [SMTPUTF8]" : "")), &io)
      return false
    }
    if try exceedsRate(.recipient, limit: settings.limits.recipientRate, work, &io) {
      return false
    }
    var text = Bytes()
    for index in 1..<count {
      if !text.isEmpty { text.append(0x20) }
      text.append(contentsOf: work.word(index))
    }
    facts.smtputf8 = usesUTF8
    guard let address = try address(in: text.span, isStrict: false, allowsEmpty: false, work) else {
      refuseAddress(text.span, &io, .badRecipient)
      return false
    }
    work.recipient = ParsedRecipient(
      address: address, original: text, notify: usesUTF8 ? 1 : 0)
    return true
  }
}
