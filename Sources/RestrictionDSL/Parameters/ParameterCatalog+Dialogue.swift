extension ParameterCatalog {
  /// The SMTP dialogue.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let dialogue: [Parameter] = [
    Parameter(
      "broken_sasl_auth_clients", .bool, "no", since: "1.1",
      #"also announce the obsolete "AUTH=" line"#),
    Parameter(
      "disable_vrfy_command", .bool, "no", since: "1.1",
      "answer VRFY with 502 and do not announce it"),
    // 3.7 does not offer REQUIRETLS; yes in 3.12.
    Parameter(
      "requiretls_enable", .nbool, "no", since: "3.11", era: .newer,
      "support REQUIRETLS"),
    Parameter(
      "requiretls_esmtp_header", .nbool, "yes", since: "3.11", era: .newer,
      "write a header for REQUIRETLS mail"),
    Parameter(
      "resolve_null_domain", .bool, "no", since: "2.1",
      #"treat "user@" as "user" instead of an error"#),
    Parameter(
      "smtpd_command_filter", .maps, "", since: "2.7",
      "one table that replaces client commands before parsing"),
    Parameter(
      "smtpd_delay_open_until_valid_rcpt", .bool, "yes", since: "2.3",
      "open the queue file only at the first accepted recipient"),
    Parameter(
      "smtpd_discard_ehlo_keyword_address_maps", .maps, "", since: "2.2",
      "EHLO keywords not announced, by client address"),
    Parameter(
      "smtpd_discard_ehlo_keywords", .list, "", since: "2.2",
      "EHLO keywords never announced"),
    Parameter(
      "smtpd_forbid_bare_newline", .string,
      "no",
      min: 1, since: "3.9, 3.8.4, 3.7.9, 3.6.13, 3.5.23",
      "bare newline policy: no, yes (same as normalize), normalize, reject; 3.9 adds note"),
    Parameter(
      "smtpd_forbid_bare_newline_exclusions", .list,
      "$mynetworks",
      since: "3.9, 3.8.4, 3.7.9, 3.6.13, 3.5.23",
      "clients exempt from bare newline rules"),
    Parameter(
      "smtpd_forbid_unauth_pipelining", .bool,
      "no",
      since: "3.9, 3.8.1, 3.7.6, 3.6.10, 3.5.20",
      "answer early pipelined input with 554 and disconnect"),
    Parameter(
      "smtpd_forbidden_commands", .list,
      "CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}",
      since: "2.2",
      "commands that end the session at once with 221"),
    Parameter(
      "smtpd_hide_client_session", .nbool, "no", since: "3.10", era: .newer,
      "leave client details out of Received"),
    Parameter(
      "smtpd_noop_commands", .list, "", since: "1.1",
      "commands answered with 250 and otherwise ignored"),
    Parameter(
      "smtpd_peername_lookup", .bool, "yes", since: "2.3",
      #"look up client names; off = name is always "unknown""#),
    Parameter(
      "smtpd_reject_unlisted_sender", .bool, "no", since: "2.1",
      "run the unlisted-sender check implicitly after the sender list"),
    Parameter(
      "smtpd_sasl_exceptions_networks", .list, "", since: "2.1",
      "clients that are not offered AUTH"),
    Parameter(
      "smtpd_upstream_proxy_protocol", .string, "", since: "2.10",
      "empty or haproxy"),
    Parameter(
      "smtpd_upstream_proxy_timeout", .time, "5s", min: 1, since: "2.10",
      "time limit for the haproxy handshake"),
    Parameter(
      "smtputf8_enable", .nbool,
      "${{$compatibility_level} <level {1} ? {no} : {yes}}",
      since: "3.0",
      "support UTF-8 addresses; also turns on UTF-8 checks and UTF-8 case folding in tables"),
    Parameter(
      "strict_rfc821_envelopes", .bool, "no", since: "1.1",
      "demand <> around envelope addresses and refuse comments, phrases and leading @"),
    Parameter(
      "strict_smtputf8", .bool, "no", since: "3.0",
      "refuse non-ASCII addresses without SMTPUTF8"),
  ]
}
