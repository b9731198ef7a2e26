import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Compares what two configurations of one service do, for every session.
public final class PolicyComparison {
  private let name: String
  private let old: Side
  private let new: Side
  private let space: SessionSpace
  private let intent: Intent?

  /// One of the configurations.
  private struct Side {
    let explorer: Explorer
    let rehearsal: Rehearsal
  }

  public init(
    _ old: AnalysedConfiguration.Service, _ new: AnalysedConfiguration.Service,
    intent: Intent? = nil
  ) {
    let models = [Model(settings: old.settings), Model(settings: new.settings)]
    let oracles = Oracles(models)
    let space = SpaceBuilder.space(models, oracles, observers: [], isTextual: true)
    func side(_ model: Model) -> Side {
      Side(
        explorer: Explorer(model, space, oracles, isTextual: true),
        rehearsal: Rehearsal(settings: model.settings))
    }
    self.old = side(models[0])
    self.new = side(models[1])
    self.space = space
    self.intent = intent
    name = new.name
  }

  /// What a change is grouped by.
  private struct Pair: Hashable {
    let old: Explorer.Ending
    let new: Explorer.Ending

    /// Follows from how the sessions end, not from what one of them was seen to do.
    var kind: PolicyChange.Kind { PolicyChange.Kind(old.isTaken, new.isTaken) }

    /// What was recorded for a message that nobody accepts makes no other change.
    init(_ old: Explorer.Ending, _ new: Explorer.Ending) {
      let isAbout = old.isAccepted && new.isAccepted
      self.old = isAbout ? old : old.withoutEffects
      self.new = isAbout ? new : new.withoutEffects
    }
  }

  public func run() -> PolicyDifference {
    var pairs: [Pair: [Region]] = [:]
    var order: [Pair] = []
    var equal = 0
    let ends = new.explorer.explore(Region(space))
    for before in old.explorer.explore(Region(space)) {
      for after in ends {
        guard let region = before.region.intersection(after.region) else { continue }
        if before.ending == after.ending {
          equal += 1
          continue
        }
        let pair = Pair(before.ending, after.ending)
        if pairs[pair] == nil { order.append(pair) }
        pairs[pair, default: []].append(region)
      }
    }
    var changes: [PolicyChange] = []
    var gaps = space.gaps
    for pair in order {
      let regions = pairs[pair] ?? []
      switch shown(pair, regions) {
      case .change(let change): changes.append(change)
      case .nothing: equal += regions.count
      case .unseen(let gap): if !gaps.contains(gap) { gaps.append(gap) }
      }
    }
    if old.explorer.gaveUp || new.explorer.gaveUp {
      gaps.append("too many ways through the policy")
    }
    changes.sort { ($0.kind.order, $0.old, $0.new) < ($1.kind.order, $1.old, $1.new) }
    return PolicyDifference(
      service: name, changes: changes, classes: equal + changes.count, equal: equal, gaps: gaps)
  }

  // MARK: Changes

  /// How a session looks from outside.
  private struct Look: Equatable {
    let replies: [[String]]
    let effects: [Effect]
    let isAccepted: Bool
    let reason: String
    let reply: String

    /// Whether anybody can see a difference.
    func differs(from other: Look) -> Bool {
      replies != other.replies || effects != other.effects
    }
  }

  /// What playing sessions of a pair came to.
  private enum Shown {
    case change(PolicyChange)
    /// The sessions end as they should, and nobody can see a difference: the texts were those of
    /// different examples.
    case nothing
    /// No session ends so under both policies. It would, if others answered as nobody could make them.
    case unseen(String)
  }

  /// Only a session that ends as the pair says is a witness of it: one that an answer was made up
  /// for ends in another way when it is played.
  private func shown(_ pair: Pair, _ regions: [Region]) -> Shown {
    var isSeen = false
    // Taken or not as the pair says, but with other codes: better than nothing.
    var similar: PolicyChange?
    let plain = regions.filter(\.surprises.isEmpty)
    let ordered = plain + regions.filter { !$0.surprises.isEmpty }
    for region in ordered {
      for choice in samples(of: region) {
        let before = look(old, region, choice)
        let after = look(new, region, choice)
        guard before.0.isAccepted == pair.old.isTaken, after.0.isAccepted == pair.new.isTaken
        else { continue }
        isSeen = true
        guard before.0.differs(from: after.0) else { continue }
        let isIntended =
          intent.map { intent in regions.allSatisfy { intent.allows(pair.kind, $0, space) } }
          ?? false
        let change = PolicyChange(
          kind: pair.kind, old: before.0.reply, new: after.0.reply, oldReason: before.0.reason,
          newReason: after.0.reason, witness: after.1, size: size(regions),
          isIntended: isIntended)
        if pair.old.hasCode(of: before.0.reply), pair.new.hasCode(of: after.0.reply) {
          return .change(change)
        }
        similar = similar ?? change
      }
    }
    if let similar { return .change(similar) }
    return isSeen ? .nothing : .unseen(unseen(pair, ordered[0]))
  }

