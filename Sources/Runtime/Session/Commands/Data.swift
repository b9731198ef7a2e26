import Compiler
import RestrictionDSL

/// DATA.
///
/// - Source: facts smtp-session.md §4 "DATA"
extension Session {
  func data(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    // Behind a message refused at its end there are recipients as far as the syntax is concerned (recorded).
    let hasWrongSyntax = state.isSpent && state.chunks == .none && work.words.count > 1
    if let refusal = state.refusalOfData(), !hasWrongSyntax {
      send(refusal, &io)
      return .failed
    }
    guard work.words.count == 1 else {
      send(.dataSyntax, &io)
      return .failed
    }
    switch try decideAboutContent(work) {
    case .accept: break
    case .reject(let reply, let kind):
      errorMask.insert(kind)
      facts.recipient = transaction?.firstRecipient
      send(reply, &io)
      return .failed
    case .hangUp, .fatal: return abort()
    }
    startContent(hasDots: true, at: io)
    contentMark = .data
    phase = .content
    endWork()
    send(.sendContent, &io)
    return .unfinished
  }

  /// Runs smtpd_data_restrictions; they know the recipient where there is only one.
  func decideAboutContent(_ work: Work) throws(Suspension) -> Verdict {
    facts.recipient = state.recipients == 1 ? transaction?.firstRecipient : nil
    return try decide(.data, work)
  }

  /// The envelope is complete: our own headers are written.
  func startContent(hasDots: Bool, at io: borrowing SessionIO) {
    let mode = flags.contains(.forbidsBareNewline) ? service.settings.bareNewline : .allowed
    reception = service.takeReception(ContentDecoder(mode: mode, hasDots: hasDots))
    scanned = 0
    stopWaiting()
    guard let transaction, let message = transaction.message else { return }
    message.beginContent()
    for header in transaction.prepended { message.write(header.span, isComplete: true) }
    writeReceived(transaction, message)
  }

  private func writeReceived(_ transaction: Transaction, _ message: any OpenMessage) {
    let service = service
    let date = service.headerDate(transaction.arrival / 1_000_000)
    var parts = ReceivedLines.Message(
      isUTF8: transaction.smtputf8, queueID: message.queueID, date: date.text)
    var isPlain = date.isPlain
    if state.recipients == 1, let first = transaction.firstRecipient {
      if MailForm.isCommon(first.span) {
        parts.recipient = first
      } else {
        let recipient = MailAddress.external(first)
        isPlain = isPlain && recipient.span.isPrintable
        parts.recipient = recipient
      }
    }
    service.text.clear()
    let received = source().received
    received.write(parts, to: &service.text)
    isPlain = isPlain && received.isPlain
    service.text.withSpan { message.writeReceived($0, isPlain: isPlain) }
  }
}

extension Client {
  /// The address as headers and log_client_address show it: `IPv6:` in front of an IPv6 address.
  var headerAddress: Bytes {
    guard let address, case .v6 = address else { return addressText }
    return Bytes("IPv6:") + addressText
  }
}
