extension ParameterCatalog {
  /// Content inspection: filters and milters.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let content: [Parameter] = [
    Parameter(
      "content_filter", .string, "", since: "1.1",
      "transport:destination for after-queue filtering, recorded with each message"),
    Parameter(
      "internal_mail_filter_classes", .list, "", since: "2.3",
      "internal mail that is subject to filters"),
    Parameter(
      "milter_command_timeout", .time, "30s", min: 1, since: "2.3",
      "time limit for one milter command"),
    Parameter(
      "milter_connect_macros", .list, "j {daemon_name} {daemon_addr} v _", since: "2.3",
      "macros sent at connect"),
    Parameter(
      "milter_connect_timeout", .time, "30s", min: 1, since: "2.3",
      "time limit to connect to a milter"),
    Parameter(
      "milter_content_timeout", .time, "300s", min: 1, since: "2.3",
      "time limit for milter content"),
    Parameter(
      "milter_data_macros", .list, "i", since: "2.3",
      "macros sent at DATA"),
    Parameter(
      "milter_default_action", .string, "tempfail", min: 1, since: "2.3",
      """
      what to do when a milter fails: accept, reject, tempfail, shutdown, quarantine (default \
      changed in 3.11)
      """),
    Parameter(
      "milter_end_of_data_macros", .list, "i", since: "2.3",
      "macros sent at end of data"),
    Parameter(
      "milter_end_of_header_macros", .list, "i", since: "2.5",
      "macros sent at end of header"),
    Parameter(
      "milter_helo_macros", .list,
      "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
      since: "2.3",
      "macros sent at HELO"),
    Parameter(
      "milter_macro_daemon_name", .string, "$myhostname", min: 1, since: "2.3",
      "value of {daemon_name}"),
    Parameter(
      "milter_macro_defaults", .list, "", since: "3.1",
      "default macro values"),
    Parameter(
      "milter_macro_v", .string, "$mail_name $mail_version", min: 1, since: "2.3",
      "value of macro v"),
    Parameter(
      "milter_mail_macros", .list,
      """
      i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} \
      {mail_mailer}
      """,
      since: "2.3",
      "macros sent at MAIL"),
    Parameter(
      "milter_protocol", .string, "6", min: 1, since: "2.3",
      "milter protocol version and extensions"),
    Parameter(
      "milter_rcpt_macros", .list, "i {rcpt_addr} {rcpt_host} {rcpt_mailer}", since: "2.3",
      "macros sent at RCPT"),
    Parameter(
      "milter_unknown_command_macros", .list, "", since: "2.3",
      "macros sent with unknown commands"),
    Parameter(
      "receive_override_options", .list, "", since: "2.1",
      """
      processing steps to leave out: no_unknown_recipient_checks, no_address_mappings, \
      no_header_body_checks, no_milters
      """),
    Parameter(
      "smtpd_authorized_xforward_hosts", .list, "", since: "2.1",
      "clients that may use XFORWARD"),
    Parameter(
      "smtpd_milter_maps", .maps, "", since: "3.2",
      "milter list by client address; DISABLE turns milters off"),
    Parameter(
      "smtpd_milters", .list, "", since: "2.3",
      "milters for mail received by smtpd"),
    Parameter(
      "smtpd_proxy_ehlo", .string, "$myhostname", since: "2.1",
      "name sent in EHLO to the before-queue filter"),
    Parameter(
      "smtpd_proxy_filter", .string, "", since: "2.1",
      "host:port or unix: endpoint of the before-queue filter"),
    Parameter(
      "smtpd_proxy_options", .list, "", since: "2.7",
      "proxy filter options: speed_adjust"),
    Parameter(
      "smtpd_proxy_timeout", .time, "100s", min: 1, since: "2.1",
      "connect and I/O time limit towards the before-queue proxy filter"),
  ]
}
