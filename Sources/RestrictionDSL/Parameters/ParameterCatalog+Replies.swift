extension ParameterCatalog {
  /// Reply codes and reply texts.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let replies: [Parameter] = [
    Parameter(
      "access_map_defer_code", .int, "450", since: "2.6",
      "reply code of DEFER, DEFER_IF_PERMIT and DEFER_IF_REJECT table actions"),
    Parameter(
      "access_map_reject_code", .int, "554", since: "1.1",
      "reply code of the REJECT action in access tables"),
    Parameter(
      "default_rbl_reply", .raw,
      """
      $rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using \
      $rbl_domain${rbl_reason?; $rbl_reason}
      """,
      min: 1, since: "2.0",
      "reply template for DNS list rejects"),
    Parameter(
      "defer_code", .int, "450", since: "2.0",
      #"reply code of the bare "defer" restriction"#),
    Parameter(
      "invalid_hostname_reject_code", .int, "501", since: "1.1",
      "reply code for a HELO name that is not valid syntax"),
    Parameter(
      "maps_rbl_reject_code", .int, "554", since: "1.1",
      "value of $rbl_code in DNS block list reply templates"),
    Parameter(
      "multi_recipient_bounce_reject_code", .int, "550", since: "2.1",
      "reply code for a null-sender message with several recipients"),
    Parameter(
      "non_fqdn_reject_code", .int, "504", since: "1.1",
      "reply code for names or addresses that are not fully qualified"),
    Parameter(
      "plaintext_reject_code", .int, "450", since: "2.3",
      "reply code of reject_plaintext_session"),
    Parameter(
      "rbl_reply_maps", .maps, "", since: "2.0",
      "reply templates by DNS list name"),
    Parameter(
      "reject_code", .int, "554", since: "1.1",
      #"reply code of the bare "reject" restriction"#),
    Parameter(
      "relay_domains_reject_code", .int, "554", since: "1.1",
      "reply code for relay denials; defer_unauth_destination uses this number minus 100"),
    Parameter(
      "smtpd_forbid_bare_newline_reject_code", .int,
      "550",
      min: 500, max: 599, since: "3.9, 3.8.5, 3.7.10, 3.6.14, 3.5.24",
      "reply code for bare newlines when they are rejected"),
    Parameter(
      "smtpd_reject_filter_maps", .maps, "", since: "3.11", era: .newer,
      "table that replaces 4xx and 5xx replies"),
    Parameter(
      "smtpd_reject_footer", .raw, "", since: "2.8",
      #"text added to 4xx and 5xx replies; \n starts a line, \c at the start continues the reply"#),
    Parameter(
      "smtpd_reject_footer_maps", .maps, "", since: "3.4",
      "footer text by 4xx or 5xx reply"),
    Parameter(
      "unknown_address_reject_code", .int, "450", since: "1.1",
      "reply code for a sender or recipient domain without MX or address record"),
    Parameter(
      "unknown_client_reject_code", .int, "450", since: "1.1",
      "reply code for client name lookup failures that are permanent"),
    Parameter(
      "unknown_hostname_reject_code", .int, "450", since: "1.1",
      "reply code for a HELO name without address or MX record"),
    Parameter(
      "unverified_recipient_defer_code", .int, "450", min: 200, max: 499, since: "2.6",
      "reply code while a recipient probe is unfinished or deferred; 2xx means accept"),
    Parameter(
      "unverified_recipient_reject_reason", .string, "", since: "2.6",
      "text that replaces the probe result for recipients"),
    Parameter(
      "unverified_sender_defer_code", .int, "450", min: 200, max: 499, since: "2.6",
      "reply code while a sender probe is unfinished or deferred; 2xx means accept"),
    Parameter(
      "unverified_sender_reject_reason", .string, "", since: "2.6",
      "text that replaces the probe result for senders"),
  ]
}
