import Compiler
import Foundation
import LookupTables
import RestrictionDSL
import Testing

@testable import Runtime

/// A commit that does what a test wants.
final class ScriptedCommit: CommitJob, @unchecked Sendable {
  private let work: @Sendable () -> CommitAnswer
  private(set) var answer = CommitAnswer.queued

  init(_ work: @escaping @Sendable () -> CommitAnswer) { self.work = work }

  func perform() { answer = work() }
}

/// Everything around a session, in memory: scripted answers, a clock that does not run by itself, a
/// log and a message store that can be looked at.
final class SessionBench: LogSink, Cleanup {
  /// A message that was opened.
  final class Message: OpenMessage {
    let queueID: Bytes
    let head: MessageHead
    var recipients: [Recipient] = []
    var lines: [Bytes] = []
    var pending = Bytes()
    var actions: MessageActions?
    var isAbandoned = false
    var result = CommitAnswer.queued

    init(_ number: Int, _ head: MessageHead) {
      queueID = Bytes("ID\(number)")
      self.head = head
    }

    func add(_ recipient: Recipient) { recipients.append(recipient) }
    func beginContent() {}

    func write(_ line: Span<UInt8>, isComplete: Bool) {
      for index in line.indices { pending.append(line[index]) }
      guard isComplete else { return }
      lines.append(pending)
      pending = []
    }

    func finish(_ actions: MessageActions) -> any CommitJob {
      self.actions = actions
      let result = result
      return ScriptedCommit { result }
    }

    func abandon() { isAbandoned = true }

    /// Stored, as far as the session is concerned.
    var isQueued: Bool { actions != nil && result == .queued }

    func attribute(_ name: String) -> String? {
      head.attributes.first { $0.name == name }?.value.text
    }
  }

  var logged: [String] = []
  var messages: [Message] = []
  var hosts: [String: [IPAddress]] = ["localhost": [.v4(0x7F00_0001), .v6(0, 1)]]
  var names: [IPAddress: HostAnswer] = [
    .v4(0x7F00_0001): .name(Bytes("localhost")), .v6(0, 1): .name(Bytes("localhost")),
  ]
  var hostFailures: [String: HostAnswer] = [:]
  var dns: (Bytes, DNSType) -> DNSAnswer = { _, _ in .noName }
  var flushStatus: (String) -> Int? = { _ in 0 }
  var openFailure: MessageFailure?
  /// What storing the next messages comes to.
  var commitResult = CommitAnswer.queued
  var space: SessionService.Space? = SessionService.Space(
    freeBlocks: 1 << 20, blockSize: 4096)
  /// Every question, in order.
  var questions: [Question] = []
  /// Steps once more before each answer.
  var stepsTwice = false
  /// Every pause that was asked for, in milliseconds.
  var pauses: [Int] = []

  let settings: Settings
  private(set) var service: SessionService!
  var now: UInt64 = 1_000_000
  var wallClock: Int64 = 1_795_403_013_517_624

  init(_ values: [String: String] = [:], settings given: Settings? = nil) throws {
    let base = [
      "myhostname": "mail.example.com", "mydomain": "example.com", "myorigin": "example.com",
      "mydestination": "$myhostname, localhost.$mydomain, localhost, $mydomain",
      "mynetworks": "127.0.0.0/8, [::1]/128", "inet_interfaces": "127.0.0.1, ::1",
      "alias_maps": "",
      "local_recipient_maps":
        "inline:{ {postmaster=1}, {abuse=1}, {alice=1}, {bob=1}, {carol=1}, {dave=1} }",
      "smtpd_authorized_xclient_hosts": "127.0.0.0/8",
    ]
    settings = given ?? Settings.forTesting(base.merging(values) { $1 })
    let tables = TableCache(settings: settings)
    let own = OwnAddresses(settings: settings, machine: [.v4(0x7F00_0001), .v6(0, 1)]) { _ in [] }
    let resolver = AddressResolver(settings: settings, own: own, tables: tables.open)
    let validator = RecipientValidator(
      settings: settings, resolver: resolver, tables: tables.open)
    let context = PolicyContext(
      settings: settings, tables: tables, resolver: resolver, validator: validator,
      ownAddresses: own)
    let program = PolicyCompiler(settings: settings).compile().program
    let limiter = EmbeddedLimiter(timeUnit: 60)
    service = SessionService(
      settings: settings, executor: Executor(program: program, context: context), cleanup: self,
      limiter: limiter, log: self, serviceName: "127.0.0.1:25", processID: 0x1234,
      tables: tables.open, space: { [unowned self] in space })
    let lists = service.lists.earlyMessages + service.lists.lateMessages
    for line in lists + SessionSettings.findings(settings) where !line.hasPrefix("error: ") {
      write(line)
    }
  }

