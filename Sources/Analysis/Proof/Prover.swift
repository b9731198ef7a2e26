import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Proves or refutes a property of one service.
public final class Prover {
  private let service: AnalysedConfiguration.Service
  private let property: Property
  private let model: Model
  private let space: SessionSpace
  private let oracles: Oracles
  private let explorer: Explorer
  private lazy var rehearsal = Rehearsal(settings: service.settings)

  /// Sessions that are played for one set of sessions before another one is tried.
  private static let attempts = 48

  public init(_ service: AnalysedConfiguration.Service, _ property: Property) {
    self.service = service
    self.property = property
    model = Model(settings: service.settings)
    var many = 0
    if case .boundedDNS(let bound) = property { many = min(bound, 100) + 2 }
    oracles = Oracles([model], manyHosts: many)
    space = SpaceBuilder.space([model], oracles, observers: Prover.observers)
    explorer = Explorer(model, space, oracles, countsWaits: many > 0)
  }

  /// What tells trusted from untrusted, ours from foreign, listed from unlisted.
  private static let observers: [Operation] = [
    .permitMynetworks, .permitInetInterfaces, .rejectUnauthDestination, .rejectUnlisted(.recipient),
    .permitTLSClientCerts,
  ]

  public func run() -> ProofResult {
    switch property {
    case .noOpenRelay:
      return decide {
        self.relays($0)
      } isBroken: {
        self.isAcceptedForeign($0)
      }
    case .noBackscatter:
      return decide {
        self.scatters($0)
      } isBroken: {
        $0.rcpt?.isAccepted == true
      }
    case .postmasterReachable: return postmaster()
    case .noPermanentRejectOnDNSFailure: return dnsFailure()
    case .boundedDNS(let bound): return bounded(bound)
    }
  }

  // MARK: Deciding

  /// A bad set of sessions, and who of it is bad.
  private struct Suspect {
    let region: Region
    let surprises: [(OracleKey, Int)]
  }

  /// - Parameters:
  ///   - bad: the part of an ending that breaks the property; `nil` for none.
  ///   - isBroken: whether a session that was played does.
  private func decide(
    _ bad: (Explorer.Outcome) -> [Region], isBroken: (Played) -> Bool
  ) -> ProofResult {
    let outcomes = explorer.explore(Region(space))
    return judge(
      outcomes.flatMap(bad).map { Suspect(region: $0, surprises: $0.surprises) }, isBroken: isBroken
    )
  }

  private func judge(_ suspects: [Suspect], isBroken: (Played) -> Bool) -> ProofResult {
    guard !suspects.isEmpty else { return good() }
    let ordered = suspects.sorted {
      ($0.surprises.count, $0.region.first.description) < (
        $1.surprises.count, $1.region.first.description
      )
    }
    for suspect in ordered where suspect.surprises.isEmpty {
      if let witness = witness(in: suspect.region, isBroken: isBroken) {
        return result(.refuted, witness, [], "a session breaks it")
      }
    }
    var assumptions: [String] = []
    for suspect in ordered where !suspect.surprises.isEmpty {
      let text = suspect.surprises.map { "\($0.0.text): \(label($0))" }.joined(separator: ", and ")
      let statement = "not at once " + text
      if suspect.surprises.count == 1 {
        let single = "never " + text
        if !assumptions.contains(single) { assumptions.append(single) }
      } else if !assumptions.contains(statement) {
        assumptions.append(statement)
      }
    }
    if ordered.contains(where: \.surprises.isEmpty) {
      assumptions.append("the sessions that seem to break it cannot be played")
    }
    return result(
      .undecided, nil, Array(assumptions.prefix(12)) + space.gaps,
      "depends on what only others know")
  }

  private func label(_ surprise: (OracleKey, Int)) -> String {
    labels[surprise.0]?[safe: surprise.1] ?? "answer \(surprise.1)"
  }

  private lazy var labels: [OracleKey: [String]] = oracles.labels

  private func good() -> ProofResult {
    if explorer.gaveUp {
      return result(.undecided, nil, ["too many ways through the policy"], "gave up")
    }
    guard space.gaps.isEmpty else {
      return result(.undecided, nil, space.gaps, "no session found that breaks it")
    }
    return result(.proved, nil, [], "no session breaks it")
  }

  private func result(
    _ status: ProofResult.Status, _ witness: Witness?, _ assumptions: [String], _ summary: String
  ) -> ProofResult {
    let sizes =
      "\(explorer.nodes) node visits, "
      + [Dimension.address, .name, .helo, .sender, .recipient]
      .map { "\(space.count($0)) \($0) classes" }.joined(separator: ", ")
    return ProofResult(
      property: property, service: service.name, status: status, witness: witness,
      assumptions: assumptions, summary: "\(summary) (\(sizes))")
  }

