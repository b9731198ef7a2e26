import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// One thing that only others know, for instance whether the client is on a DNS list.
///
/// A session has one answer to it, whichever restriction asks.
struct OracleKey: Hashable, Sendable, Comparable {
  /// In words, as assumptions show it.
  let text: String
  static func < (left: OracleKey, right: OracleKey) -> Bool { left.text < right.text }
}

/// A possible answer; the first of a list is what is taken for granted elsewhere.
struct OracleAnswer: Sendable {
  let label: String
  let value: Answer.Value
}

/// Which answers there are.
///
/// For every operation the answers cover each way it can go; that is what makes a proof hold whatever
/// the network says.
final class Oracles {
  private let models: [Model]
  private var lists: [String: [OracleAnswer]] = [:]
  private var servers: [ServerKey: [OracleAnswer]] = [:]
  private var hosts: [String: [OracleAnswer]] = [:]
  private var tables: [String: [OracleAnswer]] = [:]
  /// More hosts than this bound are also tried for MX answers; 0 for one host.
  let manyHosts: Int

  private struct ServerKey: Hashable {
    let table: String
    let type: DNSType
  }

  init(_ models: [Model], manyHosts: Int = 0) {
    self.models = models
    self.manyHosts = manyHosts
    for model in models { collectLists(model) }
  }

  // MARK: Keys

  /// - Parameter ordinal: how many questions the node asked before.
  func key(
    _ question: Question, _ operation: Operation, _ facts: Facts, ordinal: Int, stage: Stage?,
    _ model: Model
  ) -> OracleKey {
    var name: String { model.shortened(operation.mnemonic) }
    switch question {
    case .dns(let asked, let type):
      switch operation {
      case .rejectDNSList(let subject, let argument), .permitDNSList(let subject, let argument):
        return OracleKey(text: "\(subject.words) at \(Oracles.domain(argument)) (\(type.name))")
      case .rejectMapsRBL:
        let text = asked.text.lowercased()
        let domain = lists.keys.first { text.hasSuffix("." + $0) } ?? text
        return OracleKey(text: "client address at \(domain) (\(type.name))")
      case .rejectUnknownHelo: return OracleKey(text: "\(type.name) of the HELO name")
      case .rejectUnknownDomain(let subject):
        return OracleKey(text: "\(type.name) of the \(subject) domain")
      default:
        return OracleKey(text: "\(name), DNS answer \(ordinal + 1) (\(type.name))")
      }
    case .addresses: return OracleKey(text: "\(name), host address \(ordinal + 1)")
    case .name: return OracleKey(text: "client name")
    case .policy(let endpoint, _, _):
      return OracleKey(text: "policy service \(endpoint) at \(stage?.listName ?? "")")
    case .verify(_, let attempt):
      return OracleKey(text: "\(name), answer \(attempt)")
    case .table(let spec, let key):
      return OracleKey(
        text: model.shortened("\(spec)")
          + " for \(Oracles.role(of: key, facts) ?? "\(name) \(ordinal + 1)")")
    case .flush(let site): return OracleKey(text: "flush \(site.text)")
    case .pause: return OracleKey(text: "time")
    case .commitMessage: return OracleKey(text: "queue")
    }
  }

  private static func role(of key: Bytes, _ facts: Facts) -> String? {
    if key == facts.client.addressText { return "the client address" }
    if key == facts.client.name { return "the client name" }
    if key == facts.client.reverseName { return "the reverse client name" }
    if key == facts.helo { return "the HELO name" }
    if key == facts.sender { return "the sender" }
    if key == facts.recipient { return "the recipient" }
    return nil
  }

  static func domain(_ argument: String) -> String {
    String(argument.prefix { $0 != "=" }).lowercased()
  }

  // MARK: Answers

  /// Labels of the answers to everything that was asked so far.
  private(set) var labels: [OracleKey: [String]] = [:]

  /// The answers, remembered under their key for messages.
  func answers(
    _ key: OracleKey, _ question: Question, _ operation: Operation, _ model: Model
  ) -> [OracleAnswer] {
    let answers = answers(question, operation, model)
    if labels[key] == nil { labels[key] = answers.map(\.label) }
    return answers
  }

