extension ParameterCatalog {
  /// Who may send what: restriction lists, policy services, address verification.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let access: [Parameter] = [
    Parameter(
      "address_verify_default_transport", .string, "$default_transport", min: 1, since: "2.1",
      "default_transport for probes"),
    Parameter(
      "address_verify_local_transport", .string, "$local_transport", min: 1, since: "2.1",
      "local_transport for probes"),
    Parameter(
      "address_verify_negative_cache", .bool, "yes", since: "2.1",
      "cache failed probes"),
    Parameter(
      "address_verify_poll_count", .nint, "${stress?{1}:{3}}", min: 1, since: "2.1",
      "how often the verify service is asked before giving up on a running probe"),
    Parameter(
      "address_verify_poll_delay", .time, "3s", min: 1, since: "2.1",
      "pause between two questions to the verify service"),
    Parameter(
      "address_verify_relay_transport", .string, "$relay_transport", min: 1, since: "2.1",
      "relay_transport for probes"),
    Parameter(
      "address_verify_relayhost", .string, "$relayhost", since: "2.1",
      "relayhost for probes"),
    Parameter(
      "address_verify_sender", .string, "$double_bounce_sender", since: "2.1",
      "sender of verification probes; as recipient it is always accepted"),
    Parameter(
      "address_verify_sender_dependent_default_transport_maps", .maps,
      "$sender_dependent_default_transport_maps",
      since: "2.7",
      "the same for probes"),
    Parameter(
      "address_verify_sender_dependent_relayhost_maps", .maps,
      "$sender_dependent_relayhost_maps",
      since: "2.3",
      "the same for probes"),
    Parameter(
      "address_verify_sender_ttl", .time, "0s", since: "2.9",
      "period after which the probe sender changes; 0 = fixed address"),
    Parameter(
      "address_verify_service_name", .string, "verify", min: 1, since: "2.1",
      "address verification service"),
    Parameter(
      "address_verify_transport_maps", .maps, "$transport_maps", since: "2.1",
      "transport_maps for probes"),
    Parameter(
      "address_verify_virtual_transport", .string, "$virtual_transport", min: 1, since: "2.1",
      "virtual_transport for probes"),
    Parameter(
      "allow_untrusted_routing", .bool, "no", since: "1.1",
      "let relay and OK decisions apply to source-routed addresses"),
    Parameter(
      "maps_rbl_domains", .list, "", since: "1.1",
      "domains used by the old reject_maps_rbl restriction"),
    Parameter(
      "parent_domain_matches_subdomains", .list,
      """
      debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,\
      qmqpd_authorized_clients,relay_domains,smtpd_access_maps
      """,
      since: "1.1",
      "features where domain also matches its subdomains"),
    Parameter(
      "permit_mx_backup_networks", .list, "", since: "1.1",
      "networks that the primary MX hosts must be in for permit_mx_backup"),
    Parameter(
      "reject_tempfail_action", .style, "defer_if_permit", min: 1, since: "2.6",
      "what a reject-type restriction does on a temporary error: defer or defer_if_permit"),
    Parameter(
      "smtpd_client_restrictions", .restrictions, "", since: "1.1",
      "checks for the connection"),
    Parameter(
      "smtpd_data_restrictions", .restrictions, "", since: "2.0",
      "checks for DATA and the first BDAT"),
    Parameter(
      "smtpd_delay_reject", .bool, "yes", since: "1.1",
      "evaluate client, helo and sender lists only at RCPT (client and helo also at ETRN)"),
    Parameter(
      "smtpd_dns_reply_filter", .maps, "", since: "3.0",
      "table that filters or replaces DNS replies"),
    Parameter(
      "smtpd_dns_prefetch", .style, "yes", min: 1, since: "", era: .own,
      "when DNS questions start: yes at the first one reached, connect, or no, one at a time"),
    Parameter(
      "smtpd_end_of_data_restrictions", .restrictions, "", since: "2.2",
      "checks after the end of message content"),
    Parameter(
      "smtpd_etrn_restrictions", .restrictions, "", since: "1.1",
      "checks for ETRN"),
    Parameter(
      "smtpd_expansion_filter", .raw,
      ##"\t\40!"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"##,
      min: 1, since: "2.0",
      "characters kept in $name expansions of reply templates; others become _"),
    Parameter(
      "smtpd_helo_required", .bool, "no", since: "1.1",
      "refuse MAIL and ETRN before HELO/EHLO with 503"),
    Parameter(
      "smtpd_helo_restrictions", .restrictions, "", since: "1.1",
      "checks for HELO/EHLO"),
    Parameter(
      "smtpd_log_access_permit_actions", .list, "", since: "2.10",
      "permit-type actions that are logged"),
    Parameter(
      "smtpd_null_access_lookup_key", .string, "<>", since: "1.1",
      "access table key that stands for the null sender"),
    Parameter(
      "smtpd_policy_service_default_action", .string,
      "451 4.3.5 Server configuration problem",
      min: 1, since: "3.0",
      "action when the policy server fails"),
    Parameter(
      "smtpd_policy_service_max_idle", .time, "300s", min: 1, since: "2.1",
      "idle time after which a policy connection is closed"),
    Parameter(
      "smtpd_policy_service_max_ttl", .time, "1000s", min: 1, since: "2.1",
      "age after which a policy connection is closed"),
    Parameter(
      "smtpd_policy_service_policy_context", .string, "", since: "3.1",
      "free text sent as policy_context"),
    Parameter(
      "smtpd_policy_service_request_limit", .int, "0", since: "3.0",
      "requests per policy connection; 0 = no limit"),
    Parameter(
      "smtpd_policy_service_retry_delay", .time, "1s", min: 1, since: "3.0",
      "pause between policy request attempts"),
    Parameter(
      "smtpd_policy_service_timeout", .time, "100s", min: 1, since: "2.1",
      "connect and I/O time limit towards a policy server"),
    Parameter(
      "smtpd_policy_service_try_limit", .int, "2", min: 1, since: "3.0",
      "attempts per policy request"),
    Parameter(
      "smtpd_recipient_restrictions", .restrictions, "", since: "1.1",
      "checks for RCPT TO (spam policy part)"),
    Parameter(
      "smtpd_reject_unlisted_recipient", .bool, "yes", since: "2.1",
      "run the unlisted-recipient check implicitly after the recipient list"),
    Parameter(
      "smtpd_relay_before_recipient_restrictions", .nbool,
      "${{$compatibility_level} <level {3.6} ? {no} : {yes}}",
      since: "3.6",
      "order of the relay and recipient lists"),
    Parameter(
      "smtpd_relay_restrictions", .restrictions,
      """
      ${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, \
      permit_sasl_authenticated, defer_unauth_destination}}
      """,
      since: "2.10",
      "checks for RCPT TO (relay policy part)"),
    Parameter(
      "smtpd_restriction_classes", .list, "", since: "1.1",
      "names of main.cf parameters that may be used as restrictions"),
    Parameter(
      "smtpd_sender_restrictions", .restrictions, "", since: "1.1",
      "checks for MAIL FROM"),
    Parameter(
      "unknown_address_tempfail_action", .style,
      "$reject_tempfail_action",
      min: 1, since: "2.6",
      "the same for reject_unknown_sender_domain and _recipient_domain"),
    Parameter(
      "unknown_helo_hostname_tempfail_action", .style,
      "$reject_tempfail_action",
      min: 1, since: "2.6",
      "the same for reject_unknown_helo_hostname"),
    Parameter(
      "unverified_recipient_reject_code", .int, "450", min: 200, max: 599, since: "2.1",
      "reply code when a recipient probe bounces; 2xx means accept"),
    Parameter(
      "unverified_recipient_tempfail_action", .style,
      "$reject_tempfail_action",
      min: 1, since: "2.6",
      "the same for reject_unverified_recipient"),
    Parameter(
      "unverified_sender_reject_code", .int, "450", min: 200, max: 599, since: "2.1",
      "reply code when a sender probe bounces; 2xx means accept"),
    Parameter(
      "unverified_sender_tempfail_action", .style,
      "$reject_tempfail_action",
      min: 1, since: "2.6",
      "the same for reject_unverified_sender"),
  ]
}
