/// The built-in restrictions under their current names.
///
/// Raw values are the names of postconf(5); synonyms are in ``RestrictionCatalog``.
///
/// - Source: postconf(5) smtpd_client_restrictions … smtpd_end_of_data_restrictions
public enum RestrictionName: String, Hashable, Sendable, CaseIterable {
  // Any list.
  case permit
  case reject
  case `defer`
  case deferIfPermit = "defer_if_permit"
  case deferIfReject = "defer_if_reject"
  case warnIfReject = "warn_if_reject"
  case checkPolicyService = "check_policy_service"
  case rejectUnauthPipelining = "reject_unauth_pipelining"
  case sleep
  case rejectPlaintextSession = "reject_plaintext_session"

  // About the client.
  case permitInetInterfaces = "permit_inet_interfaces"
  case permitMynetworks = "permit_mynetworks"
  case rejectUnknownClientHostname = "reject_unknown_client_hostname"
  case rejectUnknownReverseClientHostname = "reject_unknown_reverse_client_hostname"
  case checkClientAccess = "check_client_access"
  case checkReverseClientHostnameAccess = "check_reverse_client_hostname_access"
  case checkClientAAccess = "check_client_a_access"
  case checkClientMXAccess = "check_client_mx_access"
  case checkClientNSAccess = "check_client_ns_access"
  case checkReverseClientHostnameAAccess = "check_reverse_client_hostname_a_access"
  case checkReverseClientHostnameMXAccess = "check_reverse_client_hostname_mx_access"
  case checkReverseClientHostnameNSAccess = "check_reverse_client_hostname_ns_access"
  case rejectRBLClient = "reject_rbl_client"
  case rejectRHSBLClient = "reject_rhsbl_client"
  case rejectRHSBLReverseClient = "reject_rhsbl_reverse_client"
  case permitDNSWLClient = "permit_dnswl_client"
  case permitRHSWLClient = "permit_rhswl_client"
  case rejectMapsRBL = "reject_maps_rbl"
  case permitSASLAuthenticated = "permit_sasl_authenticated"
  case permitTLSClientCerts = "permit_tls_clientcerts"
  case permitTLSAllClientCerts = "permit_tls_all_clientcerts"
  case checkCcertAccess = "check_ccert_access"
  case checkSASLAccess = "check_sasl_access"

  // About the HELO name.
  case checkHeloAccess = "check_helo_access"
  case checkHeloAAccess = "check_helo_a_access"
  case checkHeloMXAccess = "check_helo_mx_access"
  case checkHeloNSAccess = "check_helo_ns_access"
  case rejectInvalidHeloHostname = "reject_invalid_helo_hostname"
  case rejectNonFQDNHeloHostname = "reject_non_fqdn_helo_hostname"
  case rejectUnknownHeloHostname = "reject_unknown_helo_hostname"
  case rejectRHSBLHelo = "reject_rhsbl_helo"
  case permitNakedIPAddress = "permit_naked_ip_address"

  // About the sender.
  case checkSenderAccess = "check_sender_access"
  case checkSenderAAccess = "check_sender_a_access"
  case checkSenderMXAccess = "check_sender_mx_access"
  case checkSenderNSAccess = "check_sender_ns_access"
  case rejectUnknownSenderDomain = "reject_unknown_sender_domain"
  case rejectNonFQDNSender = "reject_non_fqdn_sender"
  case rejectUnverifiedSender = "reject_unverified_sender"
  case rejectSenderLoginMismatch = "reject_sender_login_mismatch"
  case rejectAuthenticatedSenderLoginMismatch = "reject_authenticated_sender_login_mismatch"
  case rejectUnauthenticatedSenderLoginMismatch = "reject_unauthenticated_sender_login_mismatch"
  case rejectKnownSenderLoginMismatch = "reject_known_sender_login_mismatch"
  case rejectUnlistedSender = "reject_unlisted_sender"
  case rejectRHSBLSender = "reject_rhsbl_sender"

  // About the recipient and the ETRN domain.
  case checkRecipientAccess = "check_recipient_access"
  case checkRecipientAAccess = "check_recipient_a_access"
  case checkRecipientMXAccess = "check_recipient_mx_access"
  case checkRecipientNSAccess = "check_recipient_ns_access"
  case permitAuthDestination = "permit_auth_destination"
  case rejectUnauthDestination = "reject_unauth_destination"
  case deferUnauthDestination = "defer_unauth_destination"
  case permitMXBackup = "permit_mx_backup"
  case checkRelayDomains = "check_relay_domains"
  case rejectUnknownRecipientDomain = "reject_unknown_recipient_domain"
  case rejectNonFQDNRecipient = "reject_non_fqdn_recipient"
  case rejectUnlistedRecipient = "reject_unlisted_recipient"
  case rejectUnverifiedRecipient = "reject_unverified_recipient"
  case rejectMultiRecipientBounce = "reject_multi_recipient_bounce"
  case rejectRHSBLRecipient = "reject_rhsbl_recipient"
  case checkETRNAccess = "check_etrn_access"
}
