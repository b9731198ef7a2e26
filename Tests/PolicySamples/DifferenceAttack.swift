import Analysis
import RestrictionDSL
import Runtime
import TestSupport

/// `diff` of generated pairs of neighbouring policies against sampled sessions: a session that ends
/// differently must have been announced, with its replies.
public struct DifferenceAttack {
  public private(set) var pairs = 0
  /// Pairs whose lists are the same in another order.
  public private(set) var reorderings = 0
  public private(set) var equalReorderings = 0
  public private(set) var equal = 0
  /// Pairs that diff does not call proved.
  public private(set) var undecided = 0
  public private(set) var played = 0
  public private(set) var different = 0
  /// Sessions that only a remark of diff covers: it said that it could not show such a change.
  public private(set) var remarked = 0
  public private(set) var failures: [String] = []

  public init() {}

  private static let lists = [
    "smtpd_relay_restrictions", "smtpd_recipient_restrictions", "smtpd_sender_restrictions",
    "smtpd_client_restrictions", "smtpd_helo_restrictions",
  ]

  /// Every third pair is a reordering of one list, the others have a list of another policy.
  public mutating func run(seed: UInt64, number: Int, sessions: Int) {
    var generator = ConfigurationGenerator(seed: seed &+ UInt64(number))
    let old = generator.next()
    var new = old
    var parameter = generator.random.pick(Self.lists)
    let isReordering = number % 3 == 2
    if isReordering {
      let long = Self.lists.filter { Self.items(old[$0] ?? "").count > 1 }
      if !long.isEmpty { parameter = generator.random.pick(long) }
      var items = Self.items(old[parameter] ?? "")
      items.shuffle(using: &generator.random)
      new[parameter] = items.joined(separator: ", ")
    } else {
      new[parameter] = generator.next()[parameter]
    }
    let difference = PolicyComparison(Self.service(old), Self.service(new)).run()
    pairs += 1
    if isReordering { reorderings += 1 }
    if difference.changes.isEmpty {
      equal += 1
      if isReordering { equalReorderings += 1 }
    }
    if !difference.gaps.isEmpty { undecided += 1 }
    sample(
      difference, [old, new].map { Rehearsal(settings: .forTesting($0)) },
      SessionSampler(seed: seed &* 31 &+ UInt64(number)), sessions: sessions
    ) { "seed \(seed) + \(number): \(parameter) = \(new[parameter] ?? "")\n\(old)" }
  }

  private static func service(_ values: [String: String]) -> AnalysedConfiguration.Service {
    AnalysedConfiguration.Service(name: "smtp/inet", settings: .forTesting(values))
  }

  /// The items of a list: commas inside braces part nothing.
  static func items(_ list: String) -> [String] {
    var items: [String] = []
    var item = ""
    var depth = 0
    for character in list {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if character == ",", depth == 0 {
        items.append(item)
        item = ""
      } else {
        item.append(character)
      }
    }
    return (items + [item]).map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
  }

  // MARK: Sessions

  private struct Played {
    let replies: [[String]]
    let effects: [Effect]
    let isTaken: Bool
    /// `accepted`, or the code of the first refusal.
    let end: String

    init(_ side: Rehearsal, _ conversation: Conversation, _ answer: @escaping (Question) -> Answer)
    {
      let exchanges = side.play(conversation, answer: answer)
      replies = exchanges.map(\.replies)
      effects = side.trace.runs.flatMap { $0.steps.flatMap(\.effects) }.filter { effect in
        if case .log = effect { return false }
        return true
      }
      isTaken =
        exchanges.last { $0.command.hasPrefix("RCPT") }?.isAccepted == true
        && exchanges.last?.command == "." && exchanges.last?.isAccepted == true
      end = DifferenceAttack.end(
        isTaken ? "accepted" : exchanges.first { !$0.isAccepted }?.replies.last ?? "no reply")
    }

    func differs(from other: Played) -> Bool {
      if replies != other.replies { return true }
      return isTaken && !effects.contains(.discard) && effects != other.effects
    }
  }

  private static func end(_ text: String) -> String {
    String(text.prefix(text.hasPrefix("accepted") ? 8 : 3))
  }

  private struct Announced: Hashable {
    let kind: PolicyChange.Kind
    let old: String
    let new: String
  }

  private mutating func sample(
    _ difference: PolicyDifference, _ sides: [Rehearsal], _ sampler: SessionSampler, sessions: Int,
    name: () -> String
  ) {
    var sampler = sampler
    let announced = Set(
      difference.changes.map {
        Announced(kind: $0.kind, old: Self.end($0.old), new: Self.end($0.new))
      })
    let remarks = Set(
      difference.gaps.compactMap { $0.split(separator: " ").first.map(String.init) })
    for _ in 0..<sessions {
      var (conversation, _, _) = sampler.conversation()
      // An earlier recipient that fares differently is another session's change.
      conversation.recipients = conversation.recipients.suffix(1)
      var answers: [Question: Answer] = [:]
      let ends = sides.map { side in
        Played(side, conversation) { question in
          if let known = answers[question] { return known }
          let answer = sampler.answer(question)
          answers[question] = answer
          return answer
        }
      }
      played += 1
      guard ends[0].differs(from: ends[1]) else { continue }
      different += 1
      let seen = Announced(
        kind: PolicyChange.Kind(ends[0].isTaken, ends[1].isTaken), old: ends[0].end,
        new: ends[1].end)
      if announced.contains(seen) { continue }
      if remarks.contains(seen.kind.rawValue) {
        remarked += 1
        continue
      }
      failures.append(
        """
        \(seen.kind) \(seen.old) -> \(seen.new) not in \(announced) \(difference.gaps)
        \(ProofAttack.text(conversation))
        \(ends[0].replies.last ?? []) -> \(ends[1].replies.last ?? [])
        \(name())
        """)
      // One failure of a pair is enough.
      return
    }
  }
}