  func write(_ line: Span<UInt8>) {
    var text = Bytes()
    for index in line.indices { text.append(line[index]) }
    logged.append(text.text)
  }

  func open(_ head: MessageHead) throws(MessageFailure) -> any OpenMessage {
    if let openFailure { throw openFailure }
    let message = Message(messages.count + 1, head)
    message.result = commitResult
    messages.append(message)
    return message
  }

  /// A client that connects from the loopback interface.
  func connect(
    from address: IPAddress = .v4(0x7F00_0001), to server: IPAddress = .v4(0x7F00_0001)
  ) -> BenchConnection {
    BenchConnection(
      self,
      ConnectionFacts(
        clientAddress: address, clientPort: 40_000, serverAddress: server, serverPort: 25))
  }

  func answer(_ question: Question, _ session: Session) -> Answer.Value {
    switch question {
    case .name(let address):
      return .host(names[address] ?? .failed(temporary: false, reason: "Name or service not known"))
    case .addresses(let host, let family):
      if let failure = hostFailures[host.text] { return .host(failure) }
      let found = (hosts[host.text] ?? []).filter {
        family == .enabled || ($0.bitWidth == 32) == (family == .ipv4)
      }
      return .host(
        found.isEmpty
          ? .failed(temporary: false, reason: "Name or service not known") : .addresses(found))
    case .dns(let name, let type): return .dns(dns(name, type))
    case .flush(let site): return .flush(flushStatus(site.text))
    case .pause(let milliseconds, _):
      pauses.append(milliseconds)
      now += UInt64(milliseconds)
      return .elapsed
    case .commitMessage:
      return .commit(session.takeCommitJob()?.run() ?? .failed(.writeError))
    case .policy: return .policy(.failed)
    case .verify: return .verify(.failed)
    case .table: return .table(.success(nil))
    }
  }
}

/// One connection to the bench.
final class BenchConnection {
  let bench: SessionBench
  let session: Session
  private var io = SessionIO()
  private(set) var isClosed = false
  private(set) var isAborted = false
  private(set) var timeLimit: UInt64 = 0
  private var received = Bytes()

  init(_ bench: SessionBench, _ facts: ConnectionFacts) {
    self.bench = bench
    session = Session(service: bench.service, connection: facts)
    pump()
  }

  /// Sends bytes and lets the session go on.
  ///
  /// - Parameter chunk: sizes of the pieces in which they arrive; without it all comes at once.
  func send(_ bytes: Bytes, chunk: (() -> Int)? = nil) {
    var rest = bytes[...]
    while let size = chunk?(), rest.count > size {
      io.input.append(Bytes(rest.prefix(size)))
      rest = rest.dropFirst(size)
      pump()
    }
    io.input.append(Bytes(rest))
    pump()
  }

  /// Sends one line.
  func send(_ line: String) { send(Bytes(line + "\r\n")) }

  /// The client closes its side.
  func close() {
    io.inputEnded = true
    pump()
  }

  /// The time limit of the last read runs out.
  func timeOut() {
    bench.now += timeLimit
    io.timedOut = true
    pump()
  }

  /// Reply lines since the last call.
  func replies() -> [String] {
    defer { received = [] }
    return received.text.components(separatedBy: "\r\n").filter { !$0.isEmpty }
  }

  /// Sends a line and takes the reply.
  func say(_ line: String) -> [String] {
    send(line)
    return replies()
  }

  private func pump() {
    guard !isClosed else { return }
    for _ in 0..<100_000 {
      io.now = bench.now
      io.wallClock = bench.wallClock
      let step = session.step(&io)
      if step != .abort { received += io.output.bytes }
      io.output.consume(io.output.count)
      switch step {
      case .read(let limit):
        timeLimit = limit
        return
      case .ask(let question):
        if bench.stepsTwice {
          // An event that is no answer changes nothing.
          #expect(session.step(&io) == step)
          received += io.output.bytes
          io.output.consume(io.output.count)
        }
        bench.questions.append(question)
        session.receive(Answer(bench.answer(question, session)), to: question)
      case .close:
        isClosed = true
        return
      case .abort:
        isClosed = true
        isAborted = true
        return
      }
    }
    Issue.record("the session does not come to rest")
  }
}
