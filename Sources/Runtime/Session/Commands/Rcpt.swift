import Compiler
import RestrictionDSL

/// RCPT.
///
/// - Source: facts smtp-session.md §4 "RCPT", numbers as there
extension Session {
  func rcpt(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    if work.recipient == nil {
      guard try prepareRecipient(work, &io) else { return .failed }
      // 7
      if state.recipients >= service.settings.recipientLimit {
        return refuseSurplus(&io)
      }
    }
    guard var recipient = work.recipient else { return .failed }
    if needsSMTPUTF8(recipient.address) {
      send(.declareSMTPUTF8, &io)
      return .failed
    }
    // 9
    facts.recipient = recipient.address
    let probe = service.settings.probeSender
    if probe.matches(recipient.address, seconds: io.wallClock / 1_000_000) {
      recipient.address = probe.address
    } else if !isPostmaster(recipient.address) {
      switch try decide(.rcpt, work) {
      case .accept: break
      case .reject(let reply, let kind):
        errorMask.insert(kind)
        facts.recipient = transaction?.firstRecipient
        send(reply, &io)
        return .failed
      case .hangUp, .fatal: return abort()
      }
    }
    // 11
    guard transaction?.message != nil || openMessage(), let message = transaction?.message else {
      facts.recipient = transaction?.firstRecipient
      send(.cannotOpen, &io)
      return .failed
    }
    message.add(
      Recipient(
        address: recipient.address, originalRecipient: recipient.original, notify: recipient.notify)
    )
    if transaction?.firstRecipient == nil { transaction?.firstRecipient = recipient.address }
    facts.recipient = transaction?.firstRecipient
    state.addRecipient()
    facts.recipientCount = state.recipients
    // 13
    send(.recipientOk, &io)
    return .accepted
  }

  /// The first recipients beyond the limit are no errors.
  private func refuseSurplus(_ io: inout SessionIO) -> CommandResult {
    let isError = state.overshoot(limit: service.settings.overshootLimit)
    send(.tooManyRecipients, &io)
    return isError ? .failed : .accepted
  }

  /// Steps 1 to 6: everything that can be said about the command itself.
  private func prepareRecipient(
    _ work: Work, _ io: inout SessionIO
  ) throws(Suspension) -> Bool {
    let settings = service.settings
    if let refusal = state.refusalOfRcpt() {
      send(refusal, &io)
      return false
    }
    let (line, words) = (work.line, work.words)
    guard words.count > 2, line.span.extracting(words[1].range).equalsIgnoringCase("TO:")
    else {
      send(.rcptSyntax, &io)
      return false
    }
    let limit = settings.limits.recipientRate
    if try exceedsRate(.recipient, limit: limit, work, &io) { return false }
    guard !words[2].isUnclosed else {
      send(.badRecipient, &io)
      return false
    }
    let word = line.span.extracting(words[2].range)
    guard
      let address = try address(
        in: word, isStrict: settings.strictEnvelopes, allowsEmpty: false, work)
    else {
      refuseAddress(word, &io, .badRecipient)
      return false
    }
    var recipient = ParsedRecipient(address: address, original: [], notify: 0)
    for index in 3..<max(3, words.count) {
      if let refusal = readOption(Bytes(work.word(index)), &recipient) {
        send(refusal, &io)
        return false
      }
    }
    if recipient.original.isEmpty { recipient.original = Session.original(asTyped: word) }
    work.recipient = recipient
    return true
  }

  /// `rfc822;` and the address as typed, without one pair of `<>`.
  private static func original(asTyped word: Span<UInt8>) -> Bytes {
    let isBracketed = word.count >= 2 && word[0] == 0x3C && word[word.count - 1] == 0x3E
    return Bytes(
      "rfc822;", followedBy: isBracketed ? word.extracting(1..<word.count - 1) : word)
  }

  // MARK: Options (step 6)

  private func readOption(_ option: Bytes, _ recipient: inout ParsedRecipient) -> SessionReply? {
    if let value = option.value(of: "NOTIFY=") {
      if hiddenKeywords.contains(.dsn) { return .dsnDisabled }
      guard recipient.notify == 0, let flags = notifyFlags(Bytes(value)) else { return .badNotify }
      recipient.notify = flags
    } else if let value = option.value(of: "ORCPT=") {
      if hiddenKeywords.contains(.dsn) { return .dsnDisabled }
      guard recipient.original.isEmpty, let original = originalRecipient(Bytes(value)) else {
        return .badOriginal
      }
      recipient.original = original
    } else {
      return .unsupportedOption(option)
    }
    return nil
  }

  /// NEVER alone, or SUCCESS, FAILURE, DELAY.
  private func notifyFlags(_ text: Bytes) -> Int? {
    var flags = 0
    for word in text.split(separator: 0x2C) {
      switch word.text.uppercased() {
      case "NEVER": flags |= 1
      case "SUCCESS": flags |= 2
      case "FAILURE": flags |= 4
      case "DELAY": flags |= 8
      default:
        log(
          "warning: unknown DSN NOTIFY command value \"\(word.text)\" in \"\(text.text)\"")
        return nil
      }
    }
    return flags == 0 || flags & 1 == 1 && flags != 1 ? nil : flags
  }

  /// `type;xtext`, decoded.
  private func originalRecipient(_ text: Bytes) -> Bytes? {
    guard let separator = text.firstIndex(of: 0x3B), separator > 0,
      let address = OriginalRecipient.decoded(
        type: text[..<separator], text[(separator + 1)...], utf8: facts.smtputf8)
    else { return nil }
    // Postfix takes a NUL for the end.
    return Bytes(text[...separator]) + address.prefix { $0 != 0 }
  }
}
