import RestrictionDSL

/// One SMTP session: what the client is told, what is logged, what becomes of its mail.
///
/// The session owns no socket and no clock. Its owner calls ``step(_:)`` with input, and does what
/// the step says: read, ask, close. A part that needs an answer is run again when the answer is
/// there, and has no effect before.
///
/// - Source: facts smtp-session.md
public final class Session {
  /// What the session is doing.
  enum Phase: UInt8 {
    /// Finds out the client's name.
    case identifying
    /// Decides whether to talk to it, and greets.
    case opening
    case commands
    /// Receives the content after DATA.
    case content
    /// Receives the bytes of a BDAT command.
    case chunk
    /// Decides about the complete message, and stores it.
    case committing
    case closing
    case closed
  }

  struct Flags: OptionSet {
    let rawValue: UInt16
    /// No further command: the session ends when the reply is out.
    static let hangsUp = Flags(rawValue: 1 << 0)
    /// smtpd_client_restrictions refused the client before its first command.
    static let isDenied = Flags(rawValue: 1 << 1)
    static let mayXclient = Flags(rawValue: 1 << 2)
    static let mayXforward = Flags(rawValue: 1 << 3)
    /// The list failed: nobody knows.
    static let xclientUnknown = Flags(rawValue: 1 << 4)
    static let xforwardUnknown = Flags(rawValue: 1 << 5)
    static let keywordsUnknown = Flags(rawValue: 1 << 6)
    /// smtpd_forbid_bare_newline applies to this client.
    static let forbidsBareNewline = Flags(rawValue: 1 << 7)
    /// The limiter knows the client.
    static let isCounted = Flags(rawValue: 1 << 8)
    /// The client was named in the log.
    static let isLogged = Flags(rawValue: 1 << 9)
    /// HANGUP: close without sending anything.
    static let isAborted = Flags(rawValue: 1 << 10)
    /// `commitJob` belongs to a postmaster notice, nobody waits for its result.
    static let commitsNotice = Flags(rawValue: 1 << 11)
    static let skipsGreetingTest = Flags(rawValue: 1 << 12)
    /// The opening follows an XCLIENT command.
    static let isReopening = Flags(rawValue: 1 << 13)
    /// The disconnect was logged.
    static let isFinished = Flags(rawValue: 1 << 14)
    /// The dialogue is logged: debug_peer_list names the client, or the service has `-v`.
    static let isVerbose = Flags(rawValue: 1 << 15)
  }

  /// Where the accounted size belongs to when the connection breaks.
  enum ContentMark: UInt8 { case none, data, bdat }

  var service: SessionService
  /// The service of a newer configuration, used from the next transaction on.
  var nextService: SessionService?
  var facts: Facts
  var state = SessionState()
  var policy = PolicyState()
  var budget = ErrorBudget()
  var statistics = CommandStatistics()
  /// The open transaction; replaced whole.
  var transaction: Transaction?
  /// The content being received.
  var reception: Reception?
  /// What hardly any session needs.
  var transient: TransientState?
  var transcript = Transcript()
  var errorMask = ErrorMask()
  var phase = Phase.identifying
  var flags: Flags = []
  var contentMark = ContentMark.none
  var verb = Verb.unknown
  var hiddenKeywords: EHLOKeywords = []

  /// The command being run.
  var work: Work?
  /// The beginning of a command line that is too long; the rest is skipped.
  var cutLine: Bytes?
  /// Bytes of the input that are known to hold no line end.
  var scanned = 0

  /// Rest of the time limit of the request; `nil` before the first wait.
  ///
  /// - Unit: milliseconds
  var timeLeft: UInt64?
  /// When the last read was asked for; 0 while none is.
  var waitingSince: UInt64 = 0

  /// - Unit: microseconds since 1970, at the last step
  var wallClock: Int64 = 0
  /// Why the session ended before its time.
  var abortReason: String?

  /// Where messages come from; `nil` after whatever changes it: HELO, XCLIENT, XFORWARD, a login.
  var messageSource: MessageSource?

