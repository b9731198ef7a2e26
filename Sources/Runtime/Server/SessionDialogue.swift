import RestrictionDSL

/// The service that new connections get; a reload puts another one in.
final class ServiceSlot {
  var service: LiveService

  init(_ service: LiveService) { self.service = service }
}

/// An SMTP session as a connection drives it.
final class SessionDialogue: Dialogue {
  private let session: Session
  private let slot: ServiceSlot
  private var service: LiveService
  private var isDying = false

  init(_ slot: ServiceSlot, _ connection: ConnectionFacts) {
    self.slot = slot
    service = slot.service
    session = Session(service: service.session, connection: connection)
  }

  var answers: AnswerFinder { service.answers }

  /// After a reload the session goes over to the new service, between transactions.
  func renew() {
    guard service !== slot.service else { return }
    service = slot.service
    session.adopt(service.session)
  }

  func step(_ io: inout SessionIO) -> SessionStep {
    let step = session.step(&io)
    guard step == .abort, !isDying, !session.flags.contains(.isLogged) else { return step }
    // A mistake that stops Postfix's process: that one sleeps a second before it ends
    // (facts postfix-ipc.md §1.8), so that a configuration error does not make clients hammer.
    isDying = true
    return .ask(SessionDialogue.lastPause)
  }

  func receive(_ answer: Answer, to question: Question) {
    if question != SessionDialogue.lastPause { session.receive(answer, to: question) }
  }

  private static let lastPause = Question.pause(milliseconds: 1000, serial: -1)

  func takeCommitJob() -> (any CommitJob)? { session.takeCommitJob() }

  func questionsAhead() -> [Question] {
    let executor = session.service.executor
    guard let run = session.work?.run else { return executor.questionsAtConnect(session.facts) }
    return executor.questions(ahead: run, session.facts)
  }
}