  // MARK: Observing

  private lazy var probes = Dictionary(
    uniqueKeysWithValues: Prover.observers.map { ($0, model.probe($0)) })
  private var observed: [Observation: Bool] = [:]

  private struct Observation: Hashable {
    let operation: Operation
    let values: [Int]
  }

  /// Whether an observer decides for every answer that others may give.
  private func always(_ operation: Operation, _ choice: [Int], is wanted: (Trace.Result) -> Bool)
    -> Bool
  {
    guard let executor = probes[operation] else { return false }
    let key = Observation(operation: operation, values: operation.dimensions.map { choice[$0] })
    if let known = observed[key] { return known }
    model.trace.clear()
    let facts = space.facts(choice, at: .rcpt)
    let leaves = NodeRunner.leaves(executor, operation, facts, model, oracles)
    let answer = leaves.allSatisfy { $0.step.map { wanted($0.result) } ?? false }
    observed[key] = answer
    return answer
  }

  /// mynetworks, our own addresses, a login, a listed certificate.
  private func isTrusted(_ choice: [Int]) -> Bool {
    if space.logins[choice[.login]] != nil { return true }
    if always(.permitMynetworks, choice, is: { $0 == .permit }) { return true }
    if always(.permitInetInterfaces, choice, is: { $0 == .permit }) { return true }
    return space.channels[choice[.channel]].certificate != nil
      && always(.permitTLSClientCerts, choice, is: { $0 == .permit })
  }

  private func isForeign(_ choice: [Int]) -> Bool {
    guard !explorer.isAlwaysAccepted(space.recipients[choice[.recipient]]) else { return false }
    return !always(.rejectUnauthDestination, choice, is: { $0 == .dunno })
  }

  /// The part of a region whose client nothing makes trusted.
  private func untrusted(_ region: Region) -> [Region] {
    var region = region
    region[.login] = region[.login].filter { space.logins[$0] == nil }
    region[.channel] = region[.channel].filter { index in
      var choice = region.first
      choice[.channel] = index
      return space.channels[index].certificate == nil
        || !always(.permitTLSClientCerts, choice, is: { $0 == .permit })
    }
    guard !region[.login].isEmpty, !region[.channel].isEmpty else { return [] }
    var groups: [[Int]: [Int]] = [:]
    for name in region[.name] {
      var choice = region.first
      choice[.name] = name
      let addresses = region[.address].filter { address in
        choice[.address] = address
        return !isTrusted(choice)
      }
      if !addresses.isEmpty { groups[addresses, default: []].append(name) }
    }
    return groups.sorted { $0.value.lexicographicallyPrecedes($1.value) }.map { addresses, names in
      var part = region
      part[.address] = addresses
      part[.name] = names
      return part
    }
  }

  // MARK: no-open-relay

  private func relays(_ outcome: Explorer.Outcome) -> [Region] {
    guard outcome.ending.isAccepted,
      !outcome.ending.effects.contains(where: { if case .redirect = $0 { true } else { false } })
    else { return [] }
    var region = outcome.region
    region[.recipient] = region[.recipient].filter { index in
      var choice = region.first
      choice[.recipient] = index
      return isForeign(choice)
    }
    return region[.recipient].isEmpty ? [] : untrusted(region)
  }

  private func isAcceptedForeign(_ played: Played) -> Bool {
    played.rcpt?.isAccepted == true && played.isDelivered
  }

  // MARK: no-backscatter

  private func scatters(_ outcome: Explorer.Outcome) -> [Region] {
    guard outcome.ending.isAccepted else { return [] }
    var region = outcome.region
    region[.sender] = region[.sender].filter { !space.senders[$0].isEmpty }
    region[.recipient] = region[.recipient].filter { index in
      var choice = region.first
      choice[.recipient] = index
      return isUnlisted(choice)
    }
    return region[.recipient].isEmpty || region[.sender].isEmpty ? [] : untrusted(region)
  }

  /// A recipient of ours that no table has, or in a class of domains whose tables are not set.
  private func isUnlisted(_ choice: [Int]) -> Bool {
    let recipient = space.recipients[choice[.recipient]]
    guard !explorer.isAlwaysAccepted(recipient), !isForeign(choice) else { return false }
    if !always(.rejectUnlisted(.recipient), choice, is: { $0 == .dunno }) { return true }
    var book = AnswerBook()
    guard let resolved = try? model.context.resolver.resolve(recipient, book: &book) else {
      return true
    }
    let parameter: String
    switch resolved.addressClass {
    case .local: parameter = "local_recipient_maps"
    case .virtualMailbox: parameter = "virtual_mailbox_maps"
    case .relay: parameter = "relay_recipient_maps"
    case .virtualAlias, .default: return false
    }
    // Names that every server has.
    let local = MailAddress.localPart(of: resolved.address)
    if local.equalsIgnoringCase("postmaster".utf8) || local.equalsIgnoringCase("mailer-daemon".utf8)
      || local.equalsIgnoringCase(service.settings.string("double_bounce_sender").utf8)
    {
      return false
    }
    return service.settings.list(parameter).isEmpty && !isInAliases(choice)
  }

