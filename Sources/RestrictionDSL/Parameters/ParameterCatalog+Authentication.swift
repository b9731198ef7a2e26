extension ParameterCatalog {
  /// SASL.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let authentication: [Parameter] = [
    Parameter(
      "cyrus_sasl_config_path", .string, "", since: "2.5",
      "search path for Cyrus configuration"),
    Parameter(
      "send_cyrus_sasl_authzid", .bool, "no", since: "2.5",
      "client side SASL switch"),
    Parameter(
      "smtpd_sasl_application_name", .string,
      "smtpd",
      min: 1, since: "2.1", era: .legacy, replacedBy: "smtpd_sasl_path",
      "SASL application name; replaced by smtpd_sasl_path in 2.3"),
    Parameter(
      "smtpd_sasl_auth_enable", .bool, "no", since: "1.1",
      "offer and accept AUTH"),
    Parameter(
      "smtpd_sasl_authenticated_header", .bool, "no", since: "2.3",
      "show the login name in Received"),
    Parameter(
      "smtpd_sasl_local_domain", .string, "", since: "1.1",
      "SASL realm"),
    Parameter(
      "smtpd_sasl_mechanism_filter", .list, "!external, static:rest", since: "3.6",
      "mechanisms that may be announced"),
    Parameter(
      "smtpd_sasl_path", .string, "smtpd", min: 1, since: "2.3",
      "SASL back-end specific path (name or socket)"),
    Parameter(
      "smtpd_sasl_response_limit", .int, "12288", min: 12288, since: "3.4",
      "longest line read during an AUTH exchange"),
    Parameter(
      "smtpd_sasl_security_options", .list, "noanonymous", since: "1.1",
      "SASL mechanism constraints on plaintext sessions"),
    Parameter(
      "smtpd_sasl_service", .string, "smtp", min: 1, since: "2.11",
      "SASL service name"),
    Parameter(
      "smtpd_sasl_tls_security_options", .list, "$smtpd_sasl_security_options", since: "2.2",
      "SASL mechanism constraints on TLS sessions"),
    Parameter(
      "smtpd_sasl_type", .string, "cyrus", min: 1, since: "2.3",
      "SASL back-end: cyrus or dovecot"),
    Parameter(
      "smtpd_sender_login_maps", .maps, "", since: "1.1",
      "login names that own a sender address"),
  ]
}
