import RestrictionDSL

extension Operation {
  /// The operation as a restriction list would write it, or in words where no list can.
  public var mnemonic: String {
    switch self {
    case .enter(let stage): "enter \(stage.listName)"
    case .leave(let stage): "leave \(stage.listName)"
    case .implicitUnlistedSender: "unlisted-sender"
    case .implicitUnlistedRecipient: "unlisted-recipient"
    case .warnEmptyRelayDefault: "warn-empty-relay-default"
    case .applyDeferIfPermit: "apply-defer-if-permit"
    case .accept: "accept"
    case .permit(let ignored): "permit" + ignored.suffix
    case .reject(let ignored): "reject" + ignored.suffix
    case .defer(let ignored): "defer" + ignored.suffix
    case .deferIfPermit: "defer_if_permit"
    case .deferIfReject: "defer_if_reject"
    case .checkPolicyService(let endpoint): "check_policy_service \(endpoint)"
    case .rejectUnauthPipelining: "reject_unauth_pipelining"
    case .sleep(let seconds): "sleep \(seconds)"
    case .rejectPlaintextSession: "reject_plaintext_session"
    case .warnOnly(let text): "warning \"\(text)\""
    case .misconfigured(let mistake): "misconfigured \(mistake)"
    case .permitInetInterfaces: "permit_inet_interfaces"
    case .permitMynetworks: "permit_mynetworks"
    case .rejectUnknownClientHostname: "reject_unknown_client_hostname"
    case .rejectUnknownReverseClientHostname: "reject_unknown_reverse_client_hostname"
    case .access(let subject, let table): "check_\(subject.tableName)_access \(table)"
    case .serverAccess(let subject, let record, let table):
      "check_\(subject.tableName)_\(record)_access \(table)"
    case .certificateAccess(let table, let order):
      order.isEmpty
        ? "check_ccert_access \(table)"
        : "check_ccert_access { \(table) { search_order = \(order.joined(separator: ", ")) } }"
    case .permitSASLAuthenticated: "permit_sasl_authenticated"
    case .permitTLSClientCerts: "permit_tls_clientcerts"
    case .permitTLSAllClientCerts: "permit_tls_all_clientcerts"
    case .rejectDNSList(let subject, let argument): "\(subject.rejectName) \(argument)"
    case .permitDNSList(let subject, let argument):
      "\(subject == .clientAddress ? "permit_dnswl_client" : "permit_rhswl_client") \(argument)"
    case .rejectMapsRBL: "reject_maps_rbl"
    case .rejectInvalidHelo: "reject_invalid_helo_hostname"
    case .rejectNonFQDNHelo: "reject_non_fqdn_helo_hostname"
    case .rejectUnknownHelo: "reject_unknown_helo_hostname"
    case .permitNakedIPAddress: "permit_naked_ip_address"
    case .rejectUnknownDomain(let subject): "reject_unknown_\(subject)_domain"
    case .rejectNonFQDN(let subject): "reject_non_fqdn_\(subject)"
    case .rejectUnverified(let subject): "reject_unverified_\(subject)"
    case .rejectUnlisted(let subject): "reject_unlisted_\(subject)"
    case .rejectSenderLoginMismatch(let check): "reject_\(check)_sender_login_mismatch"
    case .permitAuthDestination: "permit_auth_destination"
    case .rejectUnauthDestination: "reject_unauth_destination"
    case .deferUnauthDestination: "defer_unauth_destination"
    case .permitMXBackup: "permit_mx_backup"
    case .checkRelayDomains(let ignored): "check_relay_domains" + ignored.suffix
    case .rejectMultiRecipientBounce: "reject_multi_recipient_bounce"
    }
  }
}

extension Array where Element == String {
  fileprivate var suffix: String { isEmpty ? "" : " (ignored: \(joined(separator: " ")))" }
}

extension Stage {
  /// The list in one word.
  public var listName: String {
    switch self {
    case .client: "client"
    case .helo: "helo"
    case .sender: "sender"
    case .relay: "relay"
    case .recipient: "recipient"
    case .etrn: "etrn"
    case .data: "data"
    case .endOfData: "end-of-data"
    }
  }
}

extension Subject {
  /// As in `check_NAME_access`.
  fileprivate var tableName: String {
    self == .reverseClient ? "reverse_client_hostname" : "\(self)"
  }
}

extension DNSListSubject {
  fileprivate var rejectName: String {
    switch self {
    case .clientAddress: "reject_rbl_client"
    case .clientName: "reject_rhsbl_client"
    case .reverseClientName: "reject_rhsbl_reverse_client"
    case .helo: "reject_rhsbl_helo"
    case .sender: "reject_rhsbl_sender"
    case .recipient: "reject_rhsbl_recipient"
    }
  }
}
