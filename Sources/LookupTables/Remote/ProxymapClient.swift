import Glibc
import RestrictionDSL

/// The connection to proxymap(8) that all proxied tables of one ``TableCache`` share.
///
/// Postfix's client repeats a request for ever. This one tries twice within a time limit, because a
/// session should not wait for a service that is gone.
///
/// - Source: facts postfix-ipc §7; proxymap(8)
final class ProxymapClient {
  /// What proxymap(8) says about a request.
  enum Status: Int {
    case ok, noKey, retry, bad, denied, configuration
  }

  private let path: String
  private let timeLimit: Int
  private var stream: ServerStream?
  /// Whether somebody listens; asked once.
  private(set) lazy var isServed: Bool = {
    guard !path.isEmpty, let stream = try? connect(Deadline(seconds: 2)) else { return false }
    self.stream = stream
    return true
  }()

  /// How log lines call the service.
  let name: String

  /// - Parameter directory: the queue; a socket below the current directory is preferred
  /// - Parameter timeLimit: seconds for a request
  init(directory: String, service: String, timeLimit: Int = 30) {
    name = "private/\(service)"
    self.timeLimit = timeLimit
    path = access(name, F_OK) == 0 ? name : directory.isEmpty ? "" : "\(directory)/\(name)"
  }

  private func connect(_ deadline: Deadline) throws(StreamError) -> ServerStream {
    try ServerStream.connect(to: .local(path: path), until: deadline)
  }

  /// Sends a request.
  ///
  /// - Parameter names: attributes of the reply behind `status`
  /// - Throws: where there is no usable reply
  func ask(
    _ request: [AttributeCodec.Attribute], expecting names: [String]
  ) throws(StreamError) -> (Status, [Bytes]) {
    let deadline = Deadline(seconds: timeLimit)
    if let stream, !stream.isStaleProxymap {
      do throws(StreamError) { return try ask(stream, request, names, deadline) } catch {
        self.stream = nil
        // A server that exits after its last client is no failure.
        if case .timeout = error { throw error }
      }
    }
    stream = nil
    let new = try connect(deadline)
    try greet(new, deadline)
    let answer = try ask(new, request, names, deadline)
    stream = new
    return answer
  }

  /// The service speaks first and names its protocol.
  private func greet(_ stream: ServerStream, _ deadline: Deadline) throws(StreamError) {
    let greeting = try list(stream, deadline)
    guard AttributeCodec.values(["protocol"], in: greeting) == [Bytes("proxymap_protocol")] else {
      throw .system(EPROTO)
    }
    stream.isGreeted = true
  }

  private func ask(
    _ stream: ServerStream, _ request: [AttributeCodec.Attribute], _ names: [String],
    _ deadline: Deadline
  ) throws(StreamError) -> (Status, [Bytes]) {
    if !stream.isGreeted { try greet(stream, deadline) }
    try stream.send(AttributeCodec.encode(request), until: deadline)
    let reply = try list(stream, deadline)
    guard let values = AttributeCodec.values(["status"] + names, in: reply),
      let number = AttributeCodec.number(values[0]), let status = Status(rawValue: number)
    else { throw .system(EPROTO) }
    return (status, Array(values.dropFirst()))
  }

  /// Longest name or value.
  private static let limit = 131_072

  private func list(
    _ stream: ServerStream, _ deadline: Deadline
  ) throws(StreamError) -> [AttributeCodec.Attribute] {
    var attributes: [AttributeCodec.Attribute] = []
    while attributes.count < 100 {
      let name = try stream.receive(upTo: 0, limit: ProxymapClient.limit, until: deadline)
      if name.isEmpty { return attributes }
      let value = try stream.receive(upTo: 0, limit: ProxymapClient.limit, until: deadline)
      attributes.append((name.text, value))
    }
    throw .tooLong
  }
}

extension ServerStream {
  /// Before the greeting was read, bytes that wait are the greeting.
  fileprivate var isStaleProxymap: Bool { isGreeted && isStale }
}
