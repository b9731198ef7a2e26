import RestrictionDSL

extension Operation {
  /// Life time of what the answer depends on.
  public var scope: Scope {
    switch self {
    case .enter, .leave, .accept, .permit, .reject, .defer, .deferIfPermit, .deferIfReject, .sleep,
      .warnOnly, .misconfigured, .applyDeferIfPermit:
      .config
    case .permitInetInterfaces, .permitMynetworks, .rejectUnknownClientHostname,
      .rejectUnknownReverseClientHostname, .rejectMapsRBL:
      .connection
    case .rejectInvalidHelo, .rejectUnknownHelo, .permitNakedIPAddress,
      .rejectPlaintextSession, .permitTLSClientCerts, .permitTLSAllClientCerts, .certificateAccess:
      // STARTTLS is followed by a new EHLO.
      .helo
    case .permitSASLAuthenticated: .auth
    case .access(let subject, _), .serverAccess(let subject, _, _): subject.scope
    case .rejectUnknownDomain(let subject), .rejectNonFQDN(let subject),
      .rejectUnverified(let subject), .rejectUnlisted(let subject):
      subject.scope
    case .rejectDNSList(let subject, _): subject.scope
    case .permitDNSList:
      // In RCPT it asks only for authorized destinations.
      .recipient
    case .rejectSenderLoginMismatch, .implicitUnlistedSender, .rejectNonFQDNHelo:
      // The HELO name may be UTF-8 where MAIL said SMTPUTF8.
      .sender
    case .permitAuthDestination, .rejectUnauthDestination, .deferUnauthDestination,
      .permitMXBackup, .checkRelayDomains, .rejectMultiRecipientBounce,
      .implicitUnlistedRecipient, .warnEmptyRelayDefault, .checkPolicyService,
      .rejectUnauthPipelining:
      .recipient
    }
  }

  /// Whether the same facts may have another answer at the next time.
  public var isVolatile: Bool {
    switch self {
    case .checkPolicyService, .sleep, .rejectUnauthPipelining, .rejectUnverified: true
    case .access(_, let table), .serverAccess(_, _, let table), .certificateAccess(let table, _):
      table.isVolatile
    default: false
    }
  }

  /// Whether dunno, while not under warn_if_reject, means exactly that the test found nothing: no
  /// log line, no deferral, no record.
  ///
  /// Such an answer holds as long as its ``scope``.
  public var isPure: Bool {
    switch self {
    case .permitInetInterfaces, .permitMynetworks, .rejectUnknownClientHostname,
      .rejectUnknownReverseClientHostname, .permitSASLAuthenticated, .rejectInvalidHelo,
      .rejectNonFQDNHelo, .rejectNonFQDN, .permitAuthDestination, .rejectUnauthDestination,
      .deferUnauthDestination, .rejectMultiRecipientBounce, .rejectPlaintextSession:
      true
    default: false
    }
  }

  /// Whether an answer without effects may be kept in a fact slot until its scope ends.
  ///
  /// What an entry of an access table does is known only when it is found, so the executor keeps
  /// nothing but "no entry".
  public var isMemoizable: Bool {
    guard !isVolatile else { return false }
    switch self {
    case .access, .serverAccess, .certificateAccess, .rejectDNSList, .rejectUnknownHelo,
      .rejectUnknownDomain, .rejectSenderLoginMismatch, .rejectUnlisted(.sender):
      return true
    default:
      return isPure
    }
  }

  /// Whether permit is possible.
  public var permits: Bool {
    switch self {
    case .permit, .permitInetInterfaces, .permitMynetworks, .permitSASLAuthenticated,
      .permitTLSClientCerts, .permitTLSAllClientCerts, .permitDNSList, .permitNakedIPAddress,
      .permitAuthDestination, .permitMXBackup, .checkRelayDomains, .access, .certificateAccess,
      .serverAccess, .checkPolicyService:
      // serverAccess refuses OK but DISCARD permits.
      true
    default: false
    }
  }

  /// Whether evaluation never goes on behind it.
  ///
  /// `reject` and the like do so under warn_if_reject.
  public var isFinal: Bool {
    switch self {
    case .permit, .misconfigured, .accept: true
    default: false
    }
  }

  /// Whether it rejects, or permits, whatever the facts are.
  ///
  /// check_relay_domains does not: without a recipient it is skipped.
  public var alwaysDecides: Bool {
    switch self {
    case .reject, .defer: true
    default: isFinal
    }
  }

  /// The table that is looked into.
  public var table: TableSpec? {
    switch self {
    case .access(_, let table), .serverAccess(_, _, let table), .certificateAccess(let table, _):
      table
    default: nil
    }
  }
}

extension Subject {
  var scope: Scope {
    switch self {
    case .client, .reverseClient: .connection
    case .helo, .ccert: .helo
    case .sasl: .auth
    case .sender: .sender
    case .recipient, .etrn: .recipient
    }
  }
}

extension DNSListSubject {
  var scope: Scope {
    switch self {
    case .clientAddress, .clientName, .reverseClientName: .connection
    case .helo: .helo
    case .sender: .sender
    case .recipient: .recipient
    }
  }
}

extension TableSpec {
  /// The same key may have another answer at the next question.
  ///
  /// Combined and proxied tables are what their parts are; when in doubt, volatile.
  public var isVolatile: Bool {
    switch type {
    case "hash", "btree", "lmdb", "cdb", "dbm", "sdbm", "texthash", "inline", "static", "environ",
      "regexp", "pcre", "cidr":
      false
    default: true
    }
  }
}
