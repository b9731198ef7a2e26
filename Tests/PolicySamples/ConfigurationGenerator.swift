import Compiler
import RestrictionDSL
import TestSupport

/// Random policies of every kind of restriction that needs no file, over few names that meet often.
public struct ConfigurationGenerator {
  public var random: SplitMix

  public static let addresses = [
    "192.0.2.10", "192.0.2.77", "198.51.100.7", "198.51.100.8", "203.0.113.9", "127.0.0.1",
    "10.1.2.3", "2001:db8:1::25", "2001:db8:2:3:4:5:6:7",
  ]
  public static let addressKeys = [
    "192.0.2", "198.51.100", "198.51.100.7", "203.0", "203.0.113.9", "10", "2001:db8:1", "2001:db8",
  ]
  public static let hosts = [
    "mail.good.example", "good.example", "x.bad.example", "bad.example", "relay.ours.example",
    "other.test", "deep.sub.bad.example", "localhost",
  ]
  public static let hostKeys = [
    "good.example", "bad.example", "x.bad.example", "example", "ours.example", "test", "localhost",
  ]
  public static let users = ["alice", "bob", "postmaster", "info+tag", "evil"]
  public static let senderKeys = [
    "alice@good.example", "bad.example", "evil@", "example", "bob@ours.example", "info@", "<>",
    "sub.bad.example",
  ]
  public static let recipientKeys = [
    "alice@ours.example", "ours.example", "virtual.example", "foreign.example", "postmaster@",
    "victim@foreign.example", "example", "bob@virtual.example", "info@",
  ]
  public static let actions = [
    "OK", "REJECT", "DUNNO", "450 4.7.1 later", "DEFER_IF_PERMIT", "DEFER_IF_REJECT", "RELAY",
    "permit_auth_destination", "reject", "klass", "HOLD", "DISCARD", "WARN look",
    "reject_unauth_destination", "permit_mynetworks, reject", "REDIRECT box@ours.example",
    "warn_if_reject reject", "DEFER", "permit", "550 no", "check_list",
  ]

  public init(seed: UInt64) { random = SplitMix(seed: seed) }

  private mutating func table(_ keys: [String]) -> String {
    switch random.chance(6) {
    case true: return "static:{\(random.pick(Self.actions))}"
    case false: break
    }
    var used: Set<String> = []
    let entries = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ -> String? in
      let key = random.pick(keys)
      return used.insert(key).inserted ? "{ {\(key)} = \(random.pick(Self.actions)) }" : nil
    }
    return "inline:{ "
      + entries.map { $0.replacing("{ {", with: "{ ").replacing("} =", with: " =") }
      .joined(separator: ", ") + " }"
  }

  private mutating func network() -> String {
    let nets = ["192.0.2.0/24", "198.51.100.0/28", "0.0.0.0/0", "203.0.113.9", "2001:db8:1::/48"]
    let rules = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      "{ \(random.pick(nets)) \(random.pick(Self.actions)) }"
    }
    return "cidr:{ \(rules.joined(separator: ", ")) }"
  }

  private mutating func pattern() -> String {
    let patterns = ["/bad/", "/\\\\.example$$/", "/^alice/", "/foreign/"]
    let rules = (0..<Int.random(in: 1...2, using: &random)).map { _ in
      "{ \(random.pick(patterns)) \(random.pick(Self.actions)) }"
    }
    return "regexp:{ \(rules.joined(separator: ", ")) }"
  }

  private mutating func restriction() -> String {
    switch Int.random(in: 0..<30, using: &random) {
    case 0...2: return "check_client_access \(table(Self.addressKeys + Self.hostKeys))"
    case 3: return "check_client_access \(network())"
    case 4, 5: return "check_helo_access \(table(Self.hostKeys))"
    case 6, 7: return "check_sender_access \(table(Self.senderKeys))"
    case 8, 9: return "check_recipient_access \(table(Self.recipientKeys))"
    case 10: return "check_recipient_access \(pattern())"
    case 11: return "check_sender_access \(pattern())"
    case 12...14: return "reject_unauth_destination"
    case 15: return "defer_unauth_destination"
    case 16: return "permit_auth_destination"
    case 17, 18: return "permit_mynetworks"
    case 19: return "klass"
    case 20:
      return random.pick(["permit", "reject", "defer", "defer_if_permit", "defer_if_reject"])
    case 21: return "reject_rbl_client bl.test"
    case 22: return "reject_unknown_sender_domain"
    case 23: return "warn_if_reject reject_unauth_destination"
    case 24: return "reject_non_fqdn_\(random.pick(["sender", "recipient"]))"
    case 25: return "reject_non_fqdn_helo_hostname"
    case 26: return "reject_unknown_client_hostname"
    case 27: return "reject_unlisted_recipient"
    case 28: return "reject_multi_recipient_bounce"
    default: return "check_list"
    }
  }

  private mutating func list(_ most: Int) -> String {
    (0..<Int.random(in: 0...most, using: &random)).map { _ in restriction() }.joined(
      separator: ", ")
  }

  /// The parameters of a policy with which a server starts: one of the lists has a relay gate.
  public mutating func next() -> [String: String] {
    while true {
      let values = draw()
      let found = PolicyCompiler(settings: .forTesting(values)).compile(passes: .none).diagnostics
      if !found.contains(where: { $0.logLine?.hasPrefix("fatal: ") == true }) { return values }
    }
  }

  private mutating func draw() -> [String: String] {
    var values = [
      "mydestination": "ours.example, localhost", "myhostname": "mx.ours.example",
      "myorigin": "ours.example", "mynetworks": "192.0.2.0/24, 127.0.0.0/8",
      "virtual_alias_domains": "virtual.example", "relay_domains": "relay.example",
      "virtual_alias_maps": "inline:{bob@virtual.example=bob}", "alias_maps": "",
      "local_recipient_maps": "inline:{ {alice=1}, {bob=1} }", "relay_recipient_maps": "",
      "recipient_delimiter": "+", "inet_interfaces": "127.0.0.1",
      "smtpd_restriction_classes": "klass, check_list", "klass": "",
      "smtpd_delay_reject": random.chance(70) ? "yes" : "no",
      "smtpd_helo_required": random.chance(50) ? "yes" : "no",
    ]
    // A class must not contain itself.
    values["check_list"] = random.pick([
      "permit_mynetworks, reject_unauth_destination", "permit_auth_destination, reject", "permit",
      "check_sender_access inline:{bad.example=REJECT}",
    ])
    values["klass"] = random.pick([
      "permit_mynetworks, reject", "check_client_access cidr:{ {198.51.100.0/24 OK} }",
      "reject_non_fqdn_sender",
      "check_recipient_access inline:{foreign.example=OK}",
    ])
    values["smtpd_client_restrictions"] = list(2)
    values["smtpd_helo_restrictions"] = list(2)
    values["smtpd_sender_restrictions"] = list(2)
    values["smtpd_data_restrictions"] = random.chance(20) ? list(1) : ""
    let gate = random.chance(45) ? ["permit_mynetworks", "reject_unauth_destination"] : []
    values["smtpd_relay_restrictions"] =
      ([list(2)] + gate + [list(1)]).filter { !$0.isEmpty }.joined(separator: ", ")
    values["smtpd_recipient_restrictions"] =
      ([list(3)] + [random.chance(30) ? "reject_unauth_destination" : ""])
      .filter { !$0.isEmpty }.joined(separator: ", ")
    return values
  }
}
