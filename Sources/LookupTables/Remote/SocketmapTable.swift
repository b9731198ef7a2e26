import RestrictionDSL

/// `socketmap:inet:host:port:name`, `socketmap:unix:path:name` – asks a socketmap server.
///
/// - Source: socketmap_table(5); facts postfix-ipc §12; log lines observed on 3.7.11
final class SocketmapTable: LookupTable {
  let kind = TableKind.pattern
  private let spec: String
  private let endpoint: String
  private let map: Bytes
  private let server: ServerName
  private let warnings: TableWarnings
  private let timeLimit: Int
  private var stream: ServerStream?

  /// - Unit: milliseconds without traffic, and since the connection was made, after which another
  ///   is made
  private static let idleLimit: Int64 = 10_000
  private static let ageLimit: Int64 = 100_000

  /// - Parameter timeLimit: seconds for a lookup
  init(name: String, opening: TableOpening, timeLimit: Int = 100) throws(OpenFailure) {
    guard let colon = name.lastIndex(of: ":") else {
      throw OpenFailure("socketmap requires server:socketmap argument")
    }
    let service = String(name[..<colon])
    map = Bytes(String(name[name.index(after: colon)...]))
    server = try ServerName(service: service)
    endpoint = service.drop { $0 != ":" }.dropFirst().description
    spec = "socketmap:\(name)"
    warnings = opening.warnings
    self.timeLimit = timeLimit
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    let deadline = Deadline(seconds: timeLimit)
    let request = NetstringCodec.encode(map + [0x20] + Bytes(copying: key))
    var failure = try attempt(request, deadline)
    // The server may have closed a connection that it was tired of: one more.
    if case .failure(.closed) = failure { failure = try attempt(request, deadline) }
    switch failure {
    case .success(let reply): return try use(reply)
    case .failure(let error): throw lookupError(error.text, reason: error.reason)
    }
  }

  private enum Failure: Error {
    case closed
    case format
    case tooLong
    case stream(StreamError)

    var text: String {
      switch self {
      case .closed: "unexpected disconnect"
      case .format: "input format error"
      case .tooLong: "input exceeds size limit"
      case .stream(.timeout): "time limit exceeded"
      case .stream(let error): error.reason
      }
    }

    var reason: String {
      if case .stream(let error) = self { error.reason } else { ConnectedErrno.text }
    }
  }

  /// - Throws: where there is no connection
  private func attempt(
    _ request: Bytes, _ deadline: Deadline
  ) throws(LookupError) -> Result<Bytes, Failure> {
    let now = Deadline.now
    if let stream,
      stream.isStale || now - stream.lastUse > SocketmapTable.idleLimit
        || now - stream.opened > SocketmapTable.ageLimit
    {
      self.stream = nil
    }
    do throws(StreamError) {
      if stream == nil { stream = try ServerStream.connect(to: server, until: deadline) }
    } catch {
      var lines: [String] = []
      if case .notFound(let why) = error {
        lines.append("warning: host or service \(endpoint) not found: \(why)")
      }
      lines.append("warning: connect to \(endpoint): \(error.reason)")
      throw lookupError(error.reason, after: lines, reason: error.reason)
    }
    guard let stream else { return .failure(.closed) }
    do throws(StreamError) {
      try stream.send(request, until: deadline)
      return try receive(stream, deadline)
    } catch {
      self.stream = nil
      switch error {
      case .closed: return .failure(.closed)
      case .system: return .failure(.closed)
      case .tooLong, .timeout, .notFound: return .failure(.stream(error))
      }
    }
  }

  private func receive(
    _ stream: ServerStream, _ deadline: Deadline
  ) throws(StreamError) -> Result<Bytes, Failure> {
    func fail(_ failure: Failure) -> Result<Bytes, Failure> {
      self.stream = nil
      return .failure(failure)
    }
    var digits = Bytes()
    while true {
      let byte = try stream.receive(count: 1, until: deadline)[0]
      if byte == UInt8(ascii: ":") { break }
      digits.append(byte)
      guard let length = NetstringCodec.length(digits) else { return fail(.format) }
      guard length <= NetstringCodec.replyLimit else { return fail(.tooLong) }
    }
    guard let length = NetstringCodec.length(digits) else { return fail(.format) }
    let text = try stream.receive(count: length + 1, until: deadline)
    guard text.last == UInt8(ascii: ",") else { return fail(.format) }
    return .success(text.dropLast())
  }

  private func use(_ text: Bytes) throws(LookupError) -> Bytes? {
    let what: String
    let why: Bytes
    let kind: LookupError.Kind
    switch NetstringCodec.reply(text) {
    case .found(let value): return value
    case .notFound: return nil
    case .temporary(let text, let reason): (kind, what, why) = (.temporary, text, reason)
    case .permanent(let reason): (kind, what, why) = (.configuration, "permanent error", reason)
    }
    let detail = why.isEmpty ? "" : ": \(PrintableText.of(why, utf8: true))"
    throw LookupError(
      kind, ["warning: \(spec) socketmap server \(what)\(detail)"],
      reason: kind == .temporary ? ConnectedErrno.text : nil)
  }

  private func lookupError(
    _ text: String, after lines: [String] = [], reason: String
  ) -> LookupError {
    LookupError(
      .temporary, lines + ["warning: table \(spec) lookup error: \(text)"], reason: reason)
  }
}
