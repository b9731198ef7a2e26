import CSystem
import Glibc
import RestrictionDSL

/// Opens streams to services by name: host names are resolved, addresses tried in turn.
final class ServiceConnector {
  enum Outcome {
    /// Connected.
    case stream(ServiceStream)
    /// No connection; `log` says what Postfix says about it.
    case failed(code: CInt, log: [String])
  }

  let loop: EventLoop
  private let hosts: HostResolver
  private let queueDirectory: String

  init(loop: EventLoop, hosts: HostResolver, queueDirectory: String) {
    self.loop = loop
    self.hosts = hosts
    self.queueDirectory = queueDirectory
  }

  /// Connects; `then` is called once, perhaps before this returns.
  ///
  /// - Returns: what to keep until `then` is called, and to cancel where the wait is given up.
  @discardableResult
  func connect(to address: ServiceAddress, then: @escaping (Outcome) -> Void) -> Attempt {
    let attempt = Attempt(loop: loop, name: address.name, then: then)
    switch address {
    case .local(let path):
      let full = path.hasPrefix("/") ? path : queueDirectory + "/" + path
      attempt.targets = SocketAddress(path: full).map { [$0] } ?? []
      attempt.lastCode = ENAMETOOLONG
      attempt.tryNext()
    case .inet(let host, let port):
      guard let number = PortNumber.of(port) else {
        attempt.notFound("Servname not supported for ai_socktype")
        return attempt
      }
      hosts.addresses(of: Bytes(host)) { answer in
        switch answer {
        case .addresses(let addresses):
          attempt.targets = addresses.map { SocketAddress($0, port: number) }
          attempt.tryNext()
        case .failed(_, let reason): attempt.notFound(reason)
        case .name: attempt.notFound(HostFailure.unknownName.rawValue)
        }
      }
    }
    return attempt
  }

  /// One connection being made.
  final class Attempt: ServiceStreamUser {
    private let loop: EventLoop
    private let name: String
    private var then: ((Outcome) -> Void)?
    var targets: [SocketAddress] = []
    var lastCode: CInt = EADDRNOTAVAIL
    private var stream: ServiceStream?

    init(loop: EventLoop, name: String, then: @escaping (Outcome) -> Void) {
      self.loop = loop
      self.name = name
      self.then = then
    }

    /// Gives the attempt up; its outcome is not reported.
    func cancel() {
      then = nil
      stream?.close()
      stream = nil
    }

    func tryNext() {
      guard then != nil else { return }
      while !targets.isEmpty {
        let target = targets.removeFirst()
        let stream = ServiceStream(loop: loop)
        let code = stream.connect(to: target)
        guard code != 0 else {
          stream.user = self
          self.stream = stream
          return
        }
        lastCode = code
      }
      finish(.failed(code: lastCode, log: [line(lastCode)]))
    }

    func notFound(_ reason: String) {
      // What the original says after a failed look-up: the address it then binds to is not its own.
      let lines = ["warning: host or service \(name) not found: \(reason)", line(EADDRNOTAVAIL)]
      finish(.failed(code: EADDRNOTAVAIL, log: lines))
    }

    private func line(_ code: CInt) -> String {
      "warning: connect to \(name): \(SystemError("connect", name, code: code).reason)"
    }

    func connected(_ stream: ServiceStream) {
      self.stream = nil
      stream.user = nil
      finish(.stream(stream))
    }

    func received(_ stream: ServiceStream) {}

    func failed(_ stream: ServiceStream, code: CInt) {
      self.stream = nil
      lastCode = code == 0 ? ECONNRESET : code
      tryNext()
    }

    private func finish(_ outcome: Outcome) {
      let then = self.then
      self.then = nil
      then?(outcome)
    }
  }
}
