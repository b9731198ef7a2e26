import Compiler
import LookupTables
import RestrictionDSL

@testable import Runtime

/// What came of one command.
struct PolicyDecision: Equatable, CustomStringConvertible {
  /// `accept`, the reply, `hangUp` or `fatal`.
  var verdict: String
  var log: [String] = []
  /// Effects besides log lines.
  var effects: [Effect] = []

  var description: String { "\(verdict) \(log) \(effects)" }
}

/// Decides commands in process: main.cf settings, inline tables and answers in, verdict, log and effects out.
///
/// The settings are those of the recorded scenarios' `base.cf`; the client is their usual one.
final class PolicyBench {
  /// `base.cf` of the scenarios.
  private static let base = [
    "myhostname": "mail.example.com",
    "mydomain": "example.com",
    "myorigin": "$mydomain",
    "mydestination": "$myhostname, localhost.$mydomain, localhost, $mydomain",
    "mynetworks": "127.0.0.0/8, [::1]/128",
    "inet_interfaces": "127.0.0.1, ::1",
    "inet_protocols": "all",
    "alias_maps": "",
    "local_recipient_maps":
      "inline:{ {postmaster=1}, {abuse=1}, {alice=1}, {bob=1}, {carol=1}, {dave=1} }",
  ]

  let executor: Executor
  var facts: Facts
  var state = PolicyState()
  /// Answers by `NAME TYPE`; names without one do not exist.
  var dns: [String: DNSAnswer] = [:]
  /// Addresses by host; hosts without any are not known.
  var hosts: [String: HostAnswer] = [:]
  /// Answers of the policy service, in order; the last one stays.
  var policy: [PolicyAnswer] = []
  /// Answers of the verify service by address, in order; the last one stays.
  var verify: [String: [VerifyAnswer]] = [:]
  /// Every node is done by an evaluation, silent ones too.
  var isNodeByNode = false
  /// Every question that was asked, in order.
  private(set) var asked: [Question] = []

  init(_ main: [String: String] = [:], passes: PassSelection = .all) {
    let settings = Settings.forTesting(PolicyBench.base.merging(main) { $1 })
    let tables = TableCache(settings: settings)
    let own = OwnAddresses(
      interfaces: [.v4(0x7F00_0001), .v6(0, 1)],
      proxies: settings.list("proxy_interfaces").compactMap { IPAddress($0) })
    let resolver = AddressResolver(settings: settings, own: own, tables: tables.open)
    let context = PolicyContext(
      settings: settings, tables: tables, resolver: resolver,
      validator: RecipientValidator(settings: settings, resolver: resolver, tables: tables.open),
      ownAddresses: own, localTime: { Bytes("Jan 01 00:00:00") })
    let program = PolicyCompiler(settings: settings).compile(passes: passes).program
    executor = Executor(program: program, context: context)
    facts = PolicyBench.facts()
  }

  /// Sets a client as XCLIENT does, which ends a transaction.
  func client(
    _ address: String, name: String = "unknown", status: NameStatus = .permanent,
    reverseName: String? = nil, reverseStatus: NameStatus? = nil
  ) {
    state.forgetFacts()
    facts.client = Client(
      name: Bytes(name), nameStatus: name == "unknown" ? status : .ok,
      reverseName: Bytes(reverseName ?? name),
      reverseNameStatus: reverseStatus ?? (reverseName ?? name == "unknown" ? status : .ok),
      addressText: Bytes(address), address: IPAddress(address), port: Bytes("1234"),
      nameAndAddress: Bytes("\(name)[\(address)]"))
  }

  /// Decides a command; a recipient that is accepted counts.
  func decide(_ entry: Entry = .rcpt, recipient: String? = nil) -> PolicyDecision {
    if let recipient { facts.recipient = Bytes(recipient) }
    facts.command = Bytes(entry.word)
    var run = executor.begin(entry, facts, &state)
    while true {
      switch step(&run) {
      case .ask(let question):
        asked.append(question)
        run.book.file(answer(question), to: question)
      case .verdict(let verdict):
        if entry == .rcpt, verdict == .accept {
          facts.recipientCount += 1
          facts.queueID = Bytes("QID1")
        }
        return decision(verdict, run.effects)
      }
    }
  }

  private func step(_ run: inout PolicyRun) -> PolicyStep {
    guard isNodeByNode else { return executor.step(&run, facts, &state) }
    while true {
      if let step = executor.stepNode(&run, facts, &state) { return step }
    }
  }

