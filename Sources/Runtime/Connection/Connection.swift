import CSystem
import Glibc
import RestrictionDSL

/// One accepted socket and the dialogue on it.
///
/// The connection reads, steps the dialogue, sends what it wrote, finds the answers it asks for and
/// keeps its time limits. It keeps no buffer while the client is silent. The loop, a timer or a
/// pending answer keep it alive; it closes its socket in ``end()`` only.
final class Connection<D: Dialogue>: EventHandler, TimerHandler, AnswerWaiter, JobOwner {
  private enum State {
    /// The dialogue can go on.
    case ready
    /// It waits for input; once the output is sent.
    case reading
    /// It waits for the answer to ``question``.
    case asking
    /// The output is sent, then the socket is closed.
    case closing
    /// Our side is closed; what the client still sends is thrown away, so that it does not lose
    /// our last reply to a reset.
    case lingering
    case ended
  }

  private let host: ConnectionHost
  private let dialogue: D
  private var io = SessionIO()
  private var state = State.ready
  /// What the dialogue waits for, but for a commit.
  private var question: Question?
  private let descriptor: CInt
  private var interest: Interest = .read
  private var isWatched = false
  /// Nothing can be sent any more.
  private var isBroken = false
  private var isStepping = false
  /// The last recv(2) of the present event took all there was.
  private var hasReadAll = false
  /// The dialogue was stepped after the end of its input.
  private var sawEnd = false
  /// With a worker.
  private var commit: (any CommitJob)?
  private var timer: TimerID?
  /// When ``timer`` rings; never later than ``deadline``.
  private var timerDue: UInt64 = 0
  private var deadline = UInt64.max
  /// - Unit: milliseconds for one read after the output is sent
  private var readLimit: UInt64 = 0
  /// - Unit: milliseconds for one write
  private let writeLimit: UInt64

  /// When output was last sent, or there was none to send.
  private var lastFlush: UInt64 = 0

  /// Replies that the dialogue does not call urgent wait no longer than this for the rest of their group.
  ///
  /// - Unit: milliseconds
  private static var holdLimit: UInt64 { 10_000 }
  /// Input that may wait while the dialogue waits for an answer.
  private static var inputLimit: Int { 131_072 }
  /// - Unit: milliseconds
  private static var lingerLimit: UInt64 { 2000 }

  /// - Parameter descriptor: non-blocking; the connection closes it
  /// - Parameter writeLimit: milliseconds after which a client that does not read is given up
  init(_ descriptor: CInt, host: ConnectionHost, dialogue: D, writeLimit: UInt64) {
    self.descriptor = descriptor
    self.host = host
    self.dialogue = dialogue
    self.writeLimit = max(writeLimit, 1)
    host.began()
  }

  /// Begins the dialogue.
  func start() {
    do {
      try host.loop.watch(descriptor, interest, self)
      isWatched = true
    } catch {
      end()
      return
    }
    // What a client sent before it was greeted is there already.
    _ = receiveInput()
    advance()
  }

  // MARK: - Events

  func ready(_ fd: CInt, _ events: Readiness) {
    if state == .lingering { return discardInput() }
    if events.contains(.writable), !io.output.isEmpty {
      if flush() {
        outputSent()
        if state == .ready { advance() }
      }
      if state == .ended { return }
    }
    var hasNews = false
    if !events.isDisjoint(with: [.readable, .hangUp]), interest.contains(.read) {
      hasNews = receiveInput()
      defer { hasReadAll = false }
      if hasNews && state == .reading { advance() } else { returnBuffers() }
      return
    } else if events.contains(.hangUp), !interest.contains(.read), !events.contains(.writable) {
      // Reported again and again whatever we wait for: look away until there is something to do.
      breakOff()
      unwatch()
      hasNews = true
    }
    if hasNews && state == .reading { advance() } else { returnBuffers() }
  }

  func timeout(tag: Int) {
    timer = nil
    guard host.loop.now >= deadline else { return startTimer() }
    deadline = .max
    switch state {
    case .reading:
      io.timedOut = true
      if !io.output.isEmpty { breakOff() }
      advance()
    case .closing, .lingering: end()
    case .ready, .asking, .ended: break
    }
  }

  func receive(_ answer: Answer, to question: Question) {
    guard state == .asking else { return }
    dialogue.receive(answer, to: question)
    guard let asked = self.question, asked == question else { return }
    self.question = nil
    state = .ready
    advance()
  }

  /// The message is stored, or not.
  func finished() {
    guard let commit = commit.take() else { return }
    let answer = commit.answer
    commit.retire()
    guard state == .asking else { return }
    dialogue.receive(Answer(.commit(answer)), to: .commitMessage)
    state = .ready
    advance()
  }

  // MARK: - Steps

  private func advance() {
    if state == .reading { state = .ready }
    guard !isStepping else { return }
    isStepping = true
    dialogue.renew()
    lendBuffers()
    while state == .ready { step() }
    returnBuffers()
    isStepping = false
  }

  private func step() {
    io.now = host.loop.now
    io.wallClock = ConnectionHost.wallClock()
    switch dialogue.step(&io) {
    case .read(let limit):
      readLimit = limit
      state = .reading
      // A client that is gone cannot be waited for: the dialogue has seen that in this step.
      if isBroken { return end() }
      if flush() { outputSent() }
    case .ask(let question):
      state = .asking
      deadline = .max
      // Replies of a pipelined group leave together, but not later than a client can bear.
      if io.isUrgent || host.loop.now &- lastFlush > Connection.holdLimit { _ = flush() }
      find(question)
    case .close:
      state = .closing
      if flush() { outputSent() }
    case .abort: end()
    }
  }

