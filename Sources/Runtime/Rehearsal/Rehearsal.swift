import Compiler
import LookupTables
import RestrictionDSL

/// A service of a configuration without sockets: sessions are played in memory, questions are answered
/// by the caller, and nothing is stored.
///
/// Session, program and executor are those of the daemon.
public final class Rehearsal {
  public let settings: Settings
  public let policy: PolicyCompiler.Result
  public let executor: Executor
  public let trace = Trace()
  /// What opening the tables had to say, in order, with severity prefixes.
  public let openLines: [String]
  /// The domains of the DNS lists that the policy asks.
  public let listDomains: [String]
  private let service: SessionService
  private let log = MemoryLog()

  /// - Parameters:
  ///   - program: another program than the daemon's, for instance without passes.
  ///   - tables: opens tables; by default as the daemon does.
  public init(
    settings: Settings, passes: PassSelection = .all, tables given: TableCache? = nil
  ) {
    self.settings = settings
    policy = PolicyCompiler(settings: settings).compile(passes: passes)
    let tables = given ?? TableCache(settings: settings, changesNothing: true)
    let own = OwnAddresses(
      settings: settings, machine: InterfaceAddresses.current(),
      resolve: MachineFacts.addresses(ofHost:))
    let lines = TableOrder.open(settings, policy.tables, in: tables)
    let resolver = AddressResolver(settings: settings, own: own, tables: tables.open, log: log)
    let validator = RecipientValidator(settings: settings, resolver: resolver, tables: tables.open)
    let context = PolicyContext(
      settings: settings, tables: tables, resolver: resolver, validator: validator,
      ownAddresses: own, localTime: WallClock.logStamp)
    executor = Executor(program: policy.program, context: context, trace: trace)
    service = SessionService(
      settings: settings, executor: executor, cleanup: NoStorage(), limiter: nil, log: log,
      serviceName: "smtp", processID: 1, tables: tables.open, space: { nil })
    openLines = lines + context.openMessages
    listDomains = Rehearsal.listDomains(policy.program, settings)
  }

  private static func listDomains(_ program: DecisionProgram, _ settings: Settings) -> [String] {
    program.operations.flatMap { operation -> [String] in
      switch operation {
      case .rejectDNSList(_, let argument), .permitDNSList(_, let argument):
        [String(argument.prefix { $0 != "=" }).lowercased()]
      case .rejectMapsRBL: settings.list("maps_rbl_domains").map { $0.lowercased() }
      default: []
      }
    }
  }

  /// Plays a conversation to its end: DATA and the end of an empty message follow where a recipient
  /// was accepted.
  ///
  /// - Parameter answer: finds what only others know; not asked about the client's own name.
  public func play(
    _ conversation: Conversation, answer: @escaping (Question) -> Answer
  ) -> [Exchange] {
    trace.clear()
    executor.context.resolver.forget()
    let play = Play(service, conversation, trace, log, answer)
    play.run()
    return play.exchanges
  }
}

/// One conversation being played.
private final class Play {
  private let session: Session
  private let conversation: Conversation
  private let trace: Trace
  private let log: MemoryLog
  private let answer: (Question) -> Answer
  private var io = SessionIO()
  private var received = Bytes()
  private var isClosed = false
  private(set) var exchanges: [Exchange] = []

  /// A fixed moment: nothing that is shown depends on it.
  private static let now: UInt64 = 1_000_000

  init(
    _ service: SessionService, _ conversation: Conversation, _ trace: Trace, _ log: MemoryLog,
    _ answer: @escaping (Question) -> Answer
  ) {
    self.conversation = conversation
    self.trace = trace
    self.log = log
    self.answer = answer
    session = Session(
      service: service,
      connection: ConnectionFacts(
        clientAddress: conversation.client, clientPort: conversation.clientPort,
        serverAddress: conversation.server, serverPort: conversation.serverPort,
        skipsGreetingTest: true))
    if !service.settings.looksUpNames { giveName() }
  }

  /// Without lookups only XCLIENT gives a client its name.
  private func giveName() {
    switch conversation.clientName {
    case .missing, .temporary: break
    case .verified(let name):
      session.facts.client.name = name
      session.facts.client.nameStatus = .ok
      session.facts.client.reverseName = name
      session.facts.client.reverseNameStatus = .ok
    case .forged(let name), .unconfirmed(let name):
      session.facts.client.nameStatus = .forged
      session.facts.client.reverseName = name
      session.facts.client.reverseNameStatus = .ok
    }
  }

