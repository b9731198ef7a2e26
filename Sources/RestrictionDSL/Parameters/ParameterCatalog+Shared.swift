extension ParameterCatalog {
  /// Names and formats shared with the rest of the mail system.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let shared: [Parameter] = [
    Parameter(
      "backwards_bounce_logfile_compatibility", .bool, "yes", since: "2.1",
      "old bounce log format"),
    Parameter(
      "bounce_service_name", .string, "bounce", min: 1, since: "2.0",
      "bounce service"),
    Parameter(
      "cleanup_service_name", .string, "cleanup", min: 1, since: "2.0",
      "cleanup service that writes the queue file"),
    Parameter(
      "defer_service_name", .string, "defer", min: 1, since: "2.0",
      "defer service"),
    Parameter(
      "disable_mime_input_processing", .bool, "no", since: "2.0",
      "no MIME parsing while receiving"),
    Parameter(
      "disable_mime_output_conversion", .bool, "no", since: "2.0",
      "no 8-bit to 7-bit conversion"),
    Parameter(
      "dont_remove", .int, "0", since: "1.1",
      "keep queue files for debugging"),
    Parameter(
      "enable_long_queue_ids", .bool, "no", since: "2.9",
      "long, non-repeating queue ids"),
    Parameter(
      "enable_original_recipient", .bool, "yes", since: "2.1",
      "keep X-Original-To information"),
    Parameter(
      "error_service_name", .string, "error", min: 1, since: "2.0",
      "error delivery service"),
    Parameter(
      "fast_flush_domains", .list, "$relay_domains", since: "1.1",
      "domains that ETRN may flush"),
    Parameter(
      "flush_service_name", .string, "flush", min: 1, since: "2.0",
      "fast flush service used by ETRN"),
    Parameter(
      "hash_queue_depth", .int, "1", min: 1, since: "1.1",
      "levels of queue subdirectories"),
    Parameter(
      "hash_queue_names", .list, "deferred, defer", min: 1, since: "1.1",
      "queue directories with subdirectory hashing"),
    Parameter(
      "header_address_token_limit", .int, "10240", min: 1, since: "2.0",
      "most address tokens processed in one header"),
    Parameter(
      "header_size_limit", .int, "102400", min: 1, since: "1.1",
      "longest message header kept"),
    Parameter(
      "in_flow_delay", .time, "1s", max: 10, since: "1.1",
      "pause for new mail when arrivals exceed deliveries"),
    Parameter(
      "ipc_idle", .time, "5s", min: 1, since: "1.1",
      "idle time after which an internal client connection is closed"),
    Parameter(
      "ipc_ttl", .time, "1000s", min: 1, since: "2.1",
      "age after which an internal client connection is closed"),
    Parameter(
      "message_drop_headers", .list,
      "bcc, content-length, resent-bcc, return-path",
      since: "3.0",
      "headers removed by cleanup"),
    Parameter(
      "mime_boundary_length_limit", .int, "2048", min: 1, since: "2.0",
      "longest MIME boundary processed"),
    Parameter(
      "mime_nesting_limit", .int, "100", min: 1, since: "2.0",
      "deepest MIME nesting processed"),
    Parameter(
      "pickup_service_name", .string, "pickup", min: 1, since: "2.0",
      "pickup service"),
    Parameter(
      "postlog_service_name", .string, "postlog", min: 1, since: "3.4",
      "log service"),
    Parameter(
      "proxymap_service_name", .string, "proxymap", min: 1, since: "2.6",
      "proxymap read service"),
    Parameter(
      "proxywrite_service_name", .string, "proxywrite", min: 1, since: "2.6",
      "proxymap write service"),
    Parameter(
      "queue_service_name", .string, "qmgr", min: 1, since: "2.0",
      "queue manager service"),
    Parameter(
      "rewrite_service_name", .string, "rewrite", min: 1, since: "2.0",
      "address rewrite/resolve service"),
    Parameter(
      "showq_service_name", .string, "showq", min: 1, since: "2.0",
      "queue listing service"),
    Parameter(
      "smtputf8_autodetect_classes", .list, "sendmail, verify", min: 1, since: "3.0",
      "mail sources with automatic UTF-8 detection"),
    Parameter(
      "strict_7bit_headers", .bool, "no", since: "2.0",
      "refuse mail with 8-bit headers"),
    Parameter(
      "strict_8bitmime", .bool, "no", since: "2.0",
      "sets the two strict_8bit settings"),
    Parameter(
      "strict_8bitmime_body", .bool, "no", since: "2.0",
      "refuse 8-bit body without proper MIME labels"),
    Parameter(
      "strict_mime_encoding_domain", .bool, "no", since: "2.0",
      "refuse encoded message/ or multipart/ content"),
    Parameter(
      "tls_required_enable", .nbool, "yes", since: "3.10", era: .newer,
      "honour the TLS-Required header"),
    Parameter(
      "tlsmgr_service_name", .string, "tlsmgr", min: 1, since: "2.11",
      "TLS session cache and PRNG service"),
    Parameter(
      "tlsproxy_service_name", .string, "tlsproxy", min: 1, since: "2.8",
      "TLS proxy service"),
    Parameter(
      "trace_service_name", .string, "trace", min: 1, since: "2.1",
      "trace service"),
    Parameter(
      "trigger_timeout", .time, "10s", min: 1, since: "1.1",
      "time limit for sending a trigger"),
  ]
}
