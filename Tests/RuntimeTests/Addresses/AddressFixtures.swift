import Foundation
import LookupTables
import RestrictionDSL
import Runtime

/// Settings and tables for the tests of this folder.
enum AddressFixtures {
  /// Defaults of Postfix 3.7 at compatibility level 3.6, for the host mail.example.com.
  private static let defaults: [String: String] = [
    "myhostname": "mail.example.com", "mydomain": "example.com", "myorigin": "example.com",
    "mydestination": "mail.example.com, localhost.example.com, localhost, example.com",
    "relay_domains": "relay.example, bücher.example", "virtual_alias_domains": "va.example",
    "virtual_mailbox_domains": "vm.example", "remote_header_rewrite_domain": "remote.invalid",
    "parent_domain_matches_subdomains":
      "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,"
      + "qmqpd_authorized_clients,relay_domains,smtpd_access_maps",
    "append_at_myorigin": "yes", "append_dot_mydomain": "no", "swap_bangpath": "yes",
    "allow_percent_hack": "yes", "resolve_null_domain": "no", "resolve_dequoted_address": "yes",
    "resolve_numeric_domain": "no", "allow_min_user": "no", "smtputf8_enable": "yes",
    "empty_address_recipient": "MAILER-DAEMON", "local_transport": "local:mail.example.com",
    "virtual_transport": "virtual", "relay_transport": "relay", "default_transport": "smtp",
    "show_user_unknown_table_name": "yes", "helpful_warnings": "yes",
    "double_bounce_sender": "double-bounce", "owner_request_special": "yes",
    "empty_address_default_transport_maps_lookup_key": "<>",
    "empty_address_relayhost_maps_lookup_key": "<>", "inet_interfaces": "127.0.0.1",
    "inet_protocols": "all", "config_directory": "/etc/postfix",
    "propagate_unmatched_extensions": "canonical, virtual",
    "canonical_classes":
      "envelope_sender, envelope_recipient, header_sender, header_recipient",
    "sender_canonical_classes": "envelope_sender, header_sender",
    "recipient_canonical_classes": "envelope_recipient, header_recipient",
    "masquerade_classes": "envelope_sender, header_sender, header_recipient",
    "virtual_alias_recursion_limit": "1000", "virtual_alias_expansion_limit": "1000",
    "virtual_alias_address_length_limit": "1000", "header_address_token_limit": "10240",
  ]

  static func settings(_ changes: [String: String] = [:]) -> Settings {
    Settings(
      entries: defaults.merging(changes) { $1 }.mapValues { Settings.Entry(value: $0, range: nil) })
  }

  static func resolver(
    _ changes: [String: String] = [:], tables: TestTables = TestTables(), log: LogSink? = nil
  ) -> AddressResolver {
    let settings = settings(changes)
    return AddressResolver(
      settings: settings,
      own: OwnAddresses(settings: settings, machine: [], resolve: { _ in [] }),
      tables: tables.open, log: log)
  }
}

/// Tables in memory: `inline:{k=v, …}` and `inline:{{k = v}, …}`, others as they were given.
final class TestTables {
  private var opened: [TableSpec: OpenTable] = [:]
  private(set) var probes: [String] = []
  private let named: [String: [String: String]]
  private let failing: Set<String>

  init(_ named: [String: [String: String]] = [:], failing: Set<String> = []) {
    self.named = named
    self.failing = failing
  }

  func open(_ spec: TableSpec) -> OpenTable {
    if let table = opened[spec] { return table }
    let table = OpenTable(
      spec: spec, table: Memory(self, spec, failing.contains(spec.description)), foldsUnicode: true)
    opened[spec] = table
    return table
  }

  private func entries(of spec: TableSpec) -> [String: String] {
    if let entries = named[spec.description] { return entries }
    var inner = spec.name
    guard spec.type == "inline", inner.hasPrefix("{"), inner.hasSuffix("}") else { return [:] }
    inner = String(inner.dropFirst().dropLast())
    let pairs = Settings.split(inner).map { pair in
      let text = pair.hasPrefix("{") ? String(pair.dropFirst().dropLast()) : pair
      let sides = text.split(separator: "=", maxSplits: 1)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      return (sides[0], sides.count > 1 ? sides[1] : "")
    }
    return Dictionary(pairs) { $1 }
  }

  private final class Memory: LookupTable {
    let kind: TableKind
    private let owner: TestTables
    private let entries: [String: String]
    private let spec: TableSpec
    private let fails: Bool

    init(_ owner: TestTables, _ spec: TableSpec, _ fails: Bool) {
      self.owner = owner
      self.spec = spec
      self.fails = fails
      entries = owner.entries(of: spec)
      kind = spec.type == "pattern" || spec.type == "fail" ? .pattern : .fixed
    }

    func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
      let text = Bytes(copying: key).text
      owner.probes.append(text)
      if fails || spec.type == "fail" {
        throw LookupError(.temporary, ["warning: \(spec) is unavailable. test"])
      }
      let folded = kind == .fixed ? text.lowercased() : text
      return entries[folded].map { Bytes($0) }
    }
  }
}
