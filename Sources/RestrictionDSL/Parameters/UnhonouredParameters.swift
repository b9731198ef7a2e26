/// Parameters of the catalogue that nothing in this server reads, and why.
///
/// Every row of ``ParameterCatalog`` is read by the sources, or has its place here: a test compares.
/// What the administrator asks for in vain is reported by name where it is set to something other
/// than its default, at start and by lint.
public enum UnhonouredParameters {
  /// What the administrator asks for and does not get.
  ///
  /// In groups, each with the reason.
  static let groups: [(reason: String, names: [String])] = [
    (
      "this server does not do SASL yet",
      [
        "broken_sasl_auth_clients", "cyrus_sasl_config_path", "smtpd_sasl_application_name",
        "smtpd_sasl_local_domain", "smtpd_sasl_mechanism_filter", "smtpd_sasl_path",
        "smtpd_sasl_response_limit", "smtpd_sasl_security_options", "smtpd_sasl_service",
        "smtpd_sasl_tls_security_options", "smtpd_sasl_type",
      ]
    ),
    (
      "this server does not do TLS yet",
      [
        "requiretls_enable", "requiretls_esmtp_header", "smtpd_starttls_timeout",
        "smtpd_tls_CAfile", "smtpd_tls_CApath", "smtpd_tls_always_issue_session_ids",
        "smtpd_tls_ccert_verifydepth", "smtpd_tls_cert_file", "smtpd_tls_chain_files",
        "smtpd_tls_ciphers", "smtpd_tls_dcert_file", "smtpd_tls_dh1024_param_file",
        "smtpd_tls_dh512_param_file", "smtpd_tls_dkey_file", "smtpd_tls_eccert_file",
        "smtpd_tls_eckey_file", "smtpd_tls_eecdh_grade", "smtpd_tls_enable_rpk",
        "smtpd_tls_exclude_ciphers", "smtpd_tls_fingerprint_digest", "smtpd_tls_key_file",
        "smtpd_tls_loglevel", "smtpd_tls_loglevel_maps", "smtpd_tls_mandatory_ciphers",
        "smtpd_tls_mandatory_exclude_ciphers", "smtpd_tls_mandatory_protocols",
        "smtpd_tls_protocols", "smtpd_tls_received_header", "smtpd_tls_trace_size_limit",
        "tls_append_default_CA", "tls_config_file", "tls_config_name", "tls_daemon_random_bytes",
        "tls_dane_digests", "tls_disable_workarounds", "tls_eecdh_auto_curves",
        "tls_eecdh_strong_curve", "tls_eecdh_ultra_curve", "tls_export_cipherlist",
        "tls_fast_shutdown_enable", "tls_ffdhe_auto_groups", "tls_high_cipherlist",
        "tls_legacy_public_key_fingerprints", "tls_low_cipherlist", "tls_medium_cipherlist",
        "tls_null_cipherlist", "tls_preempt_cipherlist", "tls_required_enable",
        "tls_server_sni_maps", "tls_session_ticket_cipher", "tls_ssl_options",
        "tls_trace_rate_limit", "tls_trust_server_ccerts", "tls_wildcard_matches_multiple_labels",
        "tlsmgr_service_name", "tlsproxy_service_name",
      ]
    ),
    (
      "this server does not do milters yet",
      [
        "internal_mail_filter_classes", "milter_command_timeout", "milter_connect_macros",
        "milter_connect_timeout", "milter_content_timeout", "milter_data_macros",
        "milter_default_action", "milter_end_of_data_macros", "milter_end_of_header_macros",
        "milter_helo_macros", "milter_macro_daemon_name", "milter_macro_defaults",
        "milter_macro_v", "milter_mail_macros", "milter_protocol", "milter_rcpt_macros",
        "milter_unknown_command_macros", "smtpd_milter_maps",
      ]
    ),
    (
      "this server does not do before-queue filters yet",
      ["smtpd_proxy_ehlo", "smtpd_proxy_options", "smtpd_proxy_timeout"]
    ),
    (
      "this server does not do the PROXY protocol yet", ["smtpd_upstream_proxy_timeout"]
    ),
    (
      "one process serves all sessions as long as it runs",
      [
        "daemon_timeout", "default_process_limit", "import_environment", "master_service_disable",
        "max_use",
      ]
    ),
    (
      "this server does the work of the other program itself",
      ["cleanup_service_name", "in_flow_delay", "rewrite_service_name", "trigger_timeout"]
    ),
    (
      "this server has limits of its own for connections to services", ["ipc_idle", "ipc_ttl"]
    ),
    (
      "this server writes its log file without postlogd(8)",
      ["maillog_file_permissions", "maillog_file_prefixes"]
    ),
    (
      "not built",
      [
        "debug_peer_level", "dns_ncache_ttl_fix_enable", "enable_idna2003_compatibility",
        "fault_injection_code", "known_tcp_ports", "non_bdb_custom_mapping",
        "non_bdb_migration_level", "non_bdb_migration_log_redirect",
        "non_bdb_migration_service_name", "relocated_prefix_enable", "socketmap_max_query_size",
        "socketmap_max_reply_size", "tcp_windowsize",
      ]
    ),
  ]

