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
    session.step(&io)
  }

  func receive(_ answer: Answer, to question: Question) {
    session.receive(answer, to: question)
  }

  func takeCommitJob() -> (any CommitJob)? { session.takeCommitJob() }

  func questionsAhead() -> [Question] {
    let executor = session.service.executor
    guard let run = session.work?.run else { return executor.questionsAtConnect(session.facts) }
    return executor.questions(ahead: run, session.facts)
  }
}
