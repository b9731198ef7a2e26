import RestrictionDSL

/// One conversation being played.
final class Play {
  private let session: Session
  private let conversation: Conversation
  private let trace: Trace
  private let log: MemoryLog
  private let answer: (Question) -> Answer
  private var io = SessionIO()
  private var received = Bytes()
  private var pauses: [Exchange.Pause] = []
  /// What was logged for input that had no reply yet.
  private var earlierLog: [String] = []
  /// Reply lines of this exchange that do not wait for the rest of their group.
  private var sentLines = 0
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
        serverAddress: conversation.server, serverPort: conversation.serverPort))
    if !service.settings.looksUpNames { giveName() }
  }

  /// Without lookups only XCLIENT gives a client its name.
  private func giveName() {
    switch conversation.clientName {
    case .missing?, .temporary?, nil: break
    case .verified(let name)?:
      session.facts.client.name = name
      session.facts.client.nameStatus = .ok
      session.facts.client.reverseName = name
      session.facts.client.reverseNameStatus = .ok
    case .forged(let name)?, .unconfirmed(let name)?:
      session.facts.client.nameStatus = .forged
      session.facts.client.reverseName = name
      session.facts.client.reverseNameStatus = .ok
    }
  }

  func run() {
    exchange("CONNECT", nil)
    guard !isClosed else { return }
    if let script = conversation.script { return run(script) }
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

  private func run(_ script: Script) {
    // Sent, but not answered yet.
    var first: Bytes?
    var isSkipping = false
    var wasContent = false
    for write in script.writes where !isClosed {
      if write.isContent, !wasContent { isSkipping = exchanges.last?.isAccepted == false }
      wasContent = write.isContent
      guard !(write.isContent && isSkipping) else { continue }
      if first == nil || write.isContent { first = Play.line(write.bytes) }
      let title = first?.text ?? ""
      exchange(title, write.bytes)
      // Nothing was said to it: the next bytes belong to the same exchange.
      if let last = exchanges.last, last.replies.isEmpty, last.runs.isEmpty, !isClosed {
        earlierLog += last.log
        exchanges.removeLast()
      } else {
        first = nil
      }
    }
    guard !isClosed else { return }
    io.inputEnded = true
    exchange("CLOSE", nil)
  }

  /// The first line of a write; of content the last one.
  private static func line(_ bytes: Bytes) -> Bytes {
    let rows = bytes.split(separator: 0x0A)
    guard var row = rows.last == [0x2E, 0x0D] ? rows.last : rows.first else { return [] }
    if row.last == 0x0D { row.removeLast() }
    return Bytes(row)
  }

  @discardableResult
  private func say(_ line: Bytes) -> Bool {
    guard !isClosed else { return false }
    exchange(line.text, line + [0x0D, 0x0A])
    return exchanges.last?.isAccepted ?? false
  }

  /// - Parameter bytes: what the client sends, line ends included
  private func exchange(_ command: String, _ bytes: Bytes?) {
    let first = trace.runs.count
    if let login = conversation.login {
      session.facts.login = login
      session.facts.saslIsActive = true
    }
    if let encryption = conversation.encryption {
      session.facts.encryption = encryption
      session.facts.tlsIsActive = true
    }
    if let certificate = conversation.certificate { session.facts.certificate = certificate }
    if conversation.improperPipelining { session.facts.improperPipelining = true }
    if let bytes { io.input.append(bytes) }
    pump()
    let replies = received.split(separator: 0x0A).map { row in
      (row.last == 0x0D ? row.dropLast() : row).text
    }
    received = []
    exchanges.append(
      Exchange(
        command: command, replies: replies, log: earlierLog + log.take(), pauses: pauses,
        runs: first..<trace.runs.count, isClosed: isClosed))
    earlierLog = []
    pauses = []
    sentLines = 0
    io.isUrgent = false
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
      case .ask(let question):
        if io.isUrgent { sentLines = received.count { $0 == 0x0A } }
        io.isUrgent = false
        session.receive(find(question), to: question)
      case .close, .abort:
        isClosed = true
        return
      }
    }
  }

  private func find(_ question: Question) -> Answer {
    switch question {
    case .commitMessage:
      let job = session.takeCommitJob()
      defer { job?.retire() }
      return Answer(.commit(job?.run() ?? .queued))
    case .pause(let milliseconds, _):
      pauses.append(Exchange.Pause(milliseconds: milliseconds, line: sentLines))
      return Answer(.elapsed)
    case .name, .addresses:
      guard session.phase == .identifying, let name = conversation.clientName else {
        return answer(question)
      }
      if case .name = question { return Answer(.host(Play.name(name))) }
      return Answer(.host(Play.addresses(name, conversation.client)))
    default: return answer(question)
    }
  }
  /// What looking the client's address up gives.
  private static func name(_ name: Conversation.ClientName) -> HostAnswer {
    switch name {
    case .verified(let name), .forged(let name), .unconfirmed(let name): .name(name)
    case .missing: .failed(temporary: false, reason: "Name or service not known")
    case .temporary: .failed(temporary: true, reason: "Temporary failure in name resolution")
    }
  }

  /// What looking its name up gives.
  private static func addresses(
    _ name: Conversation.ClientName, _ client: IPAddress
  ) -> HostAnswer {
    switch name {
    case .verified: .addresses([client])
    case .unconfirmed: .failed(temporary: true, reason: "Temporary failure in name resolution")
    case .forged, .missing, .temporary: .addresses([])
    }
  }
}