  private func answers(
    _ question: Question, _ operation: Operation, _ model: Model
  ) -> [OracleAnswer] {
    switch question {
    case .dns(let name, let type): return dns(name, type, operation, model)
    case .addresses: return addresses(operation, model)
    case .name:
      return [
        OracleAnswer(
          label: "no name",
          value: .host(.failed(temporary: false, reason: "Name or service not known")))
      ]
    case .policy: return Oracles.policyAnswers
    case .verify: return Oracles.verifyAnswers
    case .table(let spec, let key): return table(spec, key, model)
    case .flush: return [OracleAnswer(label: "accepted", value: .flush(0))]
    case .pause: return [OracleAnswer(label: "over", value: .elapsed)]
    case .commitMessage: return [OracleAnswer(label: "queued", value: .commit(.queued))]
    }
  }

  private static let policyAnswers =
    ["DUNNO", "OK", "REJECT", "DEFER_IF_PERMIT", "DEFER_IF_REJECT"]
    .map { OracleAnswer(label: "answers \($0)", value: .policy(.action(Bytes($0)))) }
    + [OracleAnswer(label: "does not answer", value: .policy(.failed))]

  private static let verifyAnswers = [
    OracleAnswer(label: "deliverable", value: .verify(.status(0, text: Bytes("ok")))),
    OracleAnswer(label: "deferred", value: .verify(.status(1, text: Bytes("deferred")))),
    OracleAnswer(label: "undeliverable", value: .verify(.status(2, text: Bytes("unknown")))),
    OracleAnswer(label: "in progress", value: .verify(.status(3, text: Bytes("in progress")))),
    OracleAnswer(label: "no answer", value: .verify(.failed)),
  ]

  private static func dns(_ label: String, _ answer: DNSAnswer) -> OracleAnswer {
    OracleAnswer(label: label, value: .dns(answer))
  }

  /// The answer is a temporary failure.
  static func isFailure(_ value: Answer.Value) -> Bool {
    switch value {
    case .dns(.temporary), .host(.failed(temporary: true, _)): true
    default: false
    }
  }

  private func dns(
    _ name: Bytes, _ type: DNSType, _ operation: Operation, _ model: Model
  ) -> [OracleAnswer] {
    switch operation {
    case .rejectDNSList(_, let argument), .permitDNSList(_, let argument):
      return type == .a ? list(Oracles.domain(argument)) : [Oracles.dns("no text", .noData)]
    case .rejectMapsRBL:
      let text = name.text.lowercased()
      let domain = lists.keys.first { text.hasSuffix("." + $0) } ?? text
      return type == .a ? list(domain) : [Oracles.dns("no text", .noData)]
    case .serverAccess(_, _, let spec): return serverNames(spec, type, model)
    case .permitMXBackup:
      let own = Bytes(model.settings.string("myhostname"))
      let other = DNSRecord.mx(preference: 10, host: Bytes("mx.unlisted.example"), ttl: 60)
      return [
        Oracles.dns("other servers", .records([other])),
        Oracles.dns(
          "we are a secondary", .records([other, .mx(preference: 20, host: own, ttl: 60)])),
        Oracles.dns("we are the primary", .records([.mx(preference: 10, host: own, ttl: 60)])),
        Oracles.dns("none", .noData), Oracles.dns("temporary failure", .temporary),
      ]
    default: break
    }
    var answers = [Oracles.dns("exists", Assumptions.resolving(name, type))]
    if type == .mx {
      answers.append(Oracles.dns("null MX", .records([.mx(preference: 0, host: [], ttl: 60)])))
    }
    if type == .aaaa {
      answers.append(
        Oracles.dns("exists", .records([.address(.v6(0x2001_0DB8 << 32, 1), ttl: 60)])))
    }
    answers += [
      Oracles.dns("no such name", .noName), Oracles.dns("no data", .noData),
      Oracles.dns("temporary failure", .temporary), Oracles.dns("malformed", .malformed),
    ]
    return answers
  }

  private func list(_ domain: String) -> [OracleAnswer] {
    lists[domain] ?? [Oracles.dns("not listed", .noName)]
  }

