/// What a connection carries: it decides, the connection does.
protocol Dialogue: AnyObject {
  /// Who finds the answers it asks for.
  var answers: AnswerFinder { get }

  /// Called before the steps that an event causes.
  func renew()

  /// Goes on with what there is; see ``SessionStep``.
  func step(_ io: inout SessionIO) -> SessionStep

  /// Takes an answer; ``step(_:)`` is called next where it is the one that was asked for.
  func receive(_ answer: Answer, to question: Question)

  /// The job behind ``Question/commitMessage``.
  func takeCommitJob() -> (any CommitJob)?

  /// Questions that will come up behind the present one, to be started now.
  func questionsAhead() -> [Question]
}

extension Dialogue {
  func renew() {}

  func questionsAhead() -> [Question] { [] }
}
