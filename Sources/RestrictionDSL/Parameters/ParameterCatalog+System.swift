extension ParameterCatalog {
  /// The machine, logging, tables.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let system: [Parameter] = [
    Parameter(
      "alternate_config_directories", .list, "", since: "1.1",
      "other configuration directories that privileged programs may use"),
    Parameter(
      "application_event_drain_time", .time, "100s", min: 1, since: "2.1",
      "how long postkick waits for notification"),
    Parameter(
      "berkeley_db_create_buffer_size", .int, "16777216", min: 1, since: "2.0",
      "Berkeley DB cache size for programs that build tables"),
    Parameter(
      "berkeley_db_read_buffer_size", .int, "131072", min: 1, since: "2.0",
      "Berkeley DB cache size for programs that read tables"),
    Parameter(
      "bounce_notice_recipient", .string, "postmaster", min: 1, since: "1.1",
      "who gets transcripts of sessions with bounce-class errors"),
    Parameter(
      "command_directory", .string, "/usr/sbin", min: 1, since: "1.1",
      "where administrative commands live"),
    Parameter(
      "compatibility_level", .string, "0", since: "3.0",
      "which set of incompatible defaults applies"),
    Parameter(
      "config_directory", .string, "/etc/postfix", since: "1.1",
      "directory of main.cf and master.cf (MAIL_CONFIG or -c)"),
    Parameter(
      "daemon_directory", .string, "/usr/lib/postfix/sbin", min: 1, since: "1.1",
      "where daemon programs live"),
    Parameter(
      "daemon_table_open_error_is_fatal", .bool, "no", since: "2.9",
      "exit when a table cannot be opened instead of failing lookups"),
    Parameter(
      "daemon_timeout", .time, "18000s", min: 1, since: "1.1",
      "watchdog limit for handling one request"),
    Parameter(
      "data_directory", .string, "/var/lib/postfix", min: 1, since: "2.5",
      "writable data files"),
    Parameter(
      "debug_peer_level", .int, "2", min: 1, since: "1.1",
      "verbosity added for clients that match debug_peer_list"),
    Parameter(
      "debug_peer_list", .list, "", since: "1.1",
      "clients that get verbose logging"),
    Parameter(
      "default_cache_db_type", .string, "btree", min: 1, since: "3.11", era: .newer,
      "table type of caches"),
    Parameter(
      "default_database_type", .string, "hash", min: 1, since: "1.1",
      "table type when a command gets a name without type"),
    Parameter(
      "default_delivery_status_filter", .maps, "", since: "3.0",
      "delivery status rewriting"),
    Parameter(
      "default_privs", .string, "nobody", min: 1, since: "1.1",
      "unprivileged account for deliveries to commands and files"),
    Parameter(
      "default_process_limit", .int, "100", min: 1, since: "1.1",
      "processes per service"),
    Parameter(
      "delay_logging_resolution_limit", .int, "2", max: 6, since: "2.3",
      "digits after the decimal point in delays"),
    Parameter(
      "deliver_lock_attempts", .int, "20", min: 1, since: "1.1",
      "file lock retries"),
    Parameter(
      "deliver_lock_delay", .time, "1s", min: 1, since: "1.1",
      "pause between lock retries"),
    Parameter(
      "disable_dns_lookups", .bool, "no", since: "1.1",
      "SMTP client switch; smtpd ignores it"),
    Parameter(
      "dns_ncache_ttl_fix_enable", .bool, "no", since: "3.1",
      "use SOA information for negative reply lifetimes"),
    Parameter(
      "dnssec_probe", .string, "ns:.", since: "3.6",
      "DNS query that tests for DNSSEC support"),
    Parameter(
      "double_bounce_sender", .string, "double-bounce", min: 1, since: "1.1",
      "sender of postmaster notices; always a valid local recipient"),
    Parameter(
      "enable_idna2003_compatibility", .nbool, "no", since: "3.2",
      "IDNA mapping mode"),
    Parameter(
      "error_notice_recipient", .string, "postmaster", min: 1, since: "1.1",
      "who gets postmaster notices about policy, protocol, resource and software errors"),
    Parameter(
      "export_environment", .list, "TZ MAIL_CONFIG LANG", since: "1.1",
      "environment that child processes inherit"),
    Parameter(
      "fault_injection_code", .int, "0", since: "1.1",
      "test hook"),
    Parameter(
      "fork_attempts", .int, "5", min: 1, since: "1.1",
      "fork() retries"),
    Parameter(
      "fork_delay", .time, "1s", min: 1, since: "1.1",
      "pause between fork() retries"),
    Parameter(
      "header_from_format", .string, "standard", min: 1, since: "3.3",
      "From: form of postmaster notices: standard or obsolete"),
    Parameter(
      "helpful_warnings", .bool, "yes", since: "2.0",
      "warn about domains listed in two address classes"),
    Parameter(
      "import_environment", .list,
      """
      MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C \
      POSTLOG_SERVICE POSTLOG_HOSTNAME
      """,
      since: "1.1",
      "environment that Postfix programs inherit"),
    Parameter(
      "inet_protocols", .list, "all", since: "2.2",
      "ipv4, ipv6 or all"),
    Parameter(
      "info_log_address_format", .string, "external", min: 1, since: "3.5",
      "address form in log lines: external (quoted) or internal"),
    Parameter(
      "ipc_timeout", .time, "3600s", min: 1, since: "1.1",
      "I/O time limit on internal channels"),
    Parameter(
      "known_tcp_ports", .list,
      "lmtp=24, smtp=25, smtps=submissions=465, submission=587",
      since: "3.6",
      "service names that need no services database"),
    Parameter(
      "lmdb_map_size", .long, "16777216", min: 1, since: "2.11",
      "initial LMDB map size"),
    Parameter(
      "mail_name", .string, "Postfix", min: 1, since: "1.1",
      "software name in the greeting and in Received"),
    Parameter(
      "mail_owner", .string, "postfix", min: 1, since: "1.1",
      "account of the mail system processes"),
    Parameter(
      "maillog_file", .string, "", since: "3.4",
      "log file of postlogd; empty = syslog"),
    Parameter(
      "maillog_file_compressor", .string, "gzip", min: 1, since: "3.4",
      "compressor for rotated logs"),
    Parameter(
      "maillog_file_permissions", .string, "0600", min: 1, since: "3.9", era: .newer,
      "mode of the log file"),
    Parameter(
      "maillog_file_prefixes", .list, "/var, /dev/stdout", min: 1, since: "3.4",
      "allowed log file prefixes"),
    Parameter(
      "maillog_file_rotate_suffix", .string, "%Y%m%d-%H%M%S", min: 1, since: "3.4",
      "suffix for rotated logs"),
    Parameter(
      "master_service_disable", .list, "", since: "2.6",
      "services that the master does not run"),
    Parameter(
      "max_idle", .time, "100s", min: 1, since: "1.1",
      "idle time after which a process exits"),
    Parameter(
      "max_use", .int, "100", min: 1, since: "1.1",
      "connections one process serves before it exits"),
    Parameter(
      "meta_directory", .string, "/etc/postfix", min: 1, since: "3.0",
      "postfix-files and dynamicmaps.cf"),
    Parameter(
      "multi_instance_directories", .list, "", since: "2.6",
      "configuration directories of other instances"),
    Parameter(
      "multi_instance_enable", .bool, "no", since: "2.6",
      "instance is started with the others"),
    Parameter(
      "multi_instance_group", .string, "", since: "2.6",
      "instance group"),
    Parameter(
      "multi_instance_name", .string, "", since: "2.6",
      "instance name"),
    Parameter(
      "multi_instance_wrapper", .string, "", since: "2.6",
      "program that manages several instances"),
    Parameter(
      "mydomain", .string, .computed, min: 1, since: "1.1",
      "domain part of myhostname; used by other defaults and by .domain completion"),
    Parameter(
      "myhostname", .string, .computed, min: 1, since: "1.1",
      "this host's name; used in greeting, EHLO, 421 texts and Received"),
    Parameter(
      "mynetworks", .list, .computed, since: "1.1",
      "trusted client networks"),
    Parameter(
      "myorigin", .string, "$myhostname", min: 1, since: "1.1",
      "domain added to addresses without one"),
    Parameter(
      "non_bdb_custom_mapping", .list, "", since: "3.11", era: .newer,
      "type mapping for the migration"),
    Parameter(
      "non_bdb_migration_level", .string, "disable", min: 1, since: "3.11", era: .newer,
      "automatic migration from hash/btree: disable, enable-redirect, enable-reindex"),
    Parameter(
      "non_bdb_migration_log_redirect", .nbool, "yes", since: "3.11", era: .newer,
      "log table type redirection"),
    Parameter(
      "non_bdb_migration_service_name", .string, "nbdb_reindex", since: "3.11", era: .newer,
      "re-index service"),
    Parameter(
      "notify_classes", .list, "resource, software", since: "1.1",
      "error classes that cause a transcript mail to the postmaster"),
    Parameter(
      "owner_request_special", .bool, "yes", since: "1.1",
      #"do not split owner-x and x-request at "-" delimiters"#),
    Parameter(
      "process_id", .string, .computed, since: "1.1",
      "read-only: process id"),
    Parameter(
      "process_id_directory", .string, "pid", min: 1, since: "1.1",
      "directory with daemon lock files, relative to queue_directory"),
    Parameter(
      "process_name", .string, .computed, since: "1.1",
      "read-only: program name"),
    Parameter(
      "proxy_read_maps", .maps,
      """
      $local_recipient_maps $mydestination $virtual_alias_maps \
      $virtual_alias_domains $virtual_mailbox_maps $virtual_mailbox_domains \
      $relay_recipient_maps $relay_domains $canonical_maps \
      $sender_canonical_maps $recipient_canonical_maps $relocated_maps \
      $transport_maps $mynetworks $smtpd_sender_login_maps $sender_bcc_maps \
      $recipient_bcc_maps $smtp_generic_maps $lmtp_generic_maps $alias_maps \
      $smtpd_client_restrictions $smtpd_helo_restrictions \
      $smtpd_sender_restrictions $smtpd_relay_restrictions \
      $smtpd_recipient_restrictions \
      $address_verify_sender_dependent_default_transport_maps \
      $address_verify_sender_dependent_relayhost_maps \
      $address_verify_transport_maps $fallback_transport_maps \
      $lmtp_discard_lhlo_keyword_address_maps $lmtp_pix_workaround_maps \
      $lmtp_sasl_password_maps $lmtp_tls_policy_maps $mailbox_command_maps \
      $mailbox_transport_maps $postscreen_discard_ehlo_keyword_address_maps \
      $rbl_reply_maps $sender_dependent_default_transport_maps \
      $sender_dependent_relayhost_maps \
      $smtp_discard_ehlo_keyword_address_maps $smtp_pix_workaround_maps \
      $smtp_sasl_password_maps $smtp_tls_policy_maps \
      $smtpd_discard_ehlo_keyword_address_maps $smtpd_milter_maps \
      $virtual_gid_maps $virtual_uid_maps $local_login_sender_maps \
      $postscreen_reject_footer_maps $smtpd_reject_footer_maps \
      $tls_server_sni_maps $tlsproxy_client_policy_maps \
      $default_delivery_status_filter $lmtp_delivery_status_filter \
      $lmtp_dns_reply_filter $lmtp_reply_filter \
      $local_delivery_status_filter $pipe_delivery_status_filter \
      $postscreen_command_filter $smtp_delivery_status_filter \
      $smtp_dns_reply_filter $smtp_reply_filter $smtpd_command_filter \
      $smtpd_dns_reply_filter $virtual_delivery_status_filter $body_checks \
      $header_checks $lmtp_body_checks $lmtp_header_checks \
      $lmtp_mime_header_checks $lmtp_nested_header_checks \
      $milter_header_checks $mime_header_checks $nested_header_checks \
      $smtp_body_checks $smtp_header_checks $smtp_mime_header_checks \
      $smtp_nested_header_checks
      """,
      since: "2.1",
      "tables that the proxymap service may open"),
    Parameter(
      "queue_directory", .string, "/var/spool/postfix", min: 1, since: "1.1",
      "top of the mail queue; daemons run with this as current (or root) directory"),
    Parameter(
      "recipient_delimiter", .string, "", since: "1.1",
      "characters that start an address extension (2.11: a set; before: one character)"),
    Parameter(
      "respectful_logging", .nbool,
      "${{$compatibility_level} <level {3.6} ? {no} : {yes}}",
      since: "3.6",
      "allowlist/denylist wording instead of the older words in logs"),
    Parameter(
      "service_throttle_time", .time, "60s", min: 1, since: "1.1",
      "pause after a service fails to start"),
    Parameter(
      "setgid_group", .string, "postdrop", min: 1, since: "1.1",
      "group of postdrop and postqueue"),
    Parameter(
      "shlib_directory", .string, "/usr/lib/postfix", min: 1, since: "3.0",
      "shared libraries"),
    Parameter(
      "smtpd_authorized_xclient_hosts", .list, "", since: "2.1",
      "clients that may use XCLIENT"),
    Parameter(
      "smtpd_banner", .string, "$myhostname ESMTP $mail_name", min: 1, since: "1.1",
      #"text after "220 " in the greeting"#),
    Parameter(
      "smtpd_client_port_logging", .bool, "no", since: "2.5",
      "log client as name[addr]:port"),
    Parameter(
      "socketmap_max_query_size", .int, "10000", min: 1, since: "3.12", era: .newer,
      "socketmap query size limit"),
    Parameter(
      "socketmap_max_reply_size", .int, "100000", min: 1, since: "3.10", era: .newer,
      "socketmap reply size limit"),
    Parameter(
      "soft_bounce", .bool, "no", since: "1.1",
      "turn every 5xx reply into 4xx"),
    Parameter(
      "stale_lock_time", .time, "500s", min: 1, since: "1.1",
      "age after which a lock is stale"),
    Parameter(
      "syslog_facility", .string, "mail", min: 1, since: "1.1",
      "syslog facility"),
    Parameter(
      "syslog_name", .string,
      "${multi_instance_name?{$multi_instance_name}:{postfix}}",
      min: 1, since: "1.1",
      "prefix of the program name in log lines"),
    Parameter(
      "tcp_windowsize", .int, "0", since: "2.6",
      "TCP window override; 0 = system default"),
  ]
}
