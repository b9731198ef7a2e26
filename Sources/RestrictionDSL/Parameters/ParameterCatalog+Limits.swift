extension ParameterCatalog {
  /// Sizes, rates and error limits.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let limits: [Parameter] = [
    Parameter(
      "anvil_rate_time_unit", .time, "60s", min: 1, since: "2.1",
      "interval of all client rate limits (read by anvil)"),
    Parameter(
      "line_length_limit", .int, "2048", min: 512, since: "1.1",
      "longest input line kept in one piece; also the command line limit"),
    Parameter(
      "message_size_limit", .long, "10240000", since: "1.1",
      "largest message in bytes; 0 = no limit"),
    Parameter(
      "queue_minfree", .long, "0", since: "1.1",
      """
      bytes that must stay free in the queue file system for MAIL to be accepted; 0 = only the \
      message-size rule
      """),
    Parameter(
      "smtpd_client_auth_rate_limit", .int, "0", since: "3.1",
      "AUTH commands per client and time unit; 0 = off"),
    Parameter(
      "smtpd_client_connection_count_limit", .int, "50", since: "2.1",
      "connections one client may have open at the same time; 0 = off"),
    Parameter(
      "smtpd_client_connection_limit_exceptions", .list,
      "",
      since: "2.1", era: .legacy, replacedBy: "smtpd_client_event_limit_exceptions",
      """
      clients exempt from connection limits; renamed smtpd_client_event_limit_exceptions in 2.2 \
      (old name still feeds its default)
      """),
    Parameter(
      "smtpd_client_connection_rate_limit", .int, "0", since: "2.1",
      "connections one client may make per anvil_rate_time_unit; 0 = off"),
    Parameter(
      "smtpd_client_event_limit_exceptions", .list,
      "${smtpd_client_connection_limit_exceptions:$mynetworks}",
      since: "2.2",
      "clients exempt from all anvil limits"),
    Parameter(
      "smtpd_client_ipv4_prefix_length", .int, "32", max: 32, since: "3.8", era: .newer,
      "IPv4 prefix that counts as one client for rate limits"),
    // 3.7 counts single addresses; 84 in 3.12.
    Parameter(
      "smtpd_client_ipv6_prefix_length", .int, "128", max: 128, since: "3.8", era: .newer,
      "IPv6 prefix that counts as one client for rate limits"),
    Parameter(
      "smtpd_client_message_rate_limit", .int, "0", since: "2.2",
      "MAIL commands per client and time unit; 0 = off"),
    Parameter(
      "smtpd_client_new_tls_session_rate_limit", .int, "0", since: "2.3",
      "new TLS sessions per client and time unit; 0 = off"),
    Parameter(
      "smtpd_client_recipient_rate_limit", .int, "0", since: "2.2",
      "RCPT and VRFY commands per client and time unit; 0 = off"),
    Parameter(
      "smtpd_error_sleep_time", .time, "1s", since: "1.1",
      "delay before each reply once the soft error limit is reached"),
    Parameter(
      "smtpd_hard_error_limit", .nint, "${stress?{1}:{20}}", min: 1, since: "1.1",
      "error count at which the session ends with 421"),
    Parameter(
      "smtpd_history_flush_threshold", .int, "100", min: 1, since: "1.1",
      "transcript lines kept before the transcript is reported and flushed"),
    Parameter(
      "smtpd_junk_command_limit", .nint, "${stress?{1}:{100}}", min: 1, since: "1.1",
      """
      junk commands (HELO, EHLO, RSET, NOOP, VRFY, ETRN, noop-list) allowed before each one \
      counts as an error
      """),
    Parameter(
      "smtpd_min_data_rate", .int, "500", min: 1, since: "3.7",
      "bytes per second that extend the deadline while content arrives"),
    Parameter(
      "smtpd_per_request_deadline", .nbool,
      "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}",
      since: "3.7",
      "time limits apply to a whole command or reply instead of one read or write"),
    Parameter(
      "smtpd_recipient_limit", .int, "1000", min: 1, since: "1.1",
      "most recipients accepted for one message; the next RCPT gets 452"),
    Parameter(
      "smtpd_recipient_overshoot_limit", .int, "1000", min: 1, since: "2.1",
      "excess recipients that may be sent over the recipient limit before each counts as an error"),
    Parameter(
      "smtpd_soft_error_limit", .nint, "10", min: 1, since: "1.1",
      "error count at which every reply is delayed by smtpd_error_sleep_time"),
    Parameter(
      "smtpd_timeout", .time, "${stress?{10}:{300}}s", min: 1, since: "1.1",
      "time limit for reading a command and for writing a reply"),
    Parameter(
      "stress", .string, "", since: "2.5",
      "set by the master when all processes are busy; drives other defaults"),
  ]
}