  /// Parameters that smtpd(8) of Postfix knows or logs, and that only other programs act on; those
  /// run beside this server and read main.cf themselves.
  ///
  /// - Source: postconf(5) 3.7.11, the programs that each description names
  static let elsewhere: [(program: String, names: [String])] = [
    (
      "verify(8) and trivial-rewrite(8)",
      [
        "address_verify_default_transport", "address_verify_local_transport",
        "address_verify_negative_cache", "address_verify_relay_transport",
        "address_verify_relayhost", "address_verify_sender_dependent_default_transport_maps",
        "address_verify_sender_dependent_relayhost_maps", "address_verify_transport_maps",
        "address_verify_virtual_transport",
      ]
    ),
    (
      "delivery agents and the queue manager",
      [
        "alias_database", "backwards_bounce_logfile_compatibility", "bounce_service_name",
        "default_delivery_status_filter", "default_privs", "defer_service_name",
        "delay_logging_resolution_limit", "deliver_lock_attempts", "deliver_lock_delay",
        "disable_dns_lookups", "disable_mime_output_conversion", "dnssec_probe", "dont_remove",
        "error_service_name", "export_environment", "send_cyrus_sasl_authzid", "stale_lock_time",
        "trace_service_name",
      ]
    ),
    (
      "master(8) and the commands",
      [
        "alternate_config_directories", "application_event_drain_time", "command_directory",
        "daemon_directory", "data_directory", "default_cache_db_type", "fork_attempts",
        "fork_delay", "maillog_file_compressor", "maillog_file_rotate_suffix", "meta_directory",
        "multi_instance_directories", "multi_instance_enable", "multi_instance_group",
        "multi_instance_name", "multi_instance_wrapper", "openssl_path", "pickup_service_name",
        "postlog_service_name", "process_id_directory", "proxywrite_service_name",
        "respectful_logging", "service_throttle_time", "setgid_group", "shlib_directory",
        "showq_service_name",
      ]
    ),
    // Values that the program gives itself, and those that only defaults of others refer to.
    ("nobody", ["process_id"]),
    ("parameters that refer to it", ["alias_maps", "reject_tempfail_action"]),
    ("the parameter of its new name", ["smtpd_client_connection_limit_exceptions"]),
  ]

  /// Why a parameter is not honoured; `nil` for those that are.
  public static func reason(_ name: String) -> String? { reasons[name] }

  private static let reasons: [String: String] = Dictionary(
    groups.flatMap { group in group.names.map { ($0, group.reason) } },
    uniquingKeysWith: { first, _ in first })

  /// One warning for each parameter that is set and not honoured, by name.
  ///
  /// A value that is the default is no wish.
  public static func diagnostics(_ settings: Settings) -> [Diagnostic] {
    reasons.keys.sorted().compactMap { name in
      guard let reason = reasons[name], settings.isSet(name), !isDefault(name, settings) else {
        return nil
      }
      return Diagnostic(
        .warning, "unhonoured-parameter", "parameter '\(name)' is not honoured: \(reason)",
        at: settings.entry(name)?.range,
        logLine: isLogDetail(name) ? nil : "warning: parameter \(name) is not honoured: \(reason)")
    }
  }

  /// Only how much is logged about a peer: nothing that a client, a message or the policy could miss,
  /// so that lint says it and the log, which is compared with that of Postfix, does not.
  private static func isLogDetail(_ name: String) -> Bool { name == "debug_peer_level" }

  private static func isDefault(_ name: String, _ settings: Settings) -> Bool {
    guard let entry = settings.entry(name), let parameter = ParameterCatalog.parameter(name),
      let text = parameter.defaultText
    else { return false }
    var value = TracedText(text)
    if parameter.kind != .raw {
      let expansion = Expansion(lookup: { settings.entry($0)?.text })
      guard let expanded = try? expansion.expand(value, of: name) else { return false }
      value = expanded
    }
    let normal = (try? ParameterCheck.normalised(value.bytes, parameter)) ?? value.text
    switch parameter.kind {
    case .bool, .nbool, .style: return normal.lowercased() == entry.value.lowercased()
    case .list, .maps, .restrictions:
      return Settings.split(normal) == Settings.split(entry.value)
    default: return normal == entry.value
    }
  }
}
