import RestrictionDSL

extension RestrictionLowering {
  /// A check of one table.
  func tableOperation(_ name: RestrictionName, _ text: String) -> Operation {
    if name == .checkCcertAccess { return certificateAccess(text) }
    // A table in braces keeps them here: Postfix opens what is inside, looks up the text with
    // braces, and does not find it ("unexpected dictionary"). See ``TableSpec/isInBraces``.
    let spec = TableSpec(text) ?? TableSpec(type: text, name: "")
    switch name {
    case .checkReverseClientHostnameAccess: return .access(.reverseClient, spec)
    case .checkHeloAccess: return .access(.helo, spec)
    case .checkSenderAccess: return .access(.sender, spec)
    case .checkRecipientAccess: return .access(.recipient, spec)
    case .checkETRNAccess: return .access(.etrn, spec)
    case .checkSASLAccess: return .access(.sasl, spec)
    case .checkClientAAccess: return .serverAccess(.client, .a, spec)
    case .checkClientMXAccess: return .serverAccess(.client, .mx, spec)
    case .checkClientNSAccess: return .serverAccess(.client, .ns, spec)
    case .checkReverseClientHostnameAAccess: return .serverAccess(.reverseClient, .a, spec)
    case .checkReverseClientHostnameMXAccess: return .serverAccess(.reverseClient, .mx, spec)
    case .checkReverseClientHostnameNSAccess: return .serverAccess(.reverseClient, .ns, spec)
    case .checkHeloAAccess: return .serverAccess(.helo, .a, spec)
    case .checkHeloMXAccess: return .serverAccess(.helo, .mx, spec)
    case .checkHeloNSAccess: return .serverAccess(.helo, .ns, spec)
    case .checkSenderAAccess: return .serverAccess(.sender, .a, spec)
    case .checkSenderMXAccess: return .serverAccess(.sender, .mx, spec)
    case .checkSenderNSAccess: return .serverAccess(.sender, .ns, spec)
    case .checkRecipientAAccess: return .serverAccess(.recipient, .a, spec)
    case .checkRecipientMXAccess: return .serverAccess(.recipient, .mx, spec)
    case .checkRecipientNSAccess: return .serverAccess(.recipient, .ns, spec)
    default: return .access(.client, spec)
    }
  }

  private func certificateAccess(_ text: String) -> Operation {
    switch TableReference(text) {
    case .plain(let spec): .certificateAccess(spec, searchOrder: [])
    case .attributed(let spec, let order): .certificateAccess(spec, searchOrder: order)
    case .malformed, nil: .misconfigured(.tableAttributes(text))
    }
  }

  /// A DNS list; its argument keeps `=filter`.
  func dnsList(_ name: RestrictionName, _ argument: String) -> Operation {
    switch name {
    case .rejectRHSBLClient: .rejectDNSList(.clientName, argument: argument)
    case .rejectRHSBLReverseClient: .rejectDNSList(.reverseClientName, argument: argument)
    case .rejectRHSBLHelo: .rejectDNSList(.helo, argument: argument)
    case .rejectRHSBLSender: .rejectDNSList(.sender, argument: argument)
    case .rejectRHSBLRecipient: .rejectDNSList(.recipient, argument: argument)
    case .permitDNSWLClient: .permitDNSList(.clientAddress, argument: argument)
    case .permitRHSWLClient: .permitDNSList(.clientName, argument: argument)
    default: .rejectDNSList(.clientAddress, argument: argument)
    }
  }
}

extension TableSpec {
  /// The text of a table in braces where only `check_ccert_access` understands them: a lookup
  /// answers with `unexpected dictionary` instead of a value.
  public var isInBraces: Bool { type.utf8.first == 0x7B }
}
