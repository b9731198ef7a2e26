import RestrictionDSL

/// What the queue file learns about the transaction.
///
/// - Source: facts postfix-ipc.md §3.4
extension Session {
  /// Opens the queue file and logs its name with the client.
  ///
  /// - Returns: `false` where that is not possible.
  func openMessage() -> Bool {
    guard let transaction else { return false }
    let service = service
    let source = source()
    let message: any OpenMessage
    do {
      message = try service.cleanup.open(head(of: transaction, source))
    } catch {
      return false
    }
    transaction.message = message
    let (id, text) = (message.queueID, source.logText)
    service.log.write(id.span, text.span)
    facts.queueID = id
    return true
  }

  private func head(of transaction: Transaction, _ source: MessageSource) -> MessageHead {
    let isLocal = transient?.forwarding?.source
    return MessageHead(
      arrival: transaction.arrival, sender: transaction.sender,
      rewriteContext: isLocal ?? transaction.isLocal ? .local : .remote,
      source: source, ownAttributes: ownAttributes(of: transaction),
      verp: transaction.options.verp.isEmpty ? [] : transaction.options.verp,
      smtputf8: transaction.smtputf8)
  }

  /// Named attributes of one message, in their order.
  private func ownAttributes(of transaction: Transaction) -> [(name: String, value: Bytes)] {
    var list: [(name: String, value: Bytes)] = []
    if let ident = transient?.forwarding?.ident { list.append(("log_ident", ident)) }
    if let id = transaction.options.envelopeID { list.append(("envelope_id", id)) }
    let returns = transaction.options.returns
    if returns > 0 { list.append(("ret_flags", Bytes(String(returns)))) }
    switch transaction.options.body {
    case .unknown: break
    case .sevenBit: list.append(("encoding", Bytes("7bit")))
    case .eightBit: list.append(("encoding", Bytes("8bit")))
    }
    return list
  }

  /// What is the same for all messages until the client introduces itself again.
  @inline(__always)
  func source() -> MessageSource { messageSource ?? makeSource() }

  @inline(never)
  private func makeSource() -> MessageSource {
    let text = PrintableText.cleaned(clientText, utf8: service.settings.smtputf8)
    let source = MessageSource(sourceAttributes, logText: text, received: receivedHeader.lines)
    messageSource = source
    return source
  }

  private var receivedHeader: ReceivedHeader {
    let settings = service.settings
    let isLoggedIn = facts.login?.method.isEmpty == false
    var header = ReceivedHeader(
      greetingName: facts.helo ?? facts.client.name, clientName: facts.client.name,
      clientAddress: facts.client.headerAddress, hostName: settings.hostName,
      mailName: settings.mailName, protocolName: facts.protocolName)
    header.isHidden = settings.hidesSession
    header.isEncrypted = facts.tlsIsActive
    header.isAuthenticated = isLoggedIn
    if isLoggedIn && settings.showsAuthenticatedSender {
      header.authenticatedSender = facts.login?.user
    }
    return header
  }

  /// Named attributes of the source in their order.
  private var sourceAttributes: [(name: String, value: Bytes)] {
    var list: [(name: String, value: Bytes)] = []
    list.reserveCapacity(18)
    func add(_ name: String, _ value: Bytes?) {
      if let value, !value.isEmpty { list.append((name, value)) }
    }
    add("sasl_method", facts.login?.method)
    add("sasl_username", facts.login?.user)
    add("sasl_sender", facts.login?.sender)
    let client = facts.client
    if let forwarding, forwarding.namesClient {
      add("log_client_name", forwarding.name)
      add("log_client_address", forwarding.headerAddress)
      add("log_client_port", forwarding.port)
      add("log_message_origin", forwarding.nameAndAddress)
      add("log_helo_name", forwarding.helo)
      add("log_protocol_name", forwarding.protocolName)
    } else {
      add("log_client_name", client.name)
      add("log_client_address", client.headerAddress)
      add("log_client_port", client.port)
      add("log_message_origin", client.nameAndAddress)
      add("log_helo_name", facts.helo)
      add("log_protocol_name", facts.protocolName)
    }
    add("client_name", client.name)
    add("reverse_client_name", client.reverseName)
    add("client_address", client.addressText)
    add("client_port", client.port)
    add("server_address", facts.serverAddress)
    add("server_port", facts.serverPort)
    add("helo_name", facts.helo)
    add("protocol_name", facts.protocolName)
    add("client_address_type", facts.socketAddressType)
    return list
  }

  /// `: client=NAME[ADDR]` and what is known of login and forwarding.
  private var clientText: Bytes {
    var line = Bytes()
    func add(_ name: String, _ value: Bytes?) {
      guard let value, !value.isEmpty else { return }
      line.append(contentsOf: name.utf8)
      line.append(contentsOf: value)
    }
    add(": client=", clientName)
    add(", sasl_method=", facts.login?.method)
    add(", sasl_username=", facts.login?.user)
    add(", sasl_sender=", facts.login?.sender)
    add(", orig_queue_id=", forwarding?.ident)
    if let forwarding, forwarding.namesClient { add(", orig_client=", forwarding.nameAndAddress) }
    return line
  }
}

extension Facts {
  /// Address family of the client, as the operating system counts them.
  fileprivate var socketAddressType: Bytes {
    switch client.address ?? socketAddress {
    case .v6: Bytes("10")
    case .v4, nil: Bytes("2")
    }
  }
}

extension Forwarding {
  /// With `IPv6:` in front of an IPv6 address.
  fileprivate var headerAddress: Bytes {
    guard case .v6 = ip else { return address }
    return Bytes("IPv6:") + address
  }
}