  private func find(_ question: Question) {
    if case .commitMessage = question {
      guard let job = dialogue.takeCommitJob() else {
        preconditionFailure("a commit was asked for, but there is no job")
      }
      commit = job
      return (job.waitsForTables ? host.mappingWorkers : host.workers).submit(job, for: self)
    }
    self.question = question
    switch question {
    case .dns, .name:
      for ahead in dialogue.questionsAhead() where ahead != question {
        dialogue.answers.prefetch(ahead, for: self)
      }
    default: break
    }
    dialogue.answers.find(question, for: self)
  }

  /// Everything is with the kernel: the wait that the state stands for begins.
  private func outputSent() {
    switch state {
    case .reading:
      setInterest(io.inputEnded ? [] : .read)
      setDeadline(after: readLimit)
      // Nothing will come any more, so nothing has to be waited for. A dialogue that goes on
      // waiting all the same is over.
      if io.inputEnded {
        state = .ready
        if sawEnd { end() }
        sawEnd = true
      }
    case .asking: updateReadInterest()
    case .closing: closeGracefully()
    case .ready, .lingering, .ended: break
    }
  }

  // MARK: - Input and output

  /// - Returns: whether there is something new for the dialogue
  private func receiveInput() -> Bool {
    if io.input.isEmpty { swap(&io.input, &host.spareInput) }
    let count = io.input.fill(ConnectionHost.readSize) { smtpd_recv(descriptor, $0, $1, 0) }
    hasReadAll = count > 0 && count < ConnectionHost.readSize
    if count == 0 {
      io.inputEnded = true
    } else if count < 0 {
      if errno == EAGAIN || errno == EINTR { return false }
      breakOff()
    }
    updateReadInterest()
    return true
  }

  /// The connection is of no more use; input received before stays.
  private func breakOff() {
    isBroken = true
    if !io.timedOut { io.inputEnded = true }
    io.output.consume(io.output.count)
  }

  /// - Returns: whether all output is sent, or lost with a broken connection.
  private func flush() -> Bool {
    io.isUrgent = false
    lastFlush = host.loop.now
    // The last reply waits for the end of the connection, which follows at once: both travel in one packet.
    let isLast = state == .closing ? CInt(MSG_MORE) : 0
    while !io.output.isEmpty, !isBroken {
      let count = io.output.withPointer {
        smtpd_send(descriptor, $0, $1, CInt(MSG_NOSIGNAL) | isLast)
      }
      if count >= 0 {
        io.output.consume(count)
      } else if errno == EAGAIN {
        // The client must read first; until then we do not read either.
        if state != .asking { setDeadline(after: writeLimit) }
        setInterest(.write)
        return false
      } else if errno != EINTR {
        breakOff()
      }
    }
    return true
  }

  private func updateReadInterest() {
    if interest == .write && !io.output.isEmpty { return }
    let wants = !io.inputEnded && io.input.count < Connection.inputLimit
    setInterest(wants ? .read : [])
  }

  private func setInterest(_ new: Interest) {
    guard new != interest else { return }
    interest = new
    if isWatched { host.loop.change(descriptor, new) }
  }

  private func unwatch(closes: Bool = false) {
    guard isWatched else { return }
    isWatched = false
    host.loop.forget(descriptor, closes: closes)
  }

  @inline(__always)
  private func lendBuffers() {
    if io.output.isEmpty { swap(&io.output, &host.spareOutput) }
  }

  @inline(__always)
  private func returnBuffers() {
    ConnectionHost.takeBack(&io.input, into: &host.spareInput)
    ConnectionHost.takeBack(&io.output, into: &host.spareOutput)
  }

  // MARK: - Time

  private func setDeadline(after limit: UInt64) {
    deadline = host.loop.now &+ min(limit, UInt64(UInt32.max) * 1000)
    if timer != nil, timerDue > deadline {
      cancelTimer()
    }
    startTimer()
  }

  private func startTimer() {
    guard timer == nil, deadline != .max else { return }
    timerDue = deadline
    timer = host.loop.schedule(after: deadline - min(deadline, host.loop.now), self, tag: 0)
  }

  private func cancelTimer() {
    if let timer { host.loop.cancel(timer) }
    timer = nil
  }

  // MARK: - End

  private func closeGracefully() {
    guard !isBroken, !io.inputEnded, !hasReadAll, hasUnreadInput else { return end() }
    // close(2) with unread input sends a reset, which may overtake the last reply.
    shutdown(descriptor, CInt(SHUT_WR))
    state = .lingering
    io.input = ByteQueue()
    setInterest(.read)
    setDeadline(after: Connection.lingerLimit)
    discardInput()
  }

  private var hasUnreadInput: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, CInt(MSG_PEEK)) > 0
  }

  private func discardInput() {
    swap(&io.input, &host.spareInput)
    defer { returnBuffers() }
    while true {
      let count = io.input.fill(ConnectionHost.readSize) { smtpd_recv(descriptor, $0, $1, 0) }
      io.input.consume(io.input.count)
      if count < 0 && errno == EAGAIN { return }
      if count <= 0 { return end() }
    }
  }

  private func end() {
    if state == .ended { return }
    state = .ended
    cancelTimer()
    unwatch(closes: true)
    close(descriptor)
    io = SessionIO()
    host.ended()
  }
}
