import Compiler
import RestrictionDSL

/// DATA.
///
/// - Source: facts smtp-session.md §4 "DATA"
extension Session {
  func data(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    if let refusal = state.refusalOfData() {
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
    reception = Reception(decoder: ContentDecoder(mode: mode, hasDots: hasDots))
    scanned = 0
    stopWaiting()
    guard let transaction, let message = transaction.message else { return }
    message.beginContent()
    for header in transaction.prepended { message.write(header.span, isComplete: true) }
    receivedHeader(transaction, message).write { message.write($0.span, isComplete: true) }
  }

  private func receivedHeader(
    _ transaction: Transaction, _ message: any OpenMessage
  ) -> ReceivedHeader {
    let settings = service.settings
    let isLoggedIn = facts.login?.method.isEmpty == false
    var header = ReceivedHeader(
      greetingName: facts.helo ?? facts.client.name, clientName: facts.client.name,
      clientAddress: facts.client.headerAddress, hostName: settings.hostName,
      mailName: settings.mailName, protocolName: facts.protocolName,
      date: service.headerDate(transaction.arrival / 1_000_000))
    header.smtputf8 = transaction.smtputf8
    header.isEncrypted = facts.tlsIsActive
    header.isAuthenticated = isLoggedIn
    if isLoggedIn && settings.showsAuthenticatedSender {
      header.authenticatedSender = facts.login?.user
    }
    header.queueID = message.queueID
    if state.recipients == 1 {
      header.recipient = transaction.firstRecipient.map { MailAddress.external($0) }
    }
    return header
  }
}

extension Client {
  /// The address as headers and log_client_address show it: `IPv6:` in front of an IPv6 address.
  var headerAddress: Bytes {
    guard let address, case .v6 = address else { return addressText }
    return Bytes("IPv6:") + addressText
  }
}