  /// For every filter an address that it matches, one that none expects, and all together.
  private func collectLists(_ model: Model) {
    var filters: [String: [String]] = [:]
    for operation in model.operations {
      switch operation {
      case .rejectDNSList(_, let argument), .permitDNSList(_, let argument):
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        filters[Oracles.domain(argument), default: []] += parts.dropFirst()
      case .rejectMapsRBL:
        for domain in model.settings.list("maps_rbl_domains") {
          filters[domain.lowercased(), default: []] += []
        }
      default: continue
      }
    }
    for (domain, patterns) in filters {
      var addresses = [IPAddress.v4(0x7F00_0002)]
      for pattern in Set(patterns).sorted() {
        if let address = Oracles.example(of: pattern), !addresses.contains(address) {
          addresses.append(address)
        }
      }
      if !addresses.contains(.v4(0x7FFF_FFFE)) { addresses.append(.v4(0x7FFF_FFFE)) }
      var answers =
        lists[domain] ?? [
          Oracles.dns("not listed", .noName), Oracles.dns("temporary failure", .temporary),
        ]
      func add(_ some: [IPAddress]) {
        let label = "listed with " + some.map { "\($0)" }.joined(separator: " and ")
        guard !answers.contains(where: { $0.label == label }) else { return }
        answers.append(Oracles.dns(label, .records(some.map { .address($0, ttl: 60) })))
      }
      for address in addresses { add([address]) }
      for first in addresses.indices {
        for second in addresses.indices where first < second {
          add([addresses[first], addresses[second]])
        }
      }
      if addresses.count > 2 { add(addresses) }
      lists[domain] = answers
    }
  }

  /// The first address that `a.b.c.d` with `[n;n..m]` fields matches.
  static func example(of filter: String) -> IPAddress? {
    var fields: [String] = []
    var field = ""
    var isInside = false
    for character in filter {
      switch character {
      case "[": isInside = true
      case "]": isInside = false
      case "." where !isInside:
        fields.append(field)
        field = ""
      default: field.append(character)
      }
    }
    fields.append(field)
    let numbers = fields.compactMap { field in
      field.split(whereSeparator: { $0 == ";" || $0 == "." }).first.flatMap { UInt8($0) }
    }
    guard numbers.count == 4 else { return nil }
    return .v4(numbers.reduce(0) { $0 << 8 | UInt32($1) })
  }

  // MARK: Servers of a domain

  /// One host, or more, for each thing that the table says about hosts.
  private func serverNames(_ spec: TableSpec, _ type: DNSType, _ model: Model) -> [OracleAnswer] {
    let key = ServerKey(table: model.shortened("\(spec)"), type: type)
    if let known = servers[key] { return known }
    func record(_ host: Bytes) -> DNSRecord {
      type == .mx ? .mx(preference: 10, host: host, ttl: 60) : .host(host, ttl: 60)
    }
    let unlisted = Bytes("server.unlisted.example")
    var answers = [Oracles.dns("a host that no table names", .records([record(unlisted)]))]
    for host in namesakes(spec, model).flatMap(Oracles.hostKeys) {
      answers.append(Oracles.dns("host \(host.text)", .records([record(host)])))
    }
    if manyHosts > 0 {
      answers.append(
        Oracles.dns(
          "\(manyHosts) hosts",
          .records((0..<manyHosts).map { record(Bytes("h\($0).unlisted.example")) })))
    }
    if type == .mx {
      answers.append(Oracles.dns("null MX", .records([.mx(preference: 0, host: [], ttl: 60)])))
    }
    answers += [
      Oracles.dns("no such name", .noName), Oracles.dns("no data", .noData),
      Oracles.dns("temporary failure", .temporary),
    ]
    servers[key] = answers
    return answers
  }

  /// The table of this name in every configuration.
  private func namesakes(_ spec: TableSpec, _ model: Model) -> [OpenTable] {
    let name = model.shortened("\(spec)")
    var found = [model.context.open(spec)]
    for other in models where other !== model {
      found += other.accessTables.map(\.table).filter { other.shortened("\($0.spec)") == name }
    }
    return found
  }

  /// For each value of a table one key that is a host name.
  private static func hostKeys(_ table: OpenTable) -> [Bytes] {
    var seen: Set<Bytes> = []
    var keys: [Bytes] = []
    if case .entries(let entries) = table.shape {
      try? entries.forEachEntry { key, value in
        let host = key.first == 0x2E ? Bytes("h") + key : key
        guard keys.count < 200, DomainName.isValidHostname(host.span), IPAddress(key) == nil,
          seen.insert(value).inserted
        else { return }
        keys.append(host)
      }
    }
    return keys
  }

