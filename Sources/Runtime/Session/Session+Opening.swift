import RestrictionDSL

extension Session {
  // MARK: Who is it?

  /// Finds the verified name of the client.
  ///
  /// - Source: facts restrictions.md §5.2
  func identify() throws(Suspension) {
    let work = currentWork()
    if service.settings.looksUpNames, let address = facts.socketAddress {
      guard case .host(let found) = try work.book.answer(to: .name(of: address)) else { return }
      switch found {
      case .failed(let isTemporary, _):
        setName(nil, reverse: nil, isTemporary ? .temporary : .permanent)
      case .addresses: setName(nil, reverse: nil, .permanent)
      case .name(let name): try verify(name, address, work)
      }
    }
    updateClientName()
    work.book.log.forEach { log($0) }
    log(SessionLogLines.connect(clientName))
    flags.insert(.isLogged)
    phase = .opening
    work.book.clear()
  }

  /// Whether the name maps back to the address.
  private func verify(
    _ name: Bytes, _ address: IPAddress, _ work: Work
  ) throws(Suspension) {
    if DomainName.isValidAddress(name.span) {
      work.book.log.append("warning: numeric hostname: \(name.text)")
      return setName(nil, reverse: nil, .permanent)
    }
    if let flaw = DNSName.flaw(in: name) {
      work.book.log.append(flaw.logLine(name.text))
      return setName(nil, reverse: nil, .permanent)
    }
    guard
      case .host(let found) = try work.book.answer(
        to: .addresses(host: name, family: address.bitWidth == 32 ? .ipv4 : .ipv6))
    else { return }
    switch found {
    case .addresses(let addresses) where addresses.contains(where: { $0.unmapped == address }):
      setName(name, reverse: name, .ok)
    case .failed(let isTemporary, let reason):
      work.book.log.append(SessionLogLines.unverified(name, address, reason))
      setName(nil, reverse: name, isTemporary ? .temporary : .forged)
    case .addresses, .name:
      work.book.log.append(SessionLogLines.unverified(name, address, nil))
      setName(nil, reverse: name, .forged)
    }
  }

  private func setName(_ name: Bytes?, reverse: Bytes?, _ status: NameStatus) {
    facts.client.name = name ?? Forwarding.unknown
    facts.client.nameStatus = status
    facts.client.reverseName = reverse ?? Forwarding.unknown
    facts.client.reverseNameStatus = reverse == nil ? status : .ok
  }

  /// `name[address]`, as all messages show the client from now on.
  func updateClientName() {
    var text = facts.client.name
    text.append(0x5B)
    text.append(contentsOf: facts.client.addressText)
    text.append(0x5D)
    if service.settings.logsPort {
      text.append(0x3A)
      text.append(contentsOf: facts.client.port)
    }
    facts.client.nameAndAddress = text
  }
}
