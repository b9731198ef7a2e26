import RestrictionDSL

extension AddressResolver {
  /// What is left of an address when our own domains are taken off.
  private struct Stripped {
    var tokens: [AddressToken]
    /// The last domain taken off, with its `@`; empty where none was.
    var saved: [AddressToken] = []
    var isLocal = false
  }

  /// Steps B to E on a rewritten address.
  func resolveAnew(
    _ address: Bytes, sender: Bytes, _ book: inout AnswerBook
  ) throws(Suspension) -> ResolvedAddress {
    var recipient: Bytes
    var domain: Bytes
    var isLocal: Bool
    if MailForm.isStandard(address.span) {
      // Nothing to take apart, whether the domain is ours or not.
      recipient = address
      domain = Bytes(MailAddress.domain(of: recipient))
      isLocal = try self.isLocal(domain, book: &book)
    } else {
      guard let stripped = try strip(address, &book) else {
        book.log.append(
          "warning: resolve_addr: <\(address.text)>: giving up after \(address.count + 100) iterations"
        )
        return ResolvedAddress(address: [], hasFailed: true)
      }
      recipient = (stripped.tokens + stripped.saved).internalText
      domain = Bytes(MailAddress.domain(of: recipient))
      isLocal = stripped.isLocal
    }
    if !isAcceptable(domain, of: recipient) {
      guard rules.resolvesNumericDomain, DomainName.isValidAddress(domain.span) else {
        return ResolvedAddress(address: recipient, hasSyntaxError: true)
      }
      domain = [UInt8(ascii: "[")] + domain + [UInt8(ascii: "]")]
      recipient = MailAddress.localPart(of: recipient) + [UInt8(ascii: "@")] + domain
      isLocal = try classes.isLocal(domain.span, book: &book)
    }
    var resolved = ResolvedAddress(
      address: recipient, isRouted: isRouted(recipient, domain: domain))
    try route(&resolved, domain: domain, isLocal: isLocal, sender: sender, &book)
    if !rules.allowsMinUser && recipient.first == UInt8(ascii: "-") {
      resolved.hasSyntaxError = true
    }
    return resolved
  }

  /// Step B: takes local domains off until a foreign one, or none, is left.
  ///
  /// - Returns: `nil` where that does not come to an end.
  private func strip(
    _ address: Bytes, _ book: inout AnswerBook
  ) throws(Suspension) -> Stripped? {
    var state = Stripped(tokens: AddressToken.scan(MailAddress.external(address)))
    for _ in 0...(address.count + 100) {
      AddressForms.dropTrailingDot(&state.tokens)
      if rules.resolvesNullDomain, state.tokens.last == .op(UInt8(ascii: "@")) {
        state.tokens.removeLast()
      }
      if let at = state.tokens.lastOperator("@") {
        let domain = Array(state.tokens[(at + 1)...])
        if !domain.isEmpty {
          guard try isLocal(domain.internalText, book: &book) else {
            state.saved = []
            return state
          }
        }
        state.saved = Array(state.tokens[at...])
        state.tokens.removeSubrange(at...)
      }
      if hasRoutingOperator(state.tokens) {
        forms.rewrite(&state.tokens, for: .local)
        continue
      }
      if crackQuotedLocalPart(&state.tokens) {
        forms.rewrite(&state.tokens, for: .local)
        continue
      }
      if state.tokens.isEmpty || state.tokens == [.quoted([])] {
        state.tokens = AddressToken.scan(rules.emptyAddressRecipient)
        continue
      }
      if state.saved.isEmpty {
        state.tokens.append(.op(UInt8(ascii: "@")))
        state.tokens += AddressToken.scan(rules.hostName)
        continue
      }
      state.isLocal = true
      return state
    }
    return nil
  }

  private func hasRoutingOperator(_ tokens: [AddressToken]) -> Bool {
    tokens.lastOperator("@") != nil
      || forms.swapsBangPaths && tokens.lastOperator("!") != nil
      || forms.allowsPercentHack && tokens.lastOperator("%") != nil
  }

  /// Opens a quoted local part that holds a routing operator.
  ///
  /// Technically wrong, but it stops relaying through systems that do the same.
  private func crackQuotedLocalPart(_ tokens: inout [AddressToken]) -> Bool {
    guard rules.resolvesDequoted, tokens.count == 1, case .quoted(var text) = tokens[0] else {
      return false
    }
    if text.contains(UInt8(ascii: "@")) {
      tokens = AddressToken.scan(MailAddress.external(text))
      return true
    }
    if forms.allowsPercentHack, let percent = text.lastIndex(of: UInt8(ascii: "%")) {
      text[percent] = UInt8(ascii: "@")
      tokens = AddressToken.scan(MailAddress.external(text))
      return true
    }
    if forms.swapsBangPaths, text.contains(UInt8(ascii: "!")) {
      tokens = AddressToken.scan(text)
      return true
    }
    return false
  }

  /// Step C: a literal, or a host name.
  private func isAcceptable(_ domain: Bytes, of recipient: Bytes) -> Bool {
    if domain.first == UInt8(ascii: "[") { return DomainName.isValidLiteral(domain.span) }
    if rules.usesUTF8, !DomainName.isASCII(recipient.span),
      String(validating: recipient, as: UTF8.self) == nil
    {
      return false
    }
    return DomainName.isValidHostname(domain.span, allowsUTF8: rules.usesUTF8)
  }

  /// Step D: what follows the first routing operator is not the domain.
  ///
  /// The switches do not matter here: the next server may have other ones.
  private func isRouted(_ recipient: Bytes, domain: Bytes) -> Bool {
    let first = recipient.firstIndex { byte in
      byte == UInt8(ascii: "@") || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "!")
    }
    guard let first else { return false }
    return !recipient[(first + 1)...].elementsEqual(domain)
  }
}
