import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Runs one node through every answer that others may give.
enum NodeRunner {
  /// One way through a node.
  struct Leaf {
    /// Which answer was given to what, in the order of asking.
    var answers: [(OracleKey, Int)]
    var questions: [(Question, OracleAnswer)]
    /// Which of its answers every question got.
    var indices: [Int] = []
    var run: PolicyRun
    var state: PolicyState
    /// `nil` where the command is not decided.
    var verdict: Verdict?
    /// What the trace says, where the executor has one.
    var step: Trace.Step?
  }

  /// The ways through the node that a run has come to.
  ///
  /// - Parameter allowed: which answers are possible still to a question; `nil` for all.
  static func leaves(
    _ executor: Executor, _ run: PolicyRun, _ state: PolicyState, _ facts: Facts, _ model: Model,
    _ oracles: Oracles, allowed: (OracleKey, Question) -> [Int]?
  ) -> [Leaf] {
    let node = executor.nextNode(of: run)
    let operation = node?.operation ?? .accept
    var run = run
    run.book.clear()
    if model.resolverForgets { model.context.resolver.forget() }
    var waiting = [Leaf(answers: [], questions: [], run: run, state: state)]
    var done: [Leaf] = []
    while var leaf = waiting.popLast() {
      switch executor.stepNode(&leaf.run, facts, &leaf.state) {
      case .ask(let question):
        let key = oracles.key(
          question, operation, facts, ordinal: leaf.questions.count, stage: node?.stage, model)
        let answers = oracles.answers(key, question, operation, model)
        let known = leaf.answers.first { $0.0 == key }?.1
        let possible = known.map { [$0] } ?? allowed(key, question) ?? Array(answers.indices)
        for index in possible.reversed() where answers.indices.contains(index) {
          var next = leaf
          next.run.book.file(Answer(answers[index].value), to: question)
          if known == nil { next.answers.append((key, index)) }
          next.questions.append((question, answers[index]))
          next.indices.append(index)
          if model.resolverForgets { model.context.resolver.forget() }
          waiting.append(next)
        }
      case .verdict(let verdict):
        leaf.verdict = verdict
        done.append(leaf)
      case nil: done.append(leaf)
      }
    }
    return done
  }
}

/// Texts of replies without the names of the session in them.
enum Abstraction {
  static func text(_ text: Bytes, _ facts: Facts) -> Bytes {
    var parts: [(name: Bytes, mark: Bytes)] = []
    func add(_ name: Bytes?, _ mark: String) {
      if let name, name.count > 1, name != Bytes("unknown") { parts.append((name, Bytes(mark))) }
    }
    add(facts.recipient, "$recipient")
    add(facts.sender, "$sender")
    add(facts.client.nameAndAddress, "$client")
    add(facts.helo, "$helo")
    add(facts.client.name, "$client_name")
    add(facts.client.reverseName, "$reverse_name")
    add(facts.client.addressText, "$client_address")
    add(facts.recipient.map { Bytes(MailAddress.domain(of: $0)) }, "$recipient_domain")
    add(facts.sender.map { Bytes(MailAddress.domain(of: $0)) }, "$sender_domain")
    parts.sort { $0.name.count > $1.name.count }
    let starts = Set(parts.map { $0.name[0] })
    var result: Bytes = []
    var index = 0
    while index < text.count {
      if starts.contains(text[index]),
        let part = parts.first(where: { text[index...].starts(with: $0.name) })
      {
        result += part.mark
        index += part.name.count
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }
}
