import Glibc
import RestrictionDSL

/// One request to a policy service, through all its tries.
///
/// The object keeps itself alive until it has reported its outcome.
final class PolicyExchange: ServiceStreamUser, TimerHandler {
  private enum Timer: Int { case limit, retry }

  private unowned let service: PolicyService
  private let request: Bytes
  private let then: (PolicyAnswer, [String]) -> Void
  private var log: [String] = []
  private var tries = 0
  private var stream: ServiceStream?
  private var attempt: ServiceConnector.Attempt?
  private var timer: TimerID?
  private var myself: PolicyExchange?

  init(
    _ service: PolicyService, _ request: Bytes, _ then: @escaping (PolicyAnswer, [String]) -> Void
  ) {
    self.service = service
    self.request = request
    self.then = then
  }

  private var loop: EventLoop { service.connector.loop }
  private var endpoint: PolicyEndpoint { service.endpoint }

  func start() {
    myself = self
    if let stream = service.takeResting() {
      // A connection that failed at the last try of an earlier request: the original meets its
      // failure here, as the first try of this one.
      if !stream.isOpen { return failedTry(code: 0, keep: stream) }
      use(stream)
    } else {
      open()
    }
  }

  private func open() {
    schedule(.limit, after: endpoint.timeout)
    attempt = service.connector.connect(to: endpoint.address) { [self] outcome in
      attempt = nil
      switch outcome {
      case .stream(let stream): use(stream)
      case .failed(let code, let lines):
        log += lines
        failedTry(code: code, keep: nil)
      }
    }
    // The outcome may have come at once.
    if stream != nil || myself == nil { attempt = nil }
  }

  private func use(_ stream: ServiceStream) {
    self.stream = stream
    stream.user = self
    stream.requestCount += 1
    stream.consume(stream.input.count)
    schedule(.limit, after: endpoint.timeout)
    stream.send(request)
  }

  func connected(_ stream: ServiceStream) {}

  func received(_ stream: ServiceStream) {
    switch PolicyReply.state(of: stream.input) {
    case .incomplete: break
    case .complete(let action?, let length):
      stream.consume(length)
      stream.clearSuspicion()
      finish(.action(action), stream)
    case .complete(nil, let length):
      stream.consume(length)
      log.append("warning: missing attribute action in input from \(endpoint.address.name)")
      failedTry(code: 0, keep: stream)
    case .tooLong:
      stream.close()
      failedTry(code: 0, keep: stream)
    }
  }

  func failed(_ stream: ServiceStream, code: CInt) {
    if code == 0, case .incomplete(let context?) = PolicyReply.state(of: stream.input) {
      log.append(
        "warning: premature end-of-input on \(endpoint.address.name) while reading \(context)")
    }
    failedTry(code: code, keep: stream)
  }

  func timeout(tag: Int) {
    timer = nil
    switch Timer(rawValue: tag) {
    case .retry: open()
    case .limit, nil:
      attempt?.cancel()
      attempt = nil
      if let stream, case .incomplete(let context?) = PolicyReply.state(of: stream.input) {
        log.append("warning: timeout on \(endpoint.address.name) while reading \(context)")
      }
      stream?.close()
      failedTry(code: ETIMEDOUT, keep: stream)
    }
  }

  /// - Parameter keep: the connection as it is now; at the last try it stays for the next request.
  private func failedTry(code: CInt, keep: ServiceStream?) {
    cancelTimer()
    stream?.user = nil
    stream = nil
    tries += 1
    let isLast = tries >= endpoint.tryLimit
    // Errors that a restarted service causes are told only where no try is left.
    let isQuiet = [0, EPIPE, ENOENT, ECONNRESET].contains(code)
    if isLast || !isQuiet {
      let reason =
        code == 0 ? "Application error" : SystemError("connect", "", code: code).reason
      log.append("warning: problem talking to server \(endpoint.address.name): \(reason)")
    }
    guard isLast else {
      keep?.close()
      return schedule(.retry, after: endpoint.retryDelay)
    }
    keep?.markSuspect()
    finish(.failed, keep)
  }

  private func finish(_ answer: PolicyAnswer, _ stream: ServiceStream?) {
    cancelTimer()
    self.stream = nil
    let keepAlive = myself
    myself = nil
    service.finished(stream)
    then(answer, log)
    _ = keepAlive
  }

  private func schedule(_ kind: Timer, after seconds: Int) {
    cancelTimer()
    timer = loop.schedule(after: UInt64(max(seconds, 0)) * 1000, self, tag: kind.rawValue)
  }

  private func cancelTimer() {
    if let timer { loop.cancel(timer) }
    timer = nil
  }
}
