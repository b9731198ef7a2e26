import LookupTables
import RestrictionDSL

/// The order in which the tables of a service are opened, and hence reported where they cannot be.
///
/// - Source: observed with Postfix 3.7.11 over configurations whose tables are all missing
enum TableOrder {
  private static let beforeRestrictions = [
    "smtpd_noop_commands", "smtpd_forbidden_commands", "smtpd_authorized_verp_clients",
    "smtpd_authorized_xclient_hosts", "smtpd_authorized_xforward_hosts",
    "smtpd_client_event_limit_exceptions", "smtpd_forbid_bare_newline_exclusions", "mynetworks",
    "relay_domains", "permit_mx_backup_networks", "relay_clientcerts", "local_recipient_maps",
    "sender_canonical_maps", "recipient_canonical_maps", "canonical_maps", "virtual_alias_maps",
    "virtual_mailbox_maps", "relay_recipient_maps", "smtpd_sender_login_maps", "rbl_reply_maps",
  ]

  private static let afterRestrictions = [
    "local_header_rewrite_clients", "smtpd_log_access_permit_actions", "smtpd_command_filter",
    "debug_peer_list", "smtpd_sasl_exceptions_networks", "fast_flush_domains",
    "smtpd_discard_ehlo_keyword_address_maps", "smtpd_dns_reply_filter", "smtpd_reject_footer_maps",
    "mydestination",
  ]

  /// Opens everything that smtpd(8) opens.
  ///
  /// - Parameter policy: the tables that restriction lists name, in order of appearance
  static func open(_ settings: Settings, _ policy: [TableSpec], in cache: TableCache) {
    for parameter in beforeRestrictions { open(parameter, settings, cache) }
    for spec in policy { _ = cache.open(spec) }
    for parameter in afterRestrictions { open(parameter, settings, cache) }
  }

  private static func open(_ parameter: String, _ settings: Settings, _ cache: TableCache) {
    for word in settings.list(parameter) {
      let name = word.drop { $0 == "!" }
      // An IPv6 pattern has colons too.
      guard !name.hasPrefix("["), !name.hasPrefix("/"), let spec = TableSpec(String(name)) else {
        continue
      }
      _ = cache.open(spec)
    }
  }
}
