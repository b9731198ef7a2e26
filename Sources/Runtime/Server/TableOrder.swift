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

  /// A parameter whose tables are opened like those of restriction lists.
  private static let likeRestrictions = ["local_header_rewrite_clients"]

  /// Opens everything that smtpd(8) opens.
  ///
  /// The original keeps the tables of restriction lists apart from those of other parameters: a
  /// table that both name is opened, and where that fails reported, for each.
  ///
  /// - Parameter policy: the tables that restriction lists name, in order of appearance
  /// - Returns: what opening them had to say
  static func open(
    _ settings: Settings, _ policy: [TableSpec], in cache: TableCache
  ) -> [String] {
    var order = Order(cache: cache)
    for parameter in beforeRestrictions {
      for spec in specs(parameter, settings) { order.open(spec, ofRestriction: false) }
    }
    for spec in policy { order.open(spec, ofRestriction: true) }
    for parameter in afterRestrictions {
      let isLike = likeRestrictions.contains(parameter)
      for spec in specs(parameter, settings) { order.open(spec, ofRestriction: isLike) }
    }
    return order.lines
  }

  private struct Order {
    let cache: TableCache
    var lines: [String] = []
    private var messages: [TableSpec: [String]] = [:]
    private var seen: [Bool: Set<TableSpec>] = [:]

    init(cache: TableCache) { self.cache = cache }

    mutating func open(_ spec: TableSpec, ofRestriction isRestriction: Bool) {
      let before = cache.openMessages.count
      _ = cache.open(spec)
      if messages[spec] == nil { messages[spec] = Array(cache.openMessages[before...]) }
      guard seen[isRestriction, default: []].insert(spec).inserted else { return }
      lines += messages[spec] ?? []
    }
  }

  private static func specs(_ parameter: String, _ settings: Settings) -> [TableSpec] {
    settings.list(parameter).compactMap { word in
      let name = word.drop { $0 == "!" }
      // An IPv6 pattern has colons too.
      guard !name.hasPrefix("["), !name.hasPrefix("/") else { return nil }
      return TableSpec(String(name))
    }
  }
}