  /// The blocking rest of storing a message, for ``takeCommitJob()``.
  var commitJob: (any CommitJob)?
  var commitAnswer: CommitAnswer?
  var isCommitting = false

  /// A session with a client that has just connected.
  public init(service: SessionService, connection: ConnectionFacts) {
    self.service = service
    let address = connection.clientAddress.bytes
    let client = Client(
      name: Forwarding.unknown, nameStatus: .permanent, reverseName: Forwarding.unknown,
      reverseNameStatus: .permanent, addressText: address, address: connection.clientAddress,
      port: Bytes(String(connection.clientPort)), nameAndAddress: [])
    let server = service.endpoint(connection.serverAddress, connection.serverPort)
    facts = Facts(
      client: client, serverAddress: server.address, serverPort: server.port)
    facts.socketAddress = connection.clientAddress
    facts.command = Verb.connect
    if connection.skipsGreetingTest { flags.insert(.skipsGreetingTest) }
  }

  /// `name[address]` as logs show it; empty before the name is known.
  public var clientName: Bytes { facts.client.nameAndAddress }

  /// Neither a command nor a transaction is open: a graceful end loses nothing.
  public var isIdle: Bool {
    phase == .commands && work == nil && outgoing == nil && !state.hasSender
  }

  /// Uses another configuration from the next transaction on.
  public func adopt(_ service: SessionService) { nextService = service }

  /// Goes on until input, an answer or an end is needed.
  public func step(_ io: inout SessionIO) -> SessionStep {
    countWaiting(io)
    while true {
      do throws(Suspension) {
        if let step = try advance(&io) { return step }
      } catch {
        switch error {
        case .ask(let question):
          work?.book.log.removeAll()
          return .ask(question)
        case .failed(let failure): failLocally(failure.messages, &io)
        }
      }
    }
  }

  /// Takes an answer to what the last step asked; ``step(_:)`` follows.
  public func receive(_ answer: Answer, to question: Question) {
    switch (question, answer.value) {
    case (.commitMessage, .commit(let result)):
      answer.log.forEach { log($0) }
      commitAnswer = result
    case (.pause(_, let serial), _) where outgoing?.pauseSerial == serial:
      outgoing?.pause = 0
    default:
      if outgoing != nil {
        outgoing?.book.file(answer, to: question)
      } else {
        work?.file(answer, to: question)
      }
    }
  }

  /// The job of the last `.ask(.commitMessage)`, once.
  public func takeCommitJob() -> (any CommitJob)? {
    defer { commitJob = nil }
    return commitJob
  }

  /// Questions that the command being run will ask after the present one, to be started now.
  public func questionsAhead() -> [Question] {
    if phase == .opening { return service.executor.questionsAtConnect(facts) }
    guard let work, work.isRunning else { return [] }
    return service.executor.questions(ahead: work.run, facts)
  }

  /// The owner gives up: server shutdown, lost event loop.
  ///
  /// Logs the end; nothing is sent.
  public func cancel(now: UInt64) {
    guard !flags.contains(.isFinished) else { return }
    transaction?.message?.abandon()
    transaction = nil
    logEnd(now: now)
    phase = .closed
  }

  /// Does the next part.
  ///
  /// - Returns: `nil` to go on at once.
  private func advance(_ io: inout SessionIO) throws(Suspension) -> SessionStep? {
    if outgoing != nil {
      try deliver(&io)
      return nil
    }
    if flags.contains(.commitsNotice) {
      guard commitAnswer != nil else { return .ask(.commitMessage) }
      commitAnswer = nil
      flags.remove(.commitsNotice)
      return nil
    }
    switch phase {
    case .identifying:
      try identify()
      return nil
    case .opening:
      try open(&io)
      return nil
    case .commands: return try runCommand(&io)
    case .content: return receiveContent(&io)
    case .chunk: return receiveChunk(&io)
    case .committing: return try finishMessage(&io)
    case .closing:
      close(io)
      return nil
    case .closed: return flags.contains(.isAborted) ? .abort : .close
    }
  }
}
