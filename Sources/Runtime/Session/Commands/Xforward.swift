import RestrictionDSL

/// XFORWARD: who the client behind this proxy is; for logs only.
///
/// - Source: facts smtp-session.md §4 "XFORWARD", proxies-and-extensions.md §3
extension Session {
  func xforward(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    if state.hasSender {
      send(.mailInProgress, &io)
      return .failed
    }
    guard work.words.count > 1 else {
      send(SessionReply("501 5.5.4 Syntax: XFORWARD attribute=value..."), &io)
      return .failed
    }
    guard flags.contains(.mayXforward) else {
      if flags.contains(.xforwardUnknown) { throw commandUnknown("XFORWARD") }
      send(.notAuthorized, &io)
      return .failed
    }
    var known = forwarding ?? Forwarding()
    var names = (client: false, source: false)
    for index in 1..<work.words.count {
      if let refusal = apply(work.word(index), to: &known, &names) {
        forwarding = known
        send(refusal, &io)
        return .failed
      }
    }
    if names.client { known.namesClient = true }
    if names.source { known.namesSource = true }
    forwarding = known
    send(.ok, &io)
    return .accepted
  }

  private func apply(
    _ word: ArraySlice<UInt8>, to known: inout Forwarding,
    _ names: inout (client: Bool, source: Bool)
  ) -> SessionReply? {
    let utf8 = service.settings.smtputf8
    let attribute: ProxyAttribute
    switch ProxyAttribute.parse(word, utf8: utf8) {
    case .failure(let refusal): return refusal.reply
    case .success(let parsed): attribute = parsed
    }
    let text = PrintableText.neutered(attribute.value, utf8: utf8)
    switch attribute.name {
    case "NAME":
      guard attribute.isUnavailable || attribute.isHostname else { return attribute.refusal }
      known.name = attribute.isUnavailable ? Forwarding.unknown : attribute.value
    case "ADDR":
      guard let address = attribute.address else { return attribute.refusal }
      known.ip = address
      known.address = address.map { Bytes("\($0)") } ?? Forwarding.unknown
    case "PORT":
      guard let port = attribute.port else { return attribute.refusal }
      known.port = port
    case "HELO": known.helo = attribute.isUnavailable ? nil : text
    case "PROTO":
      guard attribute.value.count <= 64 else { return attribute.refusal }
      known.protocolName = attribute.isUnavailable ? Forwarding.unknown : text
    case "IDENT":
      known.ident = attribute.isUnavailable ? nil : text
      return nil
    case "SOURCE":
      switch attribute.value.text.uppercased() {
      case "LOCAL", "[UNAVAILABLE]": known.isLocal = true
      case "REMOTE": known.isLocal = false
      default: return attribute.refusal
      }
      names.source = true
      return nil
    default:
      return SessionReply(Bytes("501 5.5.4 Bad XFORWARD attribute name: ") + attribute.typedName)
    }
    names.client = true
    return nil
  }
}
