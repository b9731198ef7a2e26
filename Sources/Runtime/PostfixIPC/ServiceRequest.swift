import Glibc
import LookupTables
import RestrictionDSL

/// One request to one of Postfix's internal services, and its reply.
///
/// The service speaks first and names its protocol. The object keeps itself alive until it has
/// reported its outcome.
final class ServiceRequest: ServiceStreamUser, TimerHandler {
  /// - Source: facts postfix-ipc.md §2.5
  struct Service {
    let address: ServiceAddress
    let protocolName: String
  }

  private let connector: ServiceConnector
  private let service: Service
  private let request: Bytes
  private let replyNames: [String]
  private let then: ([Bytes]?, CInt) -> Void
  private var isAnnounced = false
  private var stream: ServiceStream?
  private var attempt: ServiceConnector.Attempt?
  private var timer: TimerID?
  private var myself: ServiceRequest?

  /// Longest list that is read.
  private static let limit = 131_072

  /// - Parameter then: the values of the reply, or `nil` and errno(3) (0 for a reply that makes no
  ///   sense)
  private init(
    _ connector: ServiceConnector, _ service: Service, _ request: Bytes, _ replyNames: [String],
    then: @escaping ([Bytes]?, CInt) -> Void
  ) {
    self.connector = connector
    self.service = service
    self.request = request
    self.replyNames = replyNames
    self.then = then
  }

  /// - Parameter timeLimit: milliseconds for all of it
  static func send(
    _ attributes: [AttributeCodec.Attribute], to service: Service, by connector: ServiceConnector,
    timeLimit: UInt64, expecting names: [String],
    notConnected: @escaping (CInt) -> Void = { _ in }, then: @escaping ([Bytes]?, CInt) -> Void
  ) {
    let request = ServiceRequest(
      connector, service, AttributeCodec.encode(attributes), names, then: then)
    request.start(timeLimit: timeLimit, notConnected: notConnected)
  }

  private func start(timeLimit: UInt64, notConnected: @escaping (CInt) -> Void) {
    myself = self
    timer = connector.loop.schedule(after: timeLimit, self, tag: 0)
    let attempt = connector.connect(to: service.address) { [self] outcome in
      switch outcome {
      case .stream(let stream):
        self.stream = stream
        stream.user = self
      case .failed(let code, _):
        notConnected(code)
        finish(nil, code)
      }
    }
    if myself != nil { self.attempt = attempt }
  }

  func connected(_ stream: ServiceStream) {}

  func received(_ stream: ServiceStream) {
    while let (attributes, length) = AttributeCodec.decode(stream.input) {
      stream.consume(length)
      if isAnnounced {
        return finish(AttributeCodec.values(replyNames, in: attributes), 0)
      }
      let announced = AttributeCodec.values(["protocol"], in: attributes)
      guard announced?.first == Bytes(service.protocolName) else { return finish(nil, EPROTO) }
      isAnnounced = true
      stream.send(request)
    }
    if stream.input.count > ServiceRequest.limit { finish(nil, 0) }
  }

  func failed(_ stream: ServiceStream, code: CInt) { finish(nil, code) }

  func timeout(tag: Int) {
    timer = nil
    finish(nil, ETIMEDOUT)
  }

  private func finish(_ values: [Bytes]?, _ code: CInt) {
    guard let keepAlive = myself else { return }
    myself = nil
    if let timer { connector.loop.cancel(timer) }
    attempt?.cancel()
    attempt = nil
    stream?.user = nil
    stream?.close()
    stream = nil
    keepAlive.then(values, code)
  }
}
