import RestrictionDSL
import Runtime

/// One session, played to its end.
final class FuzzPlay {
  /// What is left of a session when all names of queue files are replaced.
  struct Outcome {
    var replies = Bytes()
    var log: [Bytes] = []
    var files: [[QueueRecord]] = []

    /// The first difference that matters; `nil` where there is none.
    func difference(from other: Outcome) -> String? {
      if replies != other.replies { return "replies\n\(replies.text)\n\(other.replies.text)" }
      func relevant(_ lines: [Bytes]) -> [String] {
        // The one depends on the pieces, the other is said once for each table.
        lines.map(\.text).filter {
          !$0.hasPrefix("improper command pipelining") && !$0.contains(": non-UTF-8 key ")
        }
      }
      let (mine, others) = (relevant(log), relevant(other.log))
      if mine != others { return "log\n\(mine)\n\(others)" }
      if files != other.files { return "queue files\n\(files)\n\(other.files)" }
      return nil
    }
  }

  private let bench: FuzzBench
  private let end: FuzzEnd
  private let session: Session
  private var io = SessionIO()
  private var replies = Bytes()
  private var isOver = false

  init(_ bench: FuzzBench, ends end: FuzzEnd) {
    self.bench = bench
    self.end = end
    bench.log.lines = []
    session = Session(
      service: bench.service,
      connection: ConnectionFacts(
        clientAddress: .v4(0x7F00_0001), clientPort: 40_000, serverAddress: .v4(0x7F00_0001),
        serverPort: 25))
  }

  /// - Parameter next: how many bytes come in the next piece
  func run(_ stream: ArraySlice<UInt8>, next: () -> Int) throws(FuzzFinding) -> Outcome {
    try pump()
    var rest = stream
    while !rest.isEmpty, !isOver {
      let piece = rest.prefix(max(1, next()))
      io.input.append(Bytes(piece))
      rest = rest.dropFirst(piece.count)
      try pump()
    }
    if !isOver {
      switch end {
      case .closes:
        io.inputEnded = true
        try pump()
      case .timesOut:
        io.timedOut = true
        try pump()
      case .isCancelled:
        session.cancel(now: bench.now)
        isOver = true
      }
    }
    if !isOver { throw FuzzFinding("the session goes on after its end") }
    return try outcome()
  }

  private func pump() throws(FuzzFinding) {
    for _ in 0..<20_000 where !isOver {
      io.now = bench.now
      io.wallClock = 1_795_403_013_517_624
      let step = session.step(&io)
      if step != .abort { replies += io.output.bytes }
      io.output.consume(io.output.count)
      switch step {
      case .read: return
      case .ask(let question): session.receive(bench.answer(question, session), to: question)
      case .close, .abort: isOver = true
      }
    }
    if !isOver { throw FuzzFinding("the session does not come to rest") }
  }

  private func outcome() throws(FuzzFinding) -> Outcome {
    let names = bench.queue.identifiers
    let stored = bench.queue.storedCount
    let files = try bench.queue.take()
    try checkReplies(stored)
    for line in bench.log.lines where line.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      throw FuzzFinding("control character in the log: \(line)")
    }
    func anonymous(_ bytes: Bytes) -> Bytes {
      var text = bytes
      for (number, name) in names.enumerated() {
        text.replace(name, with: Bytes("ID\(number)"))
      }
      return text
    }
    return Outcome(
      replies: anonymous(replies), log: bench.log.lines.map(anonymous),
      files: files.map { file in
        // Sizes depend on the length of the name.
        file.filter { $0.kind != .size }.map { QueueRecord($0.kind, anonymous($0.data)) }
      })
  }

  /// Every reply is lines of three digits, and as many messages were stored as were acknowledged.
  private func checkReplies(_ stored: Int) throws(FuzzFinding) {
    var acknowledged = 0
    var rest = replies[...]
    while !rest.isEmpty {
      guard let end = rest.firstIndex(of: 0x0A), end > rest.startIndex + 3,
        rest[end - 1] == 0x0D, (0x32...0x35).contains(rest[rest.startIndex]),
        [0x20, 0x2D].contains(rest[rest.startIndex + 3])
      else { throw FuzzFinding("not a reply: \(Bytes(rest.prefix(100)))") }
      let line = rest[..<(end - 1)]
      // A carriage return of the command is shown as it is, as in Postfix.
      if line.contains(0) { throw FuzzFinding("a reply with a NUL: \(Bytes(line))") }
      if line.starts(with: Bytes("250 2.0.0 Ok: ")), line.contains(Bytes("queued as ")) {
        acknowledged += 1
      }
      rest = rest[(end + 1)...]
    }
    // Notices to the postmaster and discarded messages: the one is stored without a reply, the other
    // answered without being stored.
    let hasNotices = !bench.settings.string("notify_classes").isEmpty
    if acknowledged > stored && !bench.discards || acknowledged < stored && !hasNotices {
      throw FuzzFinding("\(acknowledged) messages acknowledged, \(stored) stored")
    }
  }
}
