import RestrictionDSL

/// `tcp:host:port` – asks a server with the protocol of tcp_table(5).
///
/// Up to ten tries, one second apart, while there is no connection or it breaks. Where Postfix gives
/// every try its 100 seconds, here all tries together have them: a server that hangs is given up.
///
/// - Source: tcp_table(5); facts postfix-ipc §12; log lines observed on 3.7.11
final class TCPTable: LookupTable {
  let kind = TableKind.pattern
  private let endpoint: String
  private let server: ServerName
  private let warnings: TableWarnings
  private let timeLimit: Int
  private let pause: Int
  private var stream: ServerStream?

  private static let tries = 10

  /// - Parameter timeLimit: seconds for a lookup
  /// - Parameter pause: seconds between two tries
  init(name: String, opening: TableOpening, timeLimit: Int = 100, pause: Int = 1) {
    endpoint = name
    server = ServerName(inet: name)
    warnings = opening.warnings
    self.timeLimit = timeLimit
    self.pause = pause
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    let deadline = Deadline(seconds: timeLimit)
    let request = TCPTableCodec.request(key)
    var lines: [String] = []
    var reason = ""
    for attempt in 1...TCPTable.tries {
      var reply: Bytes?
      do throws(StreamError) { reply = try exchange(request, deadline, &lines) } catch {
        stream = nil
        reason = error.reason
      }
      if let reply {
        lines.forEach(warnings.add)
        return try use(reply)
      }
      guard attempt < TCPTable.tries, !deadline.isOver else { break }
      LookupTables.pause(seconds: pause)
    }
    throw LookupError(.temporary, lines, reason: reason)
  }

  private func exchange(
    _ request: Bytes, _ deadline: Deadline, _ lines: inout [String]
  ) throws(StreamError) -> Bytes {
    if stream?.isStale ?? true {
      do throws(StreamError) {
        stream = try ServerStream.connect(to: server, until: deadline)
      } catch {
        if case .notFound(let why) = error {
          lines.append("warning: host or service \(endpoint) not found: \(why)")
        }
        lines.append("warning: connect to TCP map \(endpoint): \(error.reason)")
        throw error
      }
    }
    guard let stream else { throw .closed }
    do throws(StreamError) {
      try stream.send(request, until: deadline)
    } catch {
      lines.append("warning: write TCP map lookup request to \(endpoint): \(error.reason)")
      throw error
    }
    do throws(StreamError) {
      return try stream.receive(
        upTo: 0x0A, limit: TCPTableCodec.replyLimit, until: deadline)
    } catch {
      let what: String
      switch error {
      case .tooLong: what = "text longer than \(TCPTableCodec.replyLimit + 1)"
      case .closed: what = "unexpected EOF (\(ConnectedErrno.text))"
      case .timeout, .system, .notFound: what = "unexpected EOF (\(error.reason))"
      }
      lines.append("warning: read TCP map reply from \(endpoint): \(what)")
      throw error
    }
  }

  private func use(_ line: Bytes) throws(LookupError) -> Bytes? {
    switch TCPTableCodec.reply(line) {
    case .found(let value): return value
    case .notFound: return nil
    case .temporary:
      stream = nil
      throw LookupError(.temporary, [], reason: ConnectedErrno.text)
    case .bad(let why):
      stream = nil
      throw LookupError(
        .temporary, ["warning: read TCP map reply from \(endpoint): \(why)"],
        reason: ConnectedErrno.text)
    }
  }
}

/// What errno(3) is left at by a connection that was made without blocking: `postmap -q` shows it
/// where a server says that it failed.
enum ConnectedErrno {
  static let text = StreamError.system(115).reason
}