  /// An alias or canonical table has the address.
  private func isInAliases(_ choice: [Int]) -> Bool {
    guard let executor = probes[.rejectUnlisted(.recipient)] else { return false }
    model.trace.clear()
    let facts = space.facts(choice, at: .rcpt)
    let leaves = NodeRunner.leaves(executor, .rejectUnlisted(.recipient), facts, model, oracles)
    return leaves.allSatisfy { leaf in
      leaf.step?.probes.contains { if case .found = $0.finding { true } else { false } } ?? false
    }
  }

  // MARK: postmaster-reachable

  /// Clients, names and senders that no table names, and answers that speak against nobody.
  private func postmaster() -> ProofResult {
    var region = Region(space)
    region[.address] = region[.address].filter { index in
      var choice = region.first
      choice[.address] = index
      return !always(.permitMynetworks, choice, is: { $0 == .permit })
    }
    region[.name] = [space.names.firstIndex { if case .verified = $0 { true } else { false } } ?? 0]
    region[.helo] = [space.helos.firstIndex { $0 != nil } ?? 0]
    region[.sender] = region[.sender].filter {
      space.senders[$0].isEmpty || space.senders[$0].starts(with: Bytes("someone@host."))
    }
    region[.login] = [0]
    region[.channel] = [0]
    region[.pipelining] = [0]
    region[.count] = [0]
    region[.recipient] = region[.recipient].filter { index in
      var choice = region.first
      choice[.recipient] = index
      let recipient = space.recipients[index]
      guard MailAddress.localPart(of: recipient).equalsIgnoringCase("postmaster".utf8),
        MailAddress.isPublicDomain(MailAddress.domain(of: recipient))
      else { return false }
      return !isForeign(choice)
    }
    guard !region[.recipient].isEmpty, !region[.sender].isEmpty, !region[.address].isEmpty else {
      return good()
    }
    region[.address] = [unlistedClient(region)]
    let outcomes = explorer.explore(region)
    let suspects = outcomes.filter { !$0.ending.isAccepted }.map {
      Suspect(region: $0.region, surprises: $0.region.surprises)
    }
    // A client that is listed, a sender whose domain does not exist: those may be refused.
    let harmless = suspects.filter { suspect in
      suspect.surprises.isEmpty || suspect.surprises.contains { !$0.0.isAboutDNS }
    }
    return judge(harmless) { played in
      played.exchanges.contains { !$0.isAccepted && $0.command != "CONNECT" } || played.rcpt == nil
    }
  }

  /// An address that no table has a word about.
  private func unlistedClient(_ region: Region) -> Int {
    let operations = model.operations.filter { $0.dimensions.contains(.address) }
    let executors = operations.map { ($0, model.probe($0)) }
    var choice = region.first
    let unnamed = region[.address].first { index in
      choice[.address] = index
      let facts = space.facts(choice, at: .rcpt)
      return executors.allSatisfy { operation, executor in
        model.trace.clear()
        return NodeRunner.leaves(executor, operation, facts, model, oracles).allSatisfy { leaf in
          leaf.step?.result == .dunno
            && leaf.step?.probes.allSatisfy { $0.finding == .missing } == true
        }
      }
    }
    return unnamed ?? region[.address][0]
  }

  // MARK: no-permanent-reject-on-dns-failure

  private func dnsFailure() -> ProofResult {
    var suspects: [Suspect] = []
    var starts: [(Region, [(OracleKey, Int)])] = []
    explorer.visit = { node, leaf, choice in
      // A malformed reply is another matter: it is an answer.
      guard leaf.questions.contains(where: { Oracles.isFailure($0.1.value) }),
        !leaf.questions.contains(where: { $0.1.value == .dns(.malformed) }), leaf.isPermanent
      else { return }
      // Without the failure the node does not refuse with the same answers.
      starts.append((Region(single: choice), leaf.answers))
    }
    let outcomes = explorer.explore(Region(space))
    explorer.visit = nil
    for (region, answers) in starts {
      var region = region
      for (key, index) in answers { region.answers[key] = [index] }
      suspects.append(Suspect(region: region, surprises: []))
    }
    suspects += unknownNames(outcomes)
    return judge(suspects) { played in
      played.exchanges.contains { $0.replies.last?.hasPrefix("5") == true }
    }
  }

