import RestrictionDSL

/// Log lines in memory.
final class MemoryLog: LogSink {
  private var lines: [String] = []

  func write(_ line: Span<UInt8>) { lines.append(Bytes(copying: line).text) }

  func take() -> [String] {
    defer { lines = [] }
    return lines
  }
}

/// Lines of cleanup(8) between those of smtpd(8).
final class CleanupLog: LogSink {
  private let log: any LogSink

  init(_ log: any LogSink) { self.log = log }

  func write(_ line: Span<UInt8>) {
    log.write("[cleanup] " + Bytes(copying: line).text)
  }
}

/// A message sink that forgets everything.
final class NoStorage: Cleanup {
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

/// Counts of clients that can be forgotten.
final class RenewableLimiter: ConnectionLimiter {
  private let timeUnit: Int
  private var limiter: EmbeddedLimiter

  init(timeUnit: Int) {
    self.timeUnit = timeUnit
    limiter = EmbeddedLimiter(timeUnit: timeUnit)
  }

  func renew() { limiter = EmbeddedLimiter(timeUnit: timeUnit) }

  func count(
    _ event: LimitedEvent, of identity: Bytes, now: UInt64, book: inout AnswerBook
  ) throws(Suspension) -> LimitCounts? {
    limiter.count(event, of: identity, now: now, book: &book)
  }

  func disconnect(_ identity: Bytes, now: UInt64) { limiter.disconnect(identity, now: now) }
}
