import LookupTables
import RestrictionDSL

/// XCLIENT: the session goes on as that of another client.
///
/// - Source: facts smtp-session.md §4 "XCLIENT", proxies-and-extensions.md §2
extension Session {
  func xclient(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    if state.hasSender {
      send(.mailInProgress, &io)
      return .failed
    }
    guard work.words.count > 1 else {
      send(SessionReply("501 5.5.4 Syntax: XCLIENT attribute=value..."), &io)
      return .failed
    }
    guard flags.contains(.mayXclient) else {
      if flags.contains(.xclientUnknown) { throw commandUnknown("XCLIENT") }
      send(.notAuthorized, &io)
      return .failed
    }
    var identity = NewIdentity()
    messageSource = nil
    for index in 1..<work.words.count {
      if let refusal = apply(work.word(index), &identity) {
        // The attributes before it hold: what was found out about the client before does not.
        policy.forgetFacts()
        send(refusal, &io)
        return .failed
      }
    }
    startOver(as: identity)
    return .restarted
  }

  /// Nobody knows whether the client may use a command.
  func commandUnknown(_ command: String) -> Suspension {
    .failed(LookupFailure.reporting(SessionLogLines.commandUnknown(command, clientName)))
  }

  /// What holds only if the whole command succeeds.
  struct NewIdentity {
    var hasHelo = false
    var hasProtocol = false
    var hasLogin = false
  }

  /// Applies one attribute at once, as far as access checks see it.
  private func apply(
    _ word: ArraySlice<UInt8>, _ identity: inout NewIdentity
  ) -> SessionReply? {
    let attribute: ProxyAttribute
    switch ProxyAttribute.parse(word, utf8: service.settings.smtputf8) {
    case .failure(let refusal): return refusal.reply
    case .success(let parsed): attribute = parsed
    }
    switch attribute.name {
    case "NAME":
      guard let (name, status) = hostname(attribute) else { return attribute.refusal }
      facts.client.name = name
      facts.client.nameStatus = status
      if status == .ok {
        facts.client.reverseName = name
        facts.client.reverseNameStatus = .ok
      }
    case "REVERSE_NAME":
      guard let (name, status) = hostname(attribute) else { return attribute.refusal }
      facts.client.reverseName = name
      facts.client.reverseNameStatus = status
    case "ADDR":
      guard let address = attribute.address else { return attribute.refusal }
      facts.client.address = address
      facts.client.addressText = address.map { Bytes("\($0)") } ?? Forwarding.unknown
    case "PORT":
      guard let port = attribute.port else { return attribute.refusal }
      facts.client.port = port
    case "HELO":
      facts.helo =
        attribute.isUnavailable
        ? nil : PrintableText.neutered(attribute.value, utf8: service.settings.smtputf8)
      identity.hasHelo = true
    case "PROTO":
      let name = Bytes(attribute.value.text.uppercased())
      guard name == Session.smtp || name == Session.esmtp else { return attribute.refusal }
      facts.protocolName = name
      identity.hasProtocol = true
    case "LOGIN":
      facts.login =
        attribute.isUnavailable ? nil : Login(method: Bytes("XCLIENT"), user: attribute.value)
      identity.hasLogin = true
    case "DESTADDR":
      guard let address = attribute.address else { return attribute.refusal }
      facts.serverAddress = address.map { Bytes("\($0)") } ?? Forwarding.unknown
    case "DESTPORT":
      guard let port = attribute.port else { return attribute.refusal }
      facts.serverPort = port
    default:
      return SessionReply(Bytes("501 5.5.4 Bad XCLIENT attribute name: ") + attribute.typedName)
    }
    return nil
  }

  private func hostname(_ attribute: ProxyAttribute) -> (Bytes, NameStatus)? {
    if attribute.isUnavailable { return (Forwarding.unknown, .permanent) }
    if attribute.isTemporarilyUnavailable { return (Forwarding.unknown, .temporary) }
    return attribute.isHostname ? (attribute.value, .ok) : nil
  }

  /// Everything is as after a new connection, but for counters and statistics.
  private func startOver(as identity: NewIdentity) {
    let helo = identity.hasHelo ? facts.helo : nil
    let login = identity.hasLogin ? facts.login : nil
    endTransaction()
    facts.helo = helo
    facts.login = login
    if !identity.hasProtocol { facts.protocolName = Session.smtp }
    updateClientName()
    messageSource = nil
    policy = PolicyState()
    transcript.clear()
    errorMask = ErrorMask()
    flags.insert(.isReopening)
    flags.remove(.isDenied)
    phase = .opening
  }
}
