import Glibc
import LookupTables
import RestrictionDSL
import Testing

@testable import Runtime

/// A dialogue of lines: `QUIT`, `NOOP`, `BIG n` (n bytes), `ASK` (a pause), `COMMIT`.
private final class LineDialogue: Dialogue {
  /// What it saw besides commands.
  final class Notes {
    var lines: [String] = []
  }

  let answers: AnswerFinder
  let notes: Notes
  var readLimit: UInt64 = 5000
  let job: @Sendable () -> CommitAnswer

  init(
    _ answers: AnswerFinder, _ notes: Notes, readLimit: UInt64 = 5000,
    job: @escaping @Sendable () -> CommitAnswer = { .queued }
  ) {
    self.answers = answers
    self.notes = notes
    self.readLimit = readLimit
    self.job = job
  }

  func step(_ io: inout SessionIO) -> SessionStep {
    while let end = io.input.bytes.firstIndex(of: 0x0A) {
      let line = io.input.bytes[..<end].text
      io.input.consume(end + 1)
      let words = line.split(separator: " ")
      switch words.first {
      case "QUIT":
        io.output.append(Bytes("bye\n"))
        return .close
      case "ASK": return .ask(.pause(milliseconds: 1, serial: 1))
      case "COMMIT": return .ask(.commitMessage)
      case "BIG": io.output.append(Bytes(repeating: 0x78, count: Int(words[1]) ?? 0) + [0x0A])
      default: io.output.append(Bytes("ok \(line)\n"))
      }
    }
    if io.timedOut {
      io.timedOut = false
      notes.lines.append("timeout")
      io.output.append(Bytes("timeout\n"))
      return .close
    }
    if io.inputEnded {
      notes.lines.append("ended")
      return .close
    }
    return .read(timeLimit: readLimit)
  }

  func receive(_ answer: Answer, to question: Question) {
    notes.lines.append("\(answer.value)")
  }

  func takeCommitJob() -> (any CommitJob)? { ScriptedCommit(job) }
}

@Suite struct `Connection` {
  /// A loop with one listener whose connections hold line dialogues.
  private final class Stage {
    let test: TestLoop
    let host: ConnectionHost
    let notes = LineDialogue.Notes()
    private let listener: Listener
    private var clients: [CInt] = []

    init(
      readLimit: UInt64 = 5000, writeLimit: UInt64 = 5000,
      job: @escaping @Sendable () -> CommitAnswer = { .queued }
    ) throws {
      test = try TestLoop()
      let loop = test.loop
      let workers = WorkerPool(threads: 1, loop: loop)
      host = ConnectionHost(loop: loop, workers: workers, log: nil)
      let dns = try DNSClient(loop: loop, resolverFile: "/nonexistent", port: 1)
      let hosts = HostResolver(dns: dns, protocols: ["all"], hostsFile: "/nonexistent")
      let tables = RemoteTables(workers: workers, options: TableOptions(smtputf8: true))
      let answers = AnswerFinder(
        loop: loop, dns: dns, hosts: hosts, settings: Settings(entries: [:]), tables: tables)
      listener = try Listener(ListenAddress(.v4(0x7F00_0001), port: 0), loop: loop)
      listener.start(
        accept: { [host, notes] arrival in
          Runtime.Connection(
            arrival.descriptor, host: host,
            dialogue: LineDialogue(answers, notes, readLimit: readLimit, job: job),
            writeLimit: writeLimit
          ).start()
        }, report: { Issue.record("\($0)") })
    }

    deinit {
      for client in clients { close(client) }
      listener.stop()
    }

    /// A connected client; its socket does not block.
    func connect() throws -> CInt {
      let fd = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
      let address = SocketAddress(.v4(0x7F00_0001), port: listener.port)
      try #require(address.withPointer { Glibc.connect(fd, $0, $1) } == 0)
      clients.append(fd)
      try test.run { host.connectionCount > 0 }
      return fd
    }

    func send(_ fd: CInt, _ text: String) {
      let bytes = Bytes(text)
      #expect(Glibc.send(fd, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count)
    }

    /// Reads until the text ends so, or until the end of input.
    func read(_ fd: CInt, until suffix: String?) throws -> String {
      var text = Bytes()
      var isOver = false
      try test.run {
        var buffer = Bytes(repeating: 0, count: 65_536)
        let count = recv(fd, &buffer, buffer.count, CInt(MSG_DONTWAIT))
        if count > 0 { text += buffer[..<count] }
        if count == 0 { isOver = true }
        if count < 0 && errno != EAGAIN {
          text += Bytes("<\(SystemError.last("recv").reason)>")
          isOver = true
        }
        return isOver || suffix.map { text.suffix($0.utf8.count).text == $0 } ?? false
      }
      return text.text
    }
  }