  /// Clients whose name could not be found for now, refused for good where a client without a failure is not.
  private func unknownNames(_ outcomes: [Explorer.Outcome]) -> [Suspect] {
    let failing = Set(
      space.names.indices.filter { index in
        switch space.names[index] {
        case .temporary, .unconfirmed: true
        case .verified, .forged, .missing: false
        }
      })
    guard
      let verified = space.names.firstIndex(where: {
        if case .verified = $0 { true } else { false }
      })
    else { return [] }
    var suspects: [Suspect] = []
    for outcome in outcomes {
      guard case .rejected(let reply) = outcome.ending.kind, reply.first == 0x35,
        !outcome.region[.name].contains(verified)
      else { continue }
      var region = outcome.region
      region[.name] = region[.name].filter { failing.contains($0) }
      guard !region[.name].isEmpty, region.surprises.isEmpty else { continue }
      suspects.append(Suspect(region: region, surprises: []))
    }
    return suspects
  }

  // MARK: bounded-dns

  private func bounded(_ bound: Int) -> ProofResult {
    let outcomes = explorer.explore(Region(space))
    let largest = outcomes.map(\.waits).max() ?? 0
    let suspects = outcomes.filter { $0.waits > bound }.map {
      Suspect(region: $0.region, surprises: [])
    }
    var result = judge(suspects) { played in
      played.waits > bound
    }
    if result.status == .proved {
      result = ProofResult(
        property: property, service: service.name, status: .proved, witness: nil, assumptions: [],
        summary: "at most \(largest) waits; " + result.summary)
    }
    return result
  }

  // MARK: Witnesses

  /// A session that was played by the daemon's own session code.
  private struct Played {
    let exchanges: [Exchange]
    let waits: Int
    let isDelivered: Bool
    var rcpt: Exchange? { exchanges.last { $0.command.hasPrefix("RCPT") } }
  }

  /// Plays sessions of a region until one breaks the property.
  private func witness(in region: Region, isBroken: (Played) -> Bool) -> Witness? {
    var attempts = 0
    for offset in 0..<Prover.attempts {
      // Something may depend on an earlier RCPT for the same recipient.
      let isRepeated = offset >= Prover.attempts / 2
      // Every dimension moves on at its own pace, so that few attempts see many values.
      let choice = region.classes.enumerated().map { index, list in
        list[(offset / (index % 3 + 1)) % list.count]
      }
      attempts += 1
      let (played, answers, conversation) = play(choice, region, isRepeated: isRepeated)
      guard isBroken(played) else { continue }
      return Witness(conversation: conversation, answers: answers, exchanges: played.exchanges)
    }
    return nil
  }

  private func play(
    _ choice: [Int], _ region: Region, isRepeated: Bool
  ) -> (Played, [(question: Question, answer: Answer.Value)], Conversation) {
    var conversation = space.conversation(choice)
    if space.counts[choice[.count]], let first = conversation.recipients.first {
      conversation.recipients = [Bytes("<postmaster>"), first]
    }
    if isRepeated { conversation.recipients += conversation.recipients }
    let script = AnswerScript(explorer, region, choice)
    let assumptions = Assumptions([], listDomains: rehearsal.listDomains)
    var used: [(question: Question, answer: Answer.Value)] = []
    let exchanges = rehearsal.play(conversation) { question in
      if let answer = script.answer(question) {
        if script.isSurprising(question) { used.append((question, answer)) }
        return Answer(answer)
      }
      return assumptions.answer(question)
    }
    let waits =
      rehearsal.trace.runs.filter { $0.entry == .rcpt }.map { run in
        run.steps.reduce(0) { $0 + $1.replies.filter { $0.question.isDNS }.count }
      }.max() ?? 0
    let effects = rehearsal.trace.runs.flatMap { $0.steps.flatMap(\.effects) }
    let isDiscarded = effects.contains { effect in
      if case .redirect = effect { return true }
      return effect == .discard
    }
    let isRefusedLater = exchanges.contains {
      ($0.command == "DATA" || $0.command == ".") && !$0.isAccepted
    }
    return (
      Played(exchanges: exchanges, waits: waits, isDelivered: !isDiscarded && !isRefusedLater),
      used,
      conversation
    )
  }
}

extension NodeRunner.Leaf {
  /// The node refuses for good, or promises to.
  fileprivate var isPermanent: Bool {
    switch verdict {
    case .reject(let reply, _): reply.first == 0x35
    case .accept, .hangUp, .fatal: false
    case nil:
      run.position(state).deferIfPermitCode.map { $0 >= 500 } ?? false
    }
  }
}

extension OracleKey {
  fileprivate var isAboutDNS: Bool {
    !text.hasPrefix("policy service") && !text.contains("reject_unverified")
      && !text.contains(" for ")
  }
}

extension Region {
  /// One session.
  init(single choice: [Int]) {
    classes = choice.map { [$0] }
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
