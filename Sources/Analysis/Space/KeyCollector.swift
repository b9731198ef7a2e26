import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// The keys of tables and lists, by what they can say about a session.
struct KeyCollector {
  /// Words that an address in a mail transaction can be told apart by.
  struct MailKeys {
    /// Whole addresses.
    var addresses: Set<Bytes> = []
    /// `user@`, or `user` of address maps.
    var locals: Set<Bytes> = []
    /// With or without leading dot.
    var domains: Set<Bytes> = []
  }

  var cuts = AddressCuts()
  /// Addresses of large tables, one for each value and piece.
  var hosts: Set<IPAddress> = []
  var clientNames: Set<Bytes> = []
  var helos: Set<Bytes> = []
  var sender = MailKeys()
  var recipient = MailKeys()
  var logins: Set<Bytes> = []
  var certificates: Set<Bytes> = []
  private(set) var gaps: [String] = []
  /// Large tables of client addresses: a representative must not be in them by chance.
  private(set) var largeClientTables: [OpenTable] = []
  private var large: [(table: OpenTable, roles: Set<Role>)] = []
  private var done: Set<TableSpec> = []

  /// Entries of a table up to which every key is looked at by itself.
  static let limit = 4096

  /// What the keys of a table are compared with.
  enum Role: Hashable {
    case client, helo, sender, recipient
    /// Keys of address maps: `user`, `user@domain`, `@domain`, domains.
    case senderMap, recipientMap
    case login, certificate
  }

  // MARK: Sources

  mutating func collect(_ model: Model) {
    let context = model.context
    for (operation, table) in model.accessTables {
      if let role = Role(operation) { add(table, [role], model) }
    }
    add(context.mynetworks.contents, .client, model)
    for address in context.ownAddresses.interfaces + context.ownAddresses.proxies {
      cuts.add(AddressRange(host: address))
    }
    let classes = context.resolver.classes
    for list in [
      classes.destination, classes.virtualAliasDomains, classes.virtualMailboxDomains,
      classes.relayDomains,
    ] {
      add(list.contents, .recipient, model)
      add(list.contents, .sender, model)
    }
    if model.operations.contains(where: { if case .checkRelayDomains = $0 { true } else { false } })
    {
      add(classes.relayDomains.contents, .client, model)
    }
    for parameter in Model.mapParameters {
      let roles: Set<Role>
      switch parameter {
      case "mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains",
        "mynetworks":
        continue
      case "smtpd_sender_login_maps": roles = [.senderMap]
      default: roles = [.senderMap, .recipientMap]
      }
      for word in model.settings.list(parameter) {
        if let spec = TableSpec(word) { add(context.open(spec), roles, model) }
      }
    }
    for table in context.relayClientCertificates { add(table, [.certificate], model) }
    for table in context.senderLogins.tables {
      for value in model.values(of: table) {
        logins.formUnion(value.split { $0 == 0x2C || $0.isASCIISpace }.map { Bytes($0) })
      }
    }
  }

  private mutating func add(_ elements: [MatchListElement], _ role: Role, _ model: Model) {
    let isMixed = elements.contains { !$0.isPositive } && elements.contains(where: \.isName)
    if role == .client, isMixed {
      gaps.append("a client list has both names and '!': order of names and addresses matters")
    }
    for element in elements {
      switch element.pattern {
      case .literal(let text, let network):
        if role == .client, let network { cuts.add(AddressRange(network)) }
        add(text, role)
      case .table(let spec): add(model.context.open(spec), [role], model)
      case .unusable: break
      }
    }
  }

  private mutating func add(_ table: OpenTable, _ roles: Set<Role>, _ model: Model) {
    switch table.shape {
    case .entries:
      let summary = model.summary(of: table)
      if summary.count > KeyCollector.limit {
        // One file in two configurations says the same in both.
        guard !large.contains(where: { $0.table.spec == table.spec && $0.roles == roles }) else {
          return
        }
        large.append((table, roles))
        if roles.contains(.client) { largeClientTables.append(table) }
      } else {
        for key in summary.keys { for role in roles { add(key, role) } }
      }
    case .networks(let firsts, _): firsts.forEach { cuts.add($0) }
    case .union(let members): members.forEach { add($0, roles, model) }
    case .pipe(let members): members.first.map { add($0, roles, model) }
    case .proxied(let inner): add(inner, roles, model)
    case .patterns(let rules):
      // Texts that the patterns were made for: witnesses, no proof depends on them.
      for rule in rules {
        if let text = PatternExample.text(rule.pattern) { for role in roles { add(text, role) } }
      }
    case .constant, .random, .failing, .opaque: break
    }
  }

