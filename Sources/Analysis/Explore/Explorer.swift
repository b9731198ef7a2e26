import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Follows every way that any session can take through the policy of a service, up to the end of a
/// message: sets of sessions walk through the program together and part where a node tells them apart.
///
/// Nodes are done by the daemon's executor; only their answers are compared here.
final class Explorer {
  /// How a set of sessions ends.
  struct Ending: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case accepted
      /// DISCARD: accepted, thrown away.
      case discarded
      /// What of the reply counts.
      case rejected(Bytes)
      case hungUp
    }

    let kind: Kind
    /// The command that was decided.
    let entry: Entry
    /// The reply to a HELO that was refused before.
    let refusal: Bytes?
    /// Where the message goes besides, and what is added to it.
    let effects: [Effect]

    var isAccepted: Bool { kind == .accepted }

    /// The client is told that the message was taken, whatever becomes of it.
    var isTaken: Bool { kind == .accepted || kind == .discarded }

    var withoutEffects: Ending { Ending(kind: kind, entry: entry, refusal: refusal, effects: []) }
  }

  /// A set of sessions that end alike.
  struct Outcome: Sendable {
    var region: Region
    let ending: Ending
    /// Largest number of waits for DNS in one command.
    var waits: Int
  }

  /// Outcomes of which regions are joined.
  private struct Exit: Hashable {
    let ending: Ending
    let waits: Int
  }

  private struct Position: Hashable {
    let phase: Int
    /// The reply to a HELO that was refused: the name is not known then.
    let refusal: Bytes?
    let run: PolicyRun.Position
    let carried: [Effect]
    let waits: Int
  }

  private struct Bucket {
    var regions = RegionSet()
    var run: PolicyRun
    var state: PolicyState
    let order: Int
  }

  let model: Model
  let space: SessionSpace
  let oracles: Oracles
  let groups: ClassGroups
  private let isTextual: Bool
  private let countsWaits: Bool
  private let entries: [Entry]
  /// The commands of a session that ask the policy, in order.
  var commands: [Entry] { entries }
  private var pending: [Position: Bucket] = [:]
  private var order = 0
  /// Sessions whose HELO was refused, and names that are not.
  private var refused: [(Region, Passage)] = []
  private var acceptedHelos: Set<Int> = []
  private var endings: [Exit: RegionSet] = [:]
  /// In the order in which they were found: two runs say the same.
  private var exits: [Exit] = []
  private(set) var nodes = 0
  /// The budget was used up: endings are missing.
  private(set) var gaveUp = false
  private let budget: Int
  /// Called for every way through every node.
  var visit: ((Executor.NextNode, NodeRunner.Leaf, [Int]) -> Void)?

  /// - Parameters:
  ///   - isTextual: reply texts and effects part sessions, not only codes.
  ///   - countsWaits: sessions part by the number of DNS waits.
  init(
    _ model: Model, _ space: SessionSpace, _ oracles: Oracles, isTextual: Bool = false,
    countsWaits: Bool = false, budget: Int = 400_000
  ) {
    self.model = model
    self.space = space
    self.oracles = oracles
    groups = ClassGroups(model, space, oracles, isTextual: isTextual)
    self.isTextual = isTextual
    self.countsWaits = countsWaits
    self.budget = budget
    let delays = model.settings.bool("smtpd_delay_reject")
    entries =
      delays ? [.rcpt, .data, .endOfData] : [.connect, .helo, .mail, .rcpt, .data, .endOfData]
  }

  /// Every ending of the sessions of a region.
  func explore(_ start: Region) -> [Outcome] {
    pending = [:]
    endings = [:]
    exits = []
    order = 0
    refused = []
    acceptedHelos = []
    begin(0, start, Passage())
    while let position = next() {
      if !refused.isEmpty, entries[position.phase] != .connect, entries[position.phase] != .helo {
        continueRefused(at: position.phase)
        continue
      }
      guard let bucket = pending.removeValue(forKey: position) else { continue }
      for region in bucket.regions.regions {
        guard nodes < budget else {
          gaveUp = true
          return outcomes
        }
        walk(position, region, bucket.run, bucket.state)
      }
    }
    return outcomes
  }

  private var outcomes: [Outcome] {
    exits.flatMap { exit in
      (endings[exit]?.regions ?? []).map {
        Outcome(region: $0, ending: exit.ending, waits: exit.waits)
      }
    }
  }

  /// The position that no other one leads to.
  private func next() -> Position? {
    pending.min { left, right in
      if left.key.phase != right.key.phase { return left.key.phase < right.key.phase }
      if left.key.run.pc != right.key.run.pc { return left.key.run.pc < right.key.run.pc }
      if left.key.run.depth != right.key.run.depth {
        return left.key.run.depth > right.key.run.depth
      }
      return left.value.order < right.value.order
    }?.key
  }

  // MARK: Commands

  /// What sessions bring along from one command to the next.
  private struct Passage {
    var state = PolicyState()
    /// What was done to the message.
    var effects: [Effect] = []
    /// The reply to a HELO that was refused.
    var refusal: Bytes?
  }

  /// The sessions of a region come to a command.
  private func begin(_ phase: Int, _ region: Region, _ passage: Passage) {
    guard phase < entries.count else {
      end(
        region,
        Ending(
          kind: .accepted, entry: entries[entries.count - 1], refusal: passage.refusal,
          effects: passage.effects), waits: 0)
      return
    }
    var region = region
    if phase == namelessEnd {
      let nameless = region[.helo].filter { space.helos[$0] == nil }
      if !nameless.isEmpty {
        var rest = region
        rest[.helo] = nameless
        end(
          rest,
          Ending(kind: .rejected(Bytes("503")), entry: .mail, refusal: nil, effects: []), waits: 0)
      }
      region[.helo] = region[.helo].filter { space.helos[$0] != nil }
      if region[.helo].isEmpty { return }
    }
    switch entries[phase] {
    case .helo:
      // Who says no HELO is not asked about it.
      let silent = region[.helo].filter { space.helos[$0] == nil }
      if !silent.isEmpty {
        var rest = region
        rest[.helo] = silent
        begin(phase + 1, rest, passage)
      }
      region[.helo] = region[.helo].filter { space.helos[$0] != nil }
      if region[.helo].isEmpty { return }
    case .rcpt:
      let welcome = region[.recipient].filter { isAlwaysAccepted(space.recipients[$0]) }
      if !welcome.isEmpty {
        var rest = region
        rest[.recipient] = welcome
        begin(phase + 1, rest, passage)
      }
      region[.recipient] = region[.recipient].filter { !isAlwaysAccepted(space.recipients[$0]) }
      if region[.recipient].isEmpty { return }
    case .mail:
      if passage.refusal == nil { acceptedHelos.formUnion(region[.helo]) }
    default: break
    }
    var passage = passage
    let facts = facts(region.first, phase, passage.refusal)
    let run = model.executor.begin(entries[phase], facts, &passage.state)
    add(phase, region, run, passage, waits: 0)
    // Without delay an earlier recipient, accepted or not, may have had the sender checked.
    if entries[phase] == .rcpt, entries.count > 3 {
      passage.state.assumeSenderIsChecked()
      add(phase, region, run, passage, waits: 0)
    }
  }

  /// The phase at which MAIL is refused to a client without a name; `nil` where it is not.
  ///
  /// - Source: smtpd_helo_required
  private lazy var namelessEnd: Int? =
    model.settings.bool("smtpd_helo_required") ? entries.firstIndex(of: .mail) ?? 0 : nil

  /// A refused HELO leaves the client with the name of an earlier one that was accepted.
  ///
  /// - Source: facts restrictions.md §1, "smtpd_delay_reject=no specifics"
  private func continueRefused(at phase: Int) {
    let names = acceptedHelos.sorted()
    for (region, passage) in refused where !names.isEmpty {
      var region = region
      region[.helo] = names
      begin(phase, region, passage)
    }
    refused = []
  }

  /// Recipients that no list is asked about.
  ///
  /// - Source: facts restrictions.md §1 "Shortcuts"
  func isAlwaysAccepted(_ recipient: Bytes) -> Bool {
    recipient.equalsIgnoringCase("postmaster".utf8)
      || !probe.isEmpty && recipient.equalsIgnoringCase(probe)
  }

  private lazy var probe = SessionSettings(model.settings).probeSender.address

  private func facts(_ choice: [Int], _ phase: Int, _ refusal: Bytes?) -> Facts {
    let facts = space.facts(choice, at: entries[phase])
    if refusal != nil, entries[phase] != .helo { facts.forgetHelo() }
    return facts
  }

  // MARK: Nodes

  private func walk(_ position: Position, _ region: Region, _ run: PolicyRun, _ state: PolicyState)
  {
    let node = model.executor.nextNode(of: run)
    var dimensions = node?.operation.dimensions ?? []
    if position.phase >= entries.count - 2, dimensions.contains(.recipient) {
      dimensions.append(.count)
    }
    dimensions = dimensions.filter { region[$0].count > 1 }
    var choice = region.first
    split(region, dimensions[...], &choice, position, run, state)
  }

  /// What one choice in all dimensions of a node leads to.
  private struct Way: Hashable {
    let answers: [OracleKey: Int]
    let position: Position?
    let ending: Ending?
    let waits: Int
  }

  private struct Target {
    let way: Way
    let run: PolicyRun
    let state: PolicyState
  }

  /// Parts a region by the first dimension, then by the others.
  private func split(
    _ region: Region, _ dimensions: ArraySlice<Dimension>, _ choice: inout [Int],
    _ position: Position, _ run: PolicyRun, _ state: PolicyState
  ) {
    for (part, targets) in parts(region, dimensions, choice, position, run, state) {
      for target in targets { follow(part, target, position) }
    }
  }

  private func parts(
    _ region: Region, _ dimensions: ArraySlice<Dimension>, _ choice: [Int], _ position: Position,
    _ run: PolicyRun, _ state: PolicyState
  ) -> [(Region, [Target])] {
    guard let dimension = dimensions.first else {
      return [(region, targets(region, choice, position, run, state))]
    }
    var choice = choice
    // Classes for which everything below is the same stay together.
    var known: [[[Int]: [Way]]: Int] = [:]
    var result: [(classes: [Int], parts: [(Region, [Target])])] = []
    let operation = model.executor.nextNode(of: run)?.operation ?? .accept
    for classes in groups.groups(of: region[dimension], for: operation, by: dimension) {
      choice[dimension] = classes[0]
      var single = region
      single[dimension] = [classes[0]]
      let below = parts(single, dimensions.dropFirst(), choice, position, run, state)
      var key: [[Int]: [Way]] = [:]
      for (part, targets) in below {
        let name = dimensions.dropFirst().flatMap { [-1] + part[$0] }
        key[name] = targets.map(\.way)
      }
      if let index = known[key] {
        result[index].classes += classes
      } else {
        known[key] = result.count
        result.append((classes, below))
      }
    }
    return result.flatMap { classes, parts in
      parts.map { part, targets in
        var part = part
        part[dimension] = classes.sorted()
        return (part, targets)
      }
    }
  }

  private func targets(
    _ region: Region, _ choice: [Int], _ position: Position, _ run: PolicyRun, _ state: PolicyState
  ) -> [Target] {
    nodes += 1
    let facts = facts(choice, position.phase, position.refusal)
    let node = model.executor.nextNode(of: run)
    let leaves = NodeRunner.leaves(
      model.executor, run, state, facts, model, oracles
    ) { key, _ in region.answers[key] }
    return leaves.map { leaf in
      if let visit, let node { visit(node, leaf, choice) }
      var state = leaf.state
      let text: (Bytes) -> Bytes = { Abstraction.text($0, facts) }
      if isTextual { state.replaceTexts(text) }
      var waits = position.waits
      if countsWaits { waits += leaf.questions.filter { $0.0.isDNS }.count }
      let answers = Dictionary(uniqueKeysWithValues: leaf.answers)
      guard let verdict = leaf.verdict else {
        let next = Position(
          phase: position.phase, refusal: position.refusal,
          run: leaf.run.position(state, text: isTextual ? { $0 } : nil),
          carried: position.carried, waits: waits)
        return Target(
          way: Way(answers: answers, position: next, ending: nil, waits: waits), run: leaf.run,
          state: state)
      }
      let effects =
        position.carried
        + leaf.run.effects.filter { effect in
          if case .log = effect { return false }
          if case .redirect = effect { return true }
          return isTextual || effect == .discard
        }
      let ending = Ending(
        kind: kind(verdict, text, state), entry: entries[position.phase],
        refusal: position.refusal, effects: effects)
      return Target(
        way: Way(answers: answers, position: nil, ending: ending, waits: waits), run: leaf.run,
        state: state)
    }
  }

  private func kind(
    _ verdict: Verdict, _ text: (Bytes) -> Bytes, _ state: PolicyState
  ) -> Ending.Kind {
    switch verdict {
    case .accept: state.isDiscarding ? .discarded : .accepted
    case .reject(let reply, _): .rejected(isTextual ? text(reply) : Bytes(reply.prefix(3)))
    case .hangUp, .fatal: .hungUp
    }
  }

  private func follow(_ region: Region, _ target: Target, _ position: Position) {
    var region = region
    for (key, index) in target.way.answers { region.answers[key] = [index] }
    var passage = Passage(
      state: target.state, effects: position.carried, refusal: position.refusal)
    guard let ending = target.way.ending else {
      add(position.phase, region, target.run, passage, waits: target.way.waits)
      return
    }
    switch ending.kind {
    case .accepted:
      passage.effects = ending.effects
      // Each command counts its own waits.
      if countsWaits { end(region, ending, waits: target.way.waits) }
      begin(position.phase + 1, region, passage)
    case .rejected(let reply) where ending.entry == .helo && namelessEnd == nil:
      // A refused HELO leaves the client without a name, not without a session.
      passage.refusal = isTextual ? reply : []
      begin(position.phase + 1, region, passage)
      if !isTextual {
        passage.refusal = nil
        refused.append((region, passage))
      }
    default: end(region, ending, waits: target.way.waits)
    }
  }

  // MARK: Sets

  private func add(
    _ phase: Int, _ region: Region, _ run: PolicyRun, _ passage: Passage, waits: Int
  ) {
    let position = Position(
      phase: phase, refusal: passage.refusal,
      run: run.position(passage.state, text: isTextual ? { $0 } : nil), carried: passage.effects,
      waits: waits)
    order += 1
    pending[position, default: Bucket(run: run, state: passage.state, order: order)]
      .regions.insert(region)
  }

  private func end(_ region: Region, _ ending: Ending, waits: Int) {
    let exit = Exit(ending: ending, waits: waits)
    if endings[exit] == nil { exits.append(exit) }
    endings[exit, default: RegionSet()].insert(region)
  }
}

extension Question {
  /// The DNS is asked.
  var isDNS: Bool {
    switch self {
    case .dns, .addresses, .name: true
    case .policy, .verify, .flush, .table, .pause, .commitMessage: false
    }
  }
}