  @Test func `answers commands that come together and apart`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    stage.send(client, "A\nB\nC")
    #expect(try stage.read(client, until: "ok B\n") == "ok A\nok B\n")
    stage.send(client, "D\nQUIT\n")
    #expect(try stage.read(client, until: nil) == "ok CD\nbye\n")
    try stage.test.run { stage.host.connectionCount == 0 }
  }

  @Test func `goes on where the answer came`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    stage.send(client, "ASK\nA\n")
    #expect(try stage.read(client, until: "ok A\n") == "ok A\n")
    #expect(stage.notes.lines == ["elapsed"])
  }

  @Test func `tells of a client that is silent too long`() throws {
    let stage = try Stage(readLimit: 50)
    let client = try stage.connect()
    #expect(try stage.read(client, until: nil) == "timeout\n")
    #expect(stage.notes.lines == ["timeout"])
    try stage.test.run { stage.host.connectionCount == 0 }
  }

  @Test func `gives the time limit anew with every read`() throws {
    let stage = try Stage(readLimit: 300)
    let client = try stage.connect()
    for number in 1...4 {
      let end = EventLoop.clock() + 150
      try stage.test.run { EventLoop.clock() >= end }
      stage.send(client, "\(number)\n")
      #expect(try stage.read(client, until: "\n") == "ok \(number)\n")
    }
    #expect(stage.notes.lines == [])
  }

  @Test func `sends all of a large reply to a slow reader`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    stage.send(client, "BIG 8000000\nA\n")
    for _ in 0..<5 { stage.test.loop.turn(limit: 1) }
    let text = try stage.read(client, until: "ok A\n")
    #expect(text.utf8.count == 8_000_001 + 5)
  }

  @Test func `gives up on a client that does not read`() throws {
    let stage = try Stage(writeLimit: 100)
    let client = try stage.connect()
    stage.send(client, "BIG 50000000\n")
    try stage.test.run { stage.host.connectionCount == 0 }
    #expect(stage.notes.lines == ["timeout"])
  }

  @Test func `notices a reset in the middle of a reply`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    stage.send(client, "BIG 50000000\n")
    for _ in 0..<5 { stage.test.loop.turn(limit: 1) }
    var hard = linger(l_onoff: 1, l_linger: 0)
    setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
    // A connection to nowhere dissolves the association: the peer gets a reset.
    shutdown(client, CInt(SHUT_RDWR))
    _ = dup2(open("/dev/null", O_RDONLY), client)
    try stage.test.run { stage.host.connectionCount == 0 }
    #expect(stage.notes.lines == ["ended"])
  }

  @Test func `answers a client that closed its side`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    stage.send(client, "A\nB\n")
    shutdown(client, CInt(SHUT_WR))
    #expect(try stage.read(client, until: nil) == "ok A\nok B\n")
    #expect(stage.notes.lines == ["ended"])
    try stage.test.run { stage.host.connectionCount == 0 }
  }

  @Test func `closes without reset where input is left`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    stage.send(client, "QUIT\n")
    stage.send(client, String(repeating: "x", count: 100_000))
    #expect(try stage.read(client, until: nil) == "bye\n")
    close(dup(client))
    shutdown(client, CInt(SHUT_RDWR))
    try stage.test.run { stage.host.connectionCount == 0 }
  }

  @Test func `commits on another thread, also where the client is gone`() throws {
    let stage = try Stage(job: {
      usleep(50_000)
      return .queued
    })
    let client = try stage.connect()
    stage.send(client, "COMMIT\n")
    for _ in 0..<3 { stage.test.loop.turn(limit: 1) }
    shutdown(client, CInt(SHUT_RDWR))
    try stage.test.run { stage.host.connectionCount == 0 }
    #expect(stage.notes.lines == ["commit(Runtime.CommitAnswer.queued)", "ended"])
  }

  @Test func `holds commands back while it waits, in bounded memory`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    stage.send(client, "ASK\n")
    for number in 0..<2000 { stage.send(client, "\(number)\n") }
    let text = try stage.read(client, until: "ok 1999\n")
    #expect(text.split(separator: "\n").count == 2000)
  }
}
