import Compiler
import RestrictionDSL
import Runtime

/// The answers that one session of a region gets, found by following it through the program.
final class AnswerScript {
  private var script: [Question: (value: Answer.Value, index: Int)] = [:]
  private var policies: [String: Answer.Value] = [:]
  private var surprising: Set<String> = []

  init(_ explorer: Explorer, _ region: Region, _ choice: [Int]) {
    explorer.follow(region, choice) { question, index, answer in
      if case .policy(let endpoint, _, _) = question {
        policies[endpoint] = answer.value
        if index > 0 { surprising.insert(endpoint) }
      } else {
        script[question] = (answer.value, index)
      }
    }
  }

  /// `nil` for what the session did not come to.
  func answer(_ question: Question) -> Answer.Value? {
    if case .policy(let endpoint, _, _) = question { return policies[endpoint] }
    return script[question]?.value
  }

  func isSurprising(_ question: Question) -> Bool {
    if case .policy(let endpoint, _, _) = question { return surprising.contains(endpoint) }
    return (script[question]?.index ?? 0) > 0
  }
}

extension Explorer {
  /// Follows one session to its end and tells of every answer.
  func follow(
    _ region: Region, _ choice: [Int], _ tell: (Question, Int, OracleAnswer) -> Void
  ) {
    var state = PolicyState()
    var isRefused = false
    for entry in commands {
      let facts = space.facts(choice, at: entry)
      if isRefused { facts.forgetHelo() }
      if entry == .helo, facts.helo == nil { continue }
      if entry == .rcpt, isAlwaysAccepted(space.recipients[choice[.recipient]]) { continue }
      var run = model.executor.begin(entry, facts, &state)
      while true {
        let leaves = NodeRunner.leaves(
          model.executor, run, state, facts, model, oracles
        ) { key, _ in [region.answers[key]?.first ?? 0] }
        guard let leaf = leaves.first else { return }
        for ((question, answer), index) in zip(leaf.questions, leaf.indices) {
          tell(question, index, answer)
        }
        run = leaf.run
        state = leaf.state
        if let verdict = leaf.verdict {
          if verdict != .accept {
            guard entry == .helo, case .reject = verdict else { return }
            isRefused = true
          }
          break
        }
      }
    }
  }
}
