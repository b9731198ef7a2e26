import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Sessions that the daemon's own session code plays, to see whether they break the property.
extension Prover {
  /// Sessions that are played for one set of sessions before another one is tried.
  private static let attempts = 48

  /// A session that was played by the daemon's own session code.
  struct Played {
    let exchanges: [Exchange]
    let waits: Int
    let isDelivered: Bool
    var rcpt: Exchange? { exchanges.last { $0.command.hasPrefix("RCPT") } }
  }

  /// Plays sessions of a region until one breaks the property.
  func witness(in region: Region, isBroken: (Played) -> Bool) -> Witness? {
    for offset in 0..<Prover.attempts {
      // Something may depend on an earlier RCPT for the same recipient.
      let isRepeated = offset >= Prover.attempts / 2
      // Every dimension moves on at its own pace, so that few attempts see many values.
      let choice = region.classes.enumerated().map { index, list in
        list[(offset / (index % 3 + 1)) % list.count]
      }
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