  func run() {
    exchange("CONNECT", nil)
    guard session.phase != .closed else { return }
    if let helo = conversation.helo {
      say(Bytes(conversation.usesEHLO ? "EHLO " : "HELO ") + helo)
    }
    guard let sender = conversation.sender else { return }
    var mail = Bytes("MAIL FROM:") + sender
    if let size = conversation.size { mail += Bytes(" SIZE=\(size)") }
    if conversation.smtputf8 { mail += Bytes(" SMTPUTF8") }
    guard say(mail) else { return }
    var isAccepted = false
    for recipient in conversation.recipients {
      if say(Bytes("RCPT TO:") + recipient) { isAccepted = true }
    }
    guard isAccepted, say(Bytes("DATA")) else { return }
    say(Bytes("."))
  }

  @discardableResult
  private func say(_ line: Bytes) -> Bool {
    guard !isClosed else { return false }
    exchange(line.text, line)
    return exchanges.last?.isAccepted ?? false
  }

  private func exchange(_ command: String, _ line: Bytes?) {
    let first = trace.runs.count
    session.facts.login = conversation.login
    session.facts.saslIsActive = conversation.login != nil
    session.facts.encryption = conversation.encryption
    session.facts.tlsIsActive = conversation.encryption != nil
    session.facts.certificate = conversation.certificate
    if conversation.improperPipelining { session.facts.improperPipelining = true }
    if let line { io.input.append(line + [0x0D, 0x0A]) }
    pump()
    let replies = received.split(separator: 0x0A).map { row in
      (row.last == 0x0D ? row.dropLast() : row).text
    }
    received = []
    exchanges.append(
      Exchange(
        command: command, replies: replies, log: log.take(), runs: first..<trace.runs.count,
        isClosed: isClosed))
  }

  private func pump() {
    guard !isClosed else { return }
    while true {
      io.now = Play.now
      io.wallClock = Int64(Play.now) * 1_000_000
      let step = session.step(&io)
      if step != .abort { received += io.output.bytes }
      io.output.consume(io.output.count)
      switch step {
      case .read: return
      case .ask(let question): session.receive(find(question), to: question)
      case .close, .abort:
        isClosed = true
        return
      }
    }
  }

  private func find(_ question: Question) -> Answer {
    switch question {
    case .commitMessage:
      _ = session.takeCommitJob()
      return Answer(.commit(.queued))
    case .pause: return Answer(.elapsed)
    case .name where session.phase == .identifying:
      switch conversation.clientName {
      case .verified(let name), .forged(let name), .unconfirmed(let name):
        return Answer(.host(.name(name)))
      case .missing:
        return Answer(.host(.failed(temporary: false, reason: "Name or service not known")))
      case .temporary:
        return Answer(
          .host(.failed(temporary: true, reason: "Temporary failure in name resolution")))
      }
    case .addresses where session.phase == .identifying:
      switch conversation.clientName {
      case .unconfirmed:
        return Answer(
          .host(.failed(temporary: true, reason: "Temporary failure in name resolution")))
      case .verified: return Answer(.host(.addresses([conversation.client])))
      default: return Answer(.host(.addresses([])))
      }
    default: return answer(question)
    }
  }
}

/// Log lines in memory.
private final class MemoryLog: LogSink {
  private var lines: [String] = []

  func write(_ line: Span<UInt8>) { lines.append(Bytes(copying: line).text) }

  func take() -> [String] {
    defer { lines = [] }
    return lines
  }
}

/// A message sink that forgets everything.
private final class NoStorage: Cleanup {
  private final class Job: CommitJob {
    let answer = CommitAnswer.queued
    func perform() {}
  }

  private final class Message: OpenMessage {
    let queueID = Bytes("QUEUEID")
    func add(_ recipient: Recipient) {}
    func beginContent() {}
    func write(_ line: Span<UInt8>, isComplete: Bool) {}
    func finish(_ actions: MessageActions) -> any CommitJob { Job() }
    func abandon() {}
  }

  func open(_ head: MessageHead) throws(MessageFailure) -> any OpenMessage { Message() }
}
