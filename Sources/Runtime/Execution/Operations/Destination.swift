import RestrictionDSL

/// Restrictions about where the recipient's mail goes.
///
/// - Source: facts restrictions.md §5.5, §7.3
extension Evaluation {
  func permitAuthDestination(_ action: String) throws(Suspension) -> Outcome {
    guard let recipient = address(of: .recipient), try isAuthorized(recipient) else {
      return .dunno
    }
    return try permit(Bytes(action), .subject(.recipient))
  }

  func rejectUnauthDestination(defers: Bool) throws(Suspension) -> Outcome {
    guard let recipient = address(of: .recipient), try !isAuthorized(recipient) else {
      return .dunno
    }
    let code = parameters.relayDomainsRejectCode
    return reject(
      Rejection(
        defers ? code - 100 : code, Bytes(defers ? "4.7.1" : "5.7.1"),
        .about(recipient, ReplyTexts.relayDenied)))
  }

  func checkRelayDomains(_ ignored: [String]) throws(Suspension) -> Outcome {
    guard let recipient = address(of: .recipient) else {
      if !isWarning { noteIgnored(ignored, after: "check_relay_domains") }
      return .dunno
    }
    let warning =
      "warning: support for restriction \"\(restriction)\" will be removed from"
      + " \(parameters.mailName); use \"reject_unauth_destination\" instead"
    if !context.hasWarned(warning) { log(warning) }
    let relays = try isRelayed(recipient)
    context.noteWarned(warning)
    let outcome =
      relays
      ? try permit(Bytes(restriction), .subject(.recipient))
      : reject(
        Rejection(
          parameters.relayDomainsRejectCode, "5.7.1", .subject(.recipient), ReplyTexts.relayDenied))
    if !isWarning { noteIgnored(ignored, after: "check_relay_domains") }
    return outcome
  }

  /// Whether check_relay_domains permits: for the client's name or the destination.
  private func isRelayed(_ recipient: Bytes) throws(Suspension) -> Bool {
    guard try matches(context.relayDomains, facts.client.name) else {
      return try isAuthorized(recipient)
    }
    if parameters.compatibility.relayDomains {
      log(
        "using backwards-compatible default setting relay_domains=$mydestination to permit"
          + " request from client \"\(facts.client.nameAndAddress.text)\"")
    }
    return true
  }

  /// Whether mail for the address is accepted from anyone.
  func isAuthorized(_ recipient: Bytes) throws(Suspension) -> Bool {
    let resolved = try resolve(recipient, .recipient)
    switch resolved.acceptance(allowsUntrustedRouting: parameters.allowsUntrustedRouting) {
    case .refused: return false
    case .ours: return true
    case .relayed:
      noteRelayDomain(MailAddress.domain(of: resolved.address))
      return true
    }
  }

  private func noteRelayDomain(_ domain: ArraySlice<UInt8>) {
    guard parameters.compatibility.relayDomains else { return }
    log(
      "using backwards-compatible default setting relay_domains=$mydestination to accept mail for"
        + " domain \"\(domain.text)\"")
  }
}

extension Resolution {
  /// Whether mail for an address is accepted from anyone.
  enum Acceptance {
    case refused
    /// It ends here.
    case ours
    /// For a domain of relay_domains.
    case relayed
  }

  func acceptance(allowsUntrustedRouting: Bool) -> Acceptance {
    guard shape != nil else { return .ours }
    if isRouted && !allowsUntrustedRouting { return .refused }
    if addressClass.isFinal { return .ours }
    return addressClass == .relay ? .relayed : .refused
  }
}