  private func decision(_ verdict: Verdict, _ effects: [Effect]) -> PolicyDecision {
    var decision = PolicyDecision(verdict: "")
    for effect in effects {
      if case .log(let line) = effect {
        decision.log.append(line.text)
      } else {
        decision.effects.append(effect)
      }
    }
    switch verdict {
    case .accept: decision.verdict = "accept"
    case .reject(let reply, _): decision.verdict = reply.text
    case .hangUp: decision.verdict = "hangUp"
    case .fatal: decision.verdict = "fatal"
    }
    return decision
  }

  private func answer(_ question: Question) -> Answer {
    switch question {
    case .dns(let name, let type): Answer(.dns(dns["\(name.text) \(type.text)"] ?? .noName))
    case .addresses(let host, _):
      Answer(
        .host(hosts[host.text] ?? .failed(temporary: false, reason: "Name or service not known")))
    case .policy:
      Answer(.policy(policy.count > 1 ? policy.removeFirst() : policy.first ?? .failed))
    case .verify(let address, _):
      Answer(.verify(nextVerification(address.text)))
    case .pause: Answer(.elapsed)
    case .name, .flush, .table, .commitMessage: preconditionFailure("\(question) is not for here")
    }
  }

  private func nextVerification(_ address: String) -> VerifyAnswer {
    guard var answers = verify[address], let answer = answers.first else { return .failed }
    if answers.count > 1 { answers.removeFirst() }
    verify[address] = answers
    return answer
  }

  /// The `reject` line of the usual command.
  static func line(
    _ reply: String, command: String = "RCPT", from: String? = "sender@example.net",
    to: String? = "alice@example.com", queueID: String = "NOQUEUE",
    client: String = "client.example.net[192.0.2.10]", helo: String? = "client.example.net"
  ) -> String {
    line(
      "reject", reply, command: command, from: from, to: to, queueID: queueID, client: client,
      helo: helo)
  }

  /// A log line of the usual command.
  static func line(
    _ event: String, _ text: String, command: String = "RCPT",
    from: String? = "sender@example.net", to: String? = "alice@example.com",
    queueID: String = "NOQUEUE", client: String = "client.example.net[192.0.2.10]",
    helo: String? = "client.example.net"
  ) -> String {
    "\(queueID): \(event): \(command) from \(client): \(text);"
      + (from.map { " from=<\($0)>" } ?? "") + (to.map { " to=<\($0)>" } ?? "") + " proto=ESMTP"
      + (helo.map { " helo=<\($0)>" } ?? "")
  }

  private static func facts() -> Facts {
    let facts = Facts(
      client: Client(
        name: Bytes("client.example.net"), nameStatus: .ok,
        reverseName: Bytes("client.example.net"), reverseNameStatus: .ok,
        addressText: Bytes("192.0.2.10"), address: IPAddress("192.0.2.10"), port: Bytes("1234"),
        nameAndAddress: Bytes("client.example.net[192.0.2.10]")),
      serverAddress: Bytes("127.0.0.1"), serverPort: Bytes("25"))
    facts.instance = PolicyInstance(process: 1, arrival: 2_000_003, number: 0)
    facts.socketAddress = .v4(0x7F00_0001)
    facts.protocolName = Bytes("ESMTP")
    facts.helo = Bytes("client.example.net")
    facts.sender = Bytes("sender@example.net")
    facts.recipient = Bytes("alice@example.com")
    return facts
  }
}

extension DNSAnswer {
  static func a(_ addresses: String...) -> DNSAnswer {
    .records(addresses.compactMap { IPAddress($0) }.map { .address($0, ttl: 3600) })
  }

  static func mx(_ hosts: (UInt16, String)...) -> DNSAnswer { mx(hosts) }

  static func mx(_ hosts: [(UInt16, String)]) -> DNSAnswer {
    .records(hosts.map { .mx(preference: $0.0, host: Bytes($0.1), ttl: 3600) })
  }

  static func ns(_ hosts: String...) -> DNSAnswer {
    .records(hosts.map { .host(Bytes($0), ttl: 3600) })
  }

  static func txt(_ texts: String...) -> DNSAnswer {
    .records(texts.map { .text(Bytes($0), ttl: 3600) })
  }
}

extension HostAnswer {
  static func a(_ addresses: String...) -> HostAnswer {
    .addresses(addresses.compactMap { IPAddress($0) })
  }
}