  private func addresses(_ operation: Operation, _ model: Model) -> [OracleAnswer] {
    func found(_ label: String, _ addresses: [IPAddress]) -> OracleAnswer {
      OracleAnswer(label: label, value: .host(.addresses(addresses)))
    }
    var answers = [found("an address that no table names", [Assumptions.someAddress])]
    if case .serverAccess(_, _, let spec) = operation {
      if let known = hosts[model.shortened("\(spec)")] { return known }
      answers += namesakes(spec, model).flatMap(Oracles.addressKeys).map {
        found("address \($0)", [$0])
      }
    } else if let own = model.context.ownAddresses.interfaces.first {
      answers.append(found("our address", [own]))
    }
    if case .permitMXBackup = operation {
      for element in model.context.mxBackupNetworks.contents {
        if case .literal(_, let network?) = element.pattern {
          answers.append(found("address \(network.address)", [network.address]))
        }
      }
    }
    answers += [
      OracleAnswer(
        label: "temporary failure",
        value: .host(.failed(temporary: true, reason: "Temporary failure in name resolution"))),
      OracleAnswer(
        label: "none", value: .host(.failed(temporary: false, reason: "Name or service not known"))),
    ]
    if case .serverAccess(_, _, let spec) = operation {
      hosts[model.shortened("\(spec)")] = answers
    }
    return answers
  }

  /// For each value of a table one address that gets it.
  private static func addressKeys(_ table: OpenTable) -> [IPAddress] {
    var seen: Set<Bytes> = []
    var addresses: [IPAddress] = []
    switch table.shape {
    case .entries(let entries):
      try? entries.forEachEntry { key, value in
        guard addresses.count < 200, let range = AddressRange(key: key), seen.insert(value).inserted
        else { return }
        addresses.append(range.first)
      }
    case .networks(let firsts, _): addresses = Array(firsts.prefix(200))
    default: break
    }
    return addresses
  }

  // MARK: Tables that cannot be listed

  private func table(_ spec: TableSpec, _ key: Bytes, _ model: Model) -> [OracleAnswer] {
    let table = model.context.open(spec)
    func value(_ label: String, _ value: Bytes?) -> OracleAnswer {
      OracleAnswer(label: label, value: .table(.success(value)))
    }
    var answers: [OracleAnswer] = []
    switch table.shape {
    case .patterns:
      do { answers.append(value("as its rules say", try table.value(for: key.span))) } catch {
        answers.append(OracleAnswer(label: "fails", value: .table(.failure(error))))
      }
    default: break
    }
    let name = model.shortened("\(spec)")
    if let known = tables[name] { return answers + known }
    var others = [value("has no entry", nil)]
    switch table.shape {
    case .patterns:
      var seen: Set<Bytes> = []
      for rule in namesakes(spec, model).flatMap(Oracles.rules) {
        guard let constant = rule.value else {
          others += Oracles.anyAction.map { value("line \(rule.line) answers \($0)", Bytes($0)) }
          continue
        }
        if seen.insert(constant).inserted {
          others.append(value("line \(rule.line) matches", constant))
        }
      }
    case .random(let values):
      others = values.map { value("answers \($0.text)", $0) }
    case .union, .pipe, .proxied, .opaque, .failing, .entries, .constant, .networks:
      others += Oracles.anyAction.map { value("answers \($0)", Bytes($0)) }
      others.append(
        OracleAnswer(label: "cannot be asked", value: .table(.failure(LookupError(.temporary, []))))
      )
    }
    tables[name] = others
    return answers + others
  }

  private static func rules(_ table: OpenTable) -> [PatternSummary] {
    if case .patterns(let rules) = table.shape { rules } else { [] }
  }

  /// Every way that a value can take a path.
  static let anyAction = ["OK", "REJECT", "DEFER_IF_PERMIT", "DEFER_IF_REJECT", "DISCARD"]
}

extension DNSListSubject {
  fileprivate var words: String {
    switch self {
    case .clientAddress: "client address"
    case .clientName: "client name"
    case .reverseClientName: "reverse client name"
    case .helo: "HELO name"
    case .sender: "sender domain"
    case .recipient: "recipient domain"
    }
  }
}
