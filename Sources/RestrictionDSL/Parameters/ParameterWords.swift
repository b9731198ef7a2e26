/// Parameters whose value is one of a few words, as smtpd checks them when it starts.
///
/// - Source: postconf(5); observed with Postfix 3.7.11
enum ParameterWords {
  static let bareNewline = ["yes", "no", "normalize", "reject"]

  static let tlsLevels = ["none", "may", "encrypt", "fingerprint", "verify", "secure"]

  static let receiveOverrides = [
    "no_unknown_recipient_checks", "no_address_mappings", "no_header_body_checks", "no_milters",
  ]

  static let notifyClasses = [
    "bounce", "2bounce", "data", "delay", "policy", "protocol", "resource", "software",
  ]

  static let temporaryFailureActions = [
    "unknown_helo_hostname_tempfail_action", "unknown_address_tempfail_action",
    "unverified_recipient_tempfail_action", "unverified_sender_tempfail_action",
  ]

  /// Lists in which every element must be a table.
  static let tableLists = [
    "smtpd_reject_footer_maps", "smtpd_command_filter", "smtpd_dns_reply_filter",
    "canonical_maps", "sender_canonical_maps", "recipient_canonical_maps", "rbl_reply_maps",
    "virtual_alias_maps", "virtual_mailbox_maps", "local_recipient_maps", "relay_recipient_maps",
    "smtpd_sender_login_maps", "smtpd_milter_maps", "relay_clientcerts",
    "smtpd_discard_ehlo_keyword_address_maps",
  ]

  /// Parameters that name one table: blanks and commas belong to its name.
  ///
  /// Recorded scenario asked-command-filter-one-table.
  static let singleTables: Set<String> = ["smtpd_command_filter"]

  static let syslogFacilities: Set<String> = [
    "auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "security",
    "syslog", "user", "uucp", "local0", "local1", "local2", "local3", "local4", "local5",
    "local6", "local7",
  ]
}
