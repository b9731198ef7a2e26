extension ParameterCatalog {
  /// Encryption.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let tls: [Parameter] = [
    Parameter(
      "openssl_path", .string, "openssl", min: 1, since: "3.1",
      "openssl command"),
    Parameter(
      "relay_clientcerts", .maps, "", since: "2.2",
      "fingerprints of client certificates that may relay"),
    Parameter(
      "smtpd_enforce_tls", .bool, "no", since: "2.2", replacedBy: "smtpd_tls_security_level",
      "old switch: require STARTTLS"),
    Parameter(
      "smtpd_starttls_timeout", .time, "${stress?{10}:{300}}s", min: 1, since: "2.2",
      "time limit for the TLS handshake"),
    Parameter(
      "smtpd_tls_CAfile", .string, "", since: "2.2",
      "CA certificates in one file"),
    Parameter(
      "smtpd_tls_CApath", .string, "", since: "2.2",
      "CA certificates in a directory"),
    Parameter(
      "smtpd_tls_always_issue_session_ids", .bool, "yes", since: "2.4",
      "issue session ids even without a session cache"),
    Parameter(
      "smtpd_tls_ask_ccert", .bool, "no", since: "2.2",
      "ask for a client certificate"),
    Parameter(
      "smtpd_tls_auth_only", .bool, "no", since: "2.2",
      "no AUTH without TLS"),
    Parameter(
      "smtpd_tls_ccert_verifydepth", .int, "9", since: "2.2",
      "client certificate chain depth"),
    Parameter(
      "smtpd_tls_cert_file", .string, "", since: "2.2",
      "RSA certificate"),
    Parameter(
      "smtpd_tls_chain_files", .list, "", since: "3.4",
      "key and certificate chain files"),
    Parameter(
      "smtpd_tls_ciphers", .string, "medium", min: 1, since: "2.6",
      "lowest cipher grade, opportunistic TLS"),
    Parameter(
      "smtpd_tls_dcert_file", .string, "", since: "2.2",
      "DSA certificate"),
    Parameter(
      "smtpd_tls_dh1024_param_file", .string, "", since: "2.2",
      "DH parameters"),
    Parameter(
      "smtpd_tls_dh512_param_file", .string, "", since: "2.2",
      "obsolete DH parameters"),
    Parameter(
      "smtpd_tls_dkey_file", .string, "$smtpd_tls_dcert_file", since: "2.2",
      "DSA key"),
    Parameter(
      "smtpd_tls_eccert_file", .string, "", since: "2.6",
      "ECDSA certificate"),
    Parameter(
      "smtpd_tls_eckey_file", .string, "$smtpd_tls_eccert_file", since: "2.6",
      "ECDSA key"),
    Parameter(
      "smtpd_tls_eecdh_grade", .string, "auto", min: 1, since: "2.6",
      "ECDH curve selection"),
    Parameter(
      "smtpd_tls_enable_rpk", .bool, "no", since: "3.9", era: .newer,
      "ask for raw public keys instead of certificates"),
    Parameter(
      "smtpd_tls_exclude_ciphers", .list, "", since: "2.3",
      "ciphers never used"),
    Parameter(
      "smtpd_tls_fingerprint_digest", .string,
      "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}",
      min: 1, since: "2.5",
      "digest for certificate fingerprints"),
    Parameter(
      "smtpd_tls_key_file", .string, "$smtpd_tls_cert_file", since: "2.2",
      "RSA key"),
    Parameter(
      "smtpd_tls_loglevel", .string, "0", since: "2.2",
      "TLS log verbosity"),
    Parameter(
      "smtpd_tls_loglevel_maps", .maps, "", since: "3.12", era: .newer,
      "TLS verbosity by client"),
    Parameter(
      "smtpd_tls_mandatory_ciphers", .string, "medium", min: 1, since: "2.3",
      "lowest cipher grade, mandatory TLS"),
    Parameter(
      "smtpd_tls_mandatory_exclude_ciphers", .list, "", since: "2.3",
      "more ciphers never used with mandatory TLS"),
    Parameter(
      "smtpd_tls_mandatory_protocols", .list, ">=TLSv1", since: "2.3",
      "protocol versions, mandatory TLS"),
    Parameter(
      "smtpd_tls_protocols", .list, ">=TLSv1", since: "2.6",
      "protocol versions, opportunistic TLS"),
    Parameter(
      "smtpd_tls_received_header", .bool, "no", since: "2.2",
      "show TLS details in Received"),
    Parameter(
      "smtpd_tls_req_ccert", .bool, "no", since: "2.2",
      "require a trusted client certificate"),
    Parameter(
      "smtpd_tls_security_level", .string, "", since: "2.3",
      "none, may or encrypt; overrides the old switches"),
    Parameter(
      "smtpd_tls_trace_size_limit", .int, "102400", since: "3.12", era: .newer,
      "size limit of TLS traces"),
    Parameter(
      "smtpd_tls_wrappermode", .bool, "no", since: "2.2",
      "TLS from the first byte"),
    Parameter(
      "smtpd_use_tls", .bool, "no", since: "2.2", replacedBy: "smtpd_tls_security_level",
      "old switch: announce STARTTLS"),
    Parameter(
      "tls_append_default_CA", .bool, "no", since: "2.8",
      "also trust the system CA store"),
    Parameter(
      "tls_config_file", .string, "default", since: "3.9",
      "OpenSSL configuration file"),
    Parameter(
      "tls_config_name", .string, "", since: "3.9",
      "application name in that file"),
    Parameter(
      "tls_daemon_random_bytes", .int, "32", min: 1, since: "2.2",
      "seed bytes requested from tlsmgr"),
    Parameter(
      "tls_dane_digests", .list, "sha512 sha256", min: 1, since: "2.11",
      "digests for DANE"),
    Parameter(
      "tls_disable_workarounds", .list, "", since: "2.8",
      "OpenSSL bug workarounds to turn off"),
    Parameter(
      "tls_eecdh_auto_curves", .list,
      "X25519 X448 prime256v1 secp521r1 secp384r1",
      min: 1, since: "3.2",
      "curves for grade auto"),
    Parameter(
      "tls_eecdh_strong_curve", .string, "prime256v1", min: 1, since: "2.6",
      "curve for grade strong"),
    Parameter(
      "tls_eecdh_ultra_curve", .string, "secp384r1", min: 1, since: "2.6",
      "curve for grade ultra"),
    Parameter(
      "tls_export_cipherlist", .string,
      "aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH",
      min: 1, since: "2.3",
      "obsolete cipher list"),
    Parameter(
      "tls_fast_shutdown_enable", .bool, "yes", since: "3.5",
      "do not wait for the peer's close alert"),
    Parameter(
      "tls_ffdhe_auto_groups", .list, "ffdhe2048 ffdhe3072 ", since: "3.8", era: .newer,
      "FFDHE groups"),
    Parameter(
      "tls_high_cipherlist", .string, "aNULL:-aNULL:HIGH:@STRENGTH", min: 1, since: "2.3",
      "cipher list of grade high"),
    Parameter(
      "tls_legacy_public_key_fingerprints", .bool, "no", since: "2.10",
      "old public key fingerprint algorithm"),
    Parameter(
      "tls_low_cipherlist", .string,
      "aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH",
      min: 1, since: "2.3",
      "obsolete cipher list"),
    Parameter(
      "tls_medium_cipherlist", .string,
      "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH",
      min: 1, since: "2.3",
      "cipher list of grade medium"),
    Parameter(
      "tls_null_cipherlist", .string, "eNULL:!aNULL", min: 1, since: "2.3",
      "cipher list without encryption"),
    Parameter(
      "tls_preempt_cipherlist", .bool, "no", since: "2.8",
      "server chooses the cipher"),
    Parameter(
      "tls_server_sni_maps", .maps, "", since: "3.4",
      "key and chain files by server name"),
    Parameter(
      "tls_session_ticket_cipher", .string, "aes-256-cbc", since: "3.0",
      "cipher for session tickets"),
    Parameter(
      "tls_ssl_options", .list, "", since: "2.11",
      "OpenSSL options to turn on"),
    Parameter(
      "tls_trace_rate_limit", .int, "1", since: "3.12", era: .newer,
      "TLS trace rate limit"),
    Parameter(
      "tls_trust_server_ccerts", .bool, "no", since: "3.12", era: .newer,
      "accept server certificates as client certificates"),
    Parameter(
      "tls_wildcard_matches_multiple_labels", .bool, "yes", since: "2.11",
      "wildcard certificate names span labels"),
  ]
}