  private func unseen(_ pair: Pair, _ region: Region) -> String {
    let answers = region.surprises.map { key, index in
      "\(key.text): \(new.explorer.oracles.labels[key]?[safe: index] ?? "answer \(index)")"
    }
    let condition = answers.isEmpty ? "" : " where " + answers.joined(separator: ", and ")
    return "\(pair.kind.rawValue)\(condition): no session found that shows it"
  }

  /// One session, then sessions that differ in one dimension.
  private func samples(of region: Region) -> [[Int]] {
    var choices = [region.first]
    for dimension in Dimension.allCases {
      for index in region[dimension].dropFirst().prefix(40) {
        var choice = region.first
        choice[dimension] = index
        choices.append(choice)
      }
    }
    return choices
  }

  private func look(_ side: Side, _ region: Region, _ choice: [Int]) -> (Look, Witness) {
    var conversation = space.conversation(choice)
    if space.counts[choice[.count]], let first = conversation.recipients.first {
      conversation.recipients = [Bytes("<postmaster>"), first]
    }
    let script = AnswerScript(side.explorer, region, choice)
    let assumptions = Assumptions([], listDomains: side.rehearsal.listDomains)
    var used: [(question: Question, answer: Answer.Value)] = []
    let exchanges = side.rehearsal.play(conversation) { question in
      if let answer = script.answer(question) {
        if script.isSurprising(question) { used.append((question, answer)) }
        return Answer(answer)
      }
      return assumptions.answer(question)
    }
    let steps = side.rehearsal.trace.runs.flatMap(\.steps)
    let effects = steps.flatMap(\.effects).filter { if case .log = $0 { false } else { true } }
    let isAccepted =
      exchanges.last { $0.command.hasPrefix("RCPT") }?.isAccepted == true
      && exchanges.last?.isAccepted == true
    let refusal = exchanges.first { !$0.isAccepted }
    let reply =
      isAccepted
      ? (["accepted"] + effects.compactMap(\.text)
        + [refusal?.replies.last].compactMap { $0.map { "after \($0)" } }).joined(separator: ", ")
      : refusal?.replies.last ?? "no reply"
    let reason = steps.last { step in
      switch step.result {
      case .reject, .hangUp, .fatal: return true
      case .permit: return isAccepted
      case .dunno, .list: return false
      }
    }
    return (
      Look(
        replies: exchanges.map(\.replies), effects: effects, isAccepted: isAccepted,
        reason: reason.map(PolicyComparison.text) ?? "end of the lists", reply: reply),
      Witness(conversation: conversation, answers: used, exchanges: exchanges)
    )
  }

  private static func text(_ step: Trace.Step) -> String {
    let place = step.range.map { "  \($0.file.split(separator: "/").last ?? ""):\($0.line)" } ?? ""
    let list = step.stage.map { $0.listName + " " } ?? ""
    return list + step.operation.mnemonic + place
  }

  /// In classes: `2 of 5 client address classes x all senders`.
  private func size(_ regions: [Region]) -> String {
    let names: [Dimension: String] = [
      .address: "client address", .name: "client name", .helo: "HELO", .sender: "sender",
      .recipient: "recipient",
    ]
    let parts = [Dimension.address, .name, .helo, .sender, .recipient].compactMap { dimension in
      let found = Set(regions.flatMap { $0[dimension] }).count
      let all = space.count(dimension)
      guard all > 1, let name = names[dimension] else { return nil as String? }
      return found == all ? "all \(name)s" : "\(found) of \(all) \(name) classes"
    }
    return parts.isEmpty ? "every session" : parts.joined(separator: " x ")
  }
}

extension Explorer.Ending {
  /// Whether a reply has the code that this ending has.
  fileprivate func hasCode(of reply: String) -> Bool {
    guard case .rejected(let text) = kind else { return true }
    return reply.utf8.prefix(3).elementsEqual(text.prefix(3))
  }
}

extension PolicyChange.Kind {
  fileprivate var order: Int {
    switch self {
    case .wider: 0
    case .narrower: 1
    case .effect: 2
    case .text: 3
    }
  }
}
