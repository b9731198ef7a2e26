import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// One conversation, command by command: what each restriction said, and why.
public struct Explanation: Sendable {
  /// One restriction that was evaluated.
  public struct Item: Hashable, Sendable {
    /// `client`, `relay` … ; empty for checks that belong to no list.
    public let list: String
    /// Position in the list, classes written out; 0 for what is not written in a list.
    public let number: Int
    /// As a restriction list would write it.
    public let text: String
    /// Result in one word, with the reply code of a reject.
    public let result: String
    /// Why, in one line; empty where there is nothing to say.
    public let reason: String
    /// `main.cf:14`, or empty.
    public let place: String
    /// Lists from access tables around it.
    public let depth: Int
  }

  /// One command.
  public struct Command: Sendable {
    public let exchange: Exchange
    public let items: [Item]
    /// What the command did not come to, `recipient 3..5`.
    public let notEvaluated: [String]
    public let probes: Int
    public let waits: Int
  }

  public let commands: [Command]
  /// What was taken for granted without being told.
  public let assumptions: [String]
  /// Elements that the program does not have because they cannot do anything, `relay 2 permit_…`.
  public let withoutEffect: [String]
  /// What the log says the client was told, where that is not what it is told here.
  public let logged: String?

  /// Plays a conversation and says what happened.
  ///
  /// - Parameter logged: the reply that a log has, ``LogLineReader/reply(_:)``
  public init(
    _ rehearsal: Rehearsal, _ conversation: Conversation, _ assumptions: Assumptions,
    logged: String? = nil
  ) {
    let exchanges = rehearsal.play(conversation, answer: assumptions.answer)
    var writer = ItemWriter(rehearsal)
    let runs = rehearsal.trace.runs
    commands = exchanges.map { exchange in
      let runs = runs[exchange.runs]
      let steps = runs.flatMap(\.steps)
      var items: [Item] = []
      for run in runs {
        for step in run.steps {
          if let item = writer.item(step, run.recipient) { items.append(item) }
        }
      }
      return Command(
        exchange: exchange,
        items: items,
        notEvaluated: runs.flatMap(writer.notEvaluated),
        probes: steps.reduce(0) { $0 + $1.probes.count },
        waits: steps.reduce(0) { count, step in
          count + step.replies.filter { $0.question.isWait }.count
        })
    }
    self.assumptions = assumptions.made
    withoutEffect = writer.withoutEffect(Set(runs.flatMap(\.steps).compactMap(\.stage)))
    let isSaid = exchanges.contains { exchange in
      // A footer makes several lines of it.
      exchange.replies.contains { reply in reply.dropFirst(4) == logged?.dropFirst(4) }
    }
    self.logged = isSaid ? nil : logged
  }
}

extension Question {
  /// The network is asked, and the client waits.
  var isWait: Bool {
    switch self {
    case .pause, .commitMessage: false
    case .dns, .addresses, .name, .policy, .verify, .flush, .table: true
    }
  }
}
