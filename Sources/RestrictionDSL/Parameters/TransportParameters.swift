/// Parameters that exist for every delivery service of master.cf: its name and a suffix.
///
/// - Source: observed with `postconf` of Postfix 3.7.11; facts `all-parameters.tsv`
public enum TransportParameters {
  /// Suffixes for the commands error, lmtp, local, pipe, smtp and virtual.
  public static let suffixes: [String] = [
    "_delivery_slot_cost", "_delivery_slot_discount", "_delivery_slot_loan",
    "_destination_concurrency_failed_cohort_limit", "_destination_concurrency_limit",
    "_destination_concurrency_negative_feedback", "_destination_concurrency_positive_feedback",
    "_destination_rate_delay", "_destination_recipient_limit", "_extra_recipient_limit",
    "_initial_destination_concurrency", "_minimum_delivery_slots", "_recipient_limit",
    "_recipient_refill_delay", "_recipient_refill_limit", "_transport_rate_delay",
  ]

  /// Suffix for the commands pipe and spawn.
  public static let timeLimit = "_time_limit"

  private static let transports = ["error", "lmtp", "local", "pipe", "smtp", "virtual"]

  /// The names that the services of a master.cf bring, with their defaults.
  public static func parameters(of masterCF: MasterCF) -> [String: String] {
    var parameters: [String: String] = [:]
    for service in masterCF.services {
      if transports.contains(service.command) {
        for suffix in suffixes {
          parameters[service.name + suffix] = "$default" + suffix
        }
        parameters[service.name + "_initial_destination_concurrency"] =
          "$initial_destination_concurrency"
      }
      if service.command == "pipe" || service.command == "spawn" {
        parameters[service.name + timeLimit] = "$command_time_limit"
      }
    }
    return parameters
  }

  /// Suffixes of the parameters of a table `type:name` whose settings are in main.cf.
  ///
  /// - Source: ldap_table(5), mysql_table(5), pgsql_table(5), sqlite_table(5), memcache_table(5)
  public static func tableSuffixes(_ type: String) -> [String] {
    let common = ["domain", "expansion_limit", "result_format"]
    let query = ["query", "table", "select_field", "where_field", "additional_conditions"]
    let server = ["hosts", "user", "password", "dbname"]
    switch type {
    case "mysql":
      return common + query + server + [
        "option_file", "option_group", "require_result_set", "tls_CAfile", "tls_CApath",
        "tls_cert_file", "tls_ciphers", "tls_key_file", "tls_verify_cert",
      ]
    case "pgsql": return common + query + server
    case "sqlite": return common + query + ["dbpath"]
    case "memcache":
      return [
        "backup", "data_size_limit", "domain", "flags", "key_format", "line_size_limit",
        "max_try", "memcache", "retry_pause", "timeout", "ttl",
      ]
    case "ldap":
      return common + [
        "bind", "bind_dn", "bind_pw", "cache", "cache_expiry", "cache_size", "chase_referrals",
        "debuglevel", "dereference", "leaf_result_attribute", "query_filter", "recursion_limit",
        "result_attribute", "result_filter", "sasl_authz_id", "sasl_mechs", "sasl_minssf",
        "sasl_realm", "scope", "search_base", "server_host", "server_port", "size_limit",
        "special_result_attribute", "start_tls", "terminal_result_attribute", "timeout",
        "tls_ca_cert_dir", "tls_ca_cert_file", "tls_cert", "tls_cipher_suite", "tls_key",
        "tls_random_file", "tls_require_cert", "version",
      ]
    default: return []
    }
  }
}