  // MARK: Keys

  private mutating func add(_ key: Bytes, _ role: Role) {
    switch role {
    case .client:
      if let range = AddressRange(key: key) { cuts.add(range) }
      clientNames.insert(key)
    case .helo: helos.insert(key)
    case .sender: KeyCollector.add(key, to: &sender, isMap: false)
    case .recipient: KeyCollector.add(key, to: &recipient, isMap: false)
    case .senderMap: KeyCollector.add(key, to: &sender, isMap: true)
    case .recipientMap: KeyCollector.add(key, to: &recipient, isMap: true)
    case .login: logins.insert(key)
    case .certificate: certificates.insert(key)
    }
  }

  private static func add(_ key: Bytes, to keys: inout MailKeys, isMap: Bool) {
    guard let at = key.lastIndex(of: 0x40) else {
      keys.domains.insert(key)
      if isMap { keys.locals.insert(MailAddress.internal(key)) }
      return
    }
    if at == key.count - 1 {
      keys.locals.insert(MailAddress.internal(Bytes(key.dropLast())))
    } else if at == 0 {
      keys.domains.insert(Bytes(key.dropFirst()))
    } else {
      keys.addresses.insert(MailAddress.internal(key))
    }
  }

  // MARK: Large tables

  /// Adds what large tables say that is not said by another key of theirs with the same value.
  mutating func collectLargeTables() {
    for (table, roles) in large {
      guard case .entries(let entries) = table.shape else { continue }
      // Tables that are asked about other things never meet these keys.
      let others = large.filter { other in
        other.table.spec != table.spec
          && !KeyCollector.subjects(other.roles).isDisjoint(with: KeyCollector.subjects(roles))
      }
      var filter = LargeTableFilter(self, others: others.map(\.table))
      let isAboutClients = roles.contains(.client)
      var kept: [Bytes] = []
      do {
        try entries.visitEntries { key, value in
          if filter.keeps(key, value, isAboutClients: isAboutClients) {
            kept.append(Bytes(copying: key))
          }
        }
      } catch { continue }
      if kept.count > 50_000 {
        gaps.append("\(table.spec): more than 50000 keys interact with other tables")
        kept.removeLast(kept.count - 50_000)
      }
      for key in kept {
        for role in roles {
          if role == .client, let range = AddressRange(key: key), range.first == range.last {
            hosts.insert(range.first)
          } else {
            add(key, role)
          }
        }
      }
    }
  }
}

extension KeyCollector {
  /// Whom keys are about: address maps ask about the same addresses as access tables.
  fileprivate static func subjects(_ roles: Set<Role>) -> Set<Dimension> {
    Set(
      roles.map { role in
        switch role {
        case .client: .address
        case .helo: .helo
        case .sender, .senderMap: .sender
        case .recipient, .recipientMap: .recipient
        case .login: .login
        case .certificate: .channel
        }
      })
  }
}

extension KeyCollector.Role {
  fileprivate init?(_ operation: Operation) {
    switch operation {
    case .access(let subject, _):
      switch subject {
      case .client, .reverseClient: self = .client
      case .helo: self = .helo
      case .sender: self = .sender
      case .recipient: self = .recipient
      case .sasl: self = .login
      case .ccert: self = .certificate
      case .etrn: return nil
      }
    case .certificateAccess: self = .certificate
    default: return nil
    }
  }
}

extension MatchListElement {
  fileprivate var isName: Bool {
    switch pattern {
    case .literal(let text, nil): !text.allSatisfy { $0.isASCIIDigit || $0 == 0x2E }
    case .table: true
    default: false
    }
  }
}

extension AddressRange {
  init(host: IPAddress) {
    guard let network = IPNetwork(host, prefixLength: host.bitWidth) else {
      preconditionFailure("\(host) is a network of itself")
    }
    self.init(network)
  }
}
