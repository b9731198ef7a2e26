/// What a connection carries: it decides, the connection does.
protocol Dialogue {
  /// Who finds the answers it asks for.
  var answers: AnswerFinder { get }

  /// Called before the steps that an event causes.
  mutating func renew()

  /// Goes on with what there is; see ``SessionStep``.
  mutating func step(_ io: inout SessionIO) -> SessionStep

  /// Takes an answer; ``step(_:)`` is called next where it is the one that was asked for.
  mutating func receive(_ answer: Answer, to question: Question)

  /// The job behind ``Question/commitMessage``.
  mutating func takeCommitJob() -> (any CommitJob)?

  /// Questions that will come up behind the present one, to be started now.
  func questionsAhead() -> [Question]
}

extension Dialogue {
  mutating func renew() {}

  func questionsAhead() -> [Question] { [] }
}
