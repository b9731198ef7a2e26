import Glibc
import RestrictionDSL

/// Asks policy services.
///
/// Connections are kept and shared by all sessions; one request is under way
/// on each, so a service that hangs holds up only those who ask it.
public final class PolicyClient {
  private let connector: ServiceConnector
  private let settings: Settings
  /// By endpoint as written: the same spelling shares its connections.
  private var services: [String: PolicyService] = [:]

  public init(loop: EventLoop, hosts: HostResolver, settings: Settings) {
    connector = ServiceConnector(
      loop: loop, hosts: hosts, queueDirectory: settings.string("queue_directory"))
    self.settings = settings
  }

  /// Sends one request; `then` is called once, with the lines that Postfix logs on the way.
  ///
  /// - Parameter request: complete with its empty line
  public func ask(
    _ endpoint: String, _ request: Bytes, then: @escaping (PolicyAnswer, [String]) -> Void
  ) {
    guard let service = service(endpoint) else { return then(.failed, []) }
    service.ask(request, then: then)
  }

  private func service(_ text: String) -> PolicyService? {
    if let service = services[text] { return service }
    guard let endpoint = PolicyEndpoint(text, settings: settings) else { return nil }
    let service = PolicyService(endpoint, connector: connector)
    services[text] = service
    return service
  }

  /// Closes connections that have rested too long.
  ///
  /// To be called about once per second.
  public func closeIdle() {
    for service in services.values { service.closeIdle() }
  }

  /// Lets go of all connections, those in use when their request is answered.
  public func retire() {
    for service in services.values { service.retire() }
  }
}

/// One policy service: its connections at rest, and the requests that wait for one.
final class PolicyService {
  let endpoint: PolicyEndpoint
  let connector: ServiceConnector
  private var resting: [ServiceStream] = []
  private var isRetired = false
  private var running = 0
  private var queue: [PolicyExchange] = []
  private var first = 0
  private var isStarting = false

  /// As many as the original has processes by default (default_process_limit): a service may count
  /// on that.
  private static let connectionLimit = 100

  /// How long a connection that failed at a last try is remembered.
  ///
  /// Where only one try is allowed, a broken connection fails every request that finds it. In the
  /// original that ends with a process of many; here it would keep everybody from the service.
  private static let suspicionSeconds: UInt64 = 10

  init(_ endpoint: PolicyEndpoint, connector: ServiceConnector) {
    self.endpoint = endpoint
    self.connector = connector
  }

  func ask(_ request: Bytes, then: @escaping (PolicyAnswer, [String]) -> Void) {
    queue.append(PolicyExchange(self, request, then))
    startNext()
  }

  /// An exchange that fails while it starts comes back here: the loop below it goes on.
  private func startNext() {
    guard !isStarting else { return }
    isStarting = true
    defer { isStarting = false }
    while running < PolicyService.connectionLimit, first < queue.count {
      let exchange = queue[first]
      first += 1
      if first == queue.count {
        queue = []
        first = 0
      }
      running += 1
      exchange.start()
    }
  }

  /// A connection at rest; a closed one only where there is no other.
  func takeResting() -> ServiceStream? {
    closeIdle()
    if let index = resting.lastIndex(where: \.isOpen) { return resting.remove(at: index) }
    return resting.popLast()
  }

  /// An exchange is over; its connection comes back where it is of any use.
  func finished(_ stream: ServiceStream?) {
    running -= 1
    if let stream {
      let limit = endpoint.requestLimit
      if isRetired || limit > 0 && stream.requestCount >= limit && stream.isOpen {
        stream.close()
      } else {
        stream.user = nil
        stream.restedSince = connector.loop.now
        resting.append(stream)
      }
    }
    startNext()
  }

  func retire() {
    isRetired = true
    for stream in resting { stream.close() }
    resting = []
  }

  func closeIdle() {
    let now = connector.loop.now
    resting.removeAll { stream in
      let idle = (now - stream.restedSince) / 1000 >= UInt64(max(endpoint.maxIdle, 1))
      let old = (now - stream.opened) / 1000 >= UInt64(max(endpoint.maxTTL, 1))
      let isSuspect = stream.suspectSince.map { (now - $0) / 1000 < PolicyService.suspicionSeconds }
      let useless = !stream.isOpen && isSuspect != true
      if idle || old { stream.close() }
      return idle || old || useless
    }
  }
}
