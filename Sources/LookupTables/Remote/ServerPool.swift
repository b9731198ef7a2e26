import RestrictionDSL

/// A server did not do what was asked.
struct ServerFailure: Error {
  /// What it means for the server's next questions.
  enum Kind {
    /// It does not answer: it rests.
    case server
    /// The connection is gone: an old one is made again, else it rests.
    case lost
    /// It does not like the question.
    case query
  }

  let kind: Kind
  /// A log line with its severity, or nothing.
  let line: String
  /// Behind `query error` in `postmap -q`.
  let reason: String

  init(_ kind: Kind = .server, line: String, reason: String) {
    self.kind = kind
    self.line = line
    self.reason = reason
  }
}

/// The servers of one table: those that work are used, the others rest for a minute.
///
/// One with a connection comes first, then the others in random order; local sockets come before the
/// network. A connection that was idle for a minute is closed.
///
/// - Source: mysql_table(5), pgsql_table(5) hosts
final class ServerPool<Connection: AnyObject> {
  /// One server.
  struct Host {
    /// As written.
    let name: String
    let server: ServerName
    fileprivate var connection: Connection?
    /// - Unit: milliseconds of ``Deadline/now``
    fileprivate var lastUse: Int64 = 0
    fileprivate var restsUntil: Int64 = 0

    fileprivate var isLocal: Bool { if case .local = server { true } else { false } }

    init(_ name: String, _ server: ServerName) {
      self.name = name
      self.server = server
    }
  }

  private var hosts: [Host]
  private let connect: (Host, Deadline) throws(ServerFailure) -> Connection
  /// - Unit: seconds for one server
  private let timeLimit: Int

  /// - Unit: milliseconds
  private static var idleLimit: Int64 { 60_000 }
  private static var rest: Int64 { 60_000 }

  init(
    _ hosts: [Host], timeLimit: Int,
    connect: @escaping (Host, Deadline) throws(ServerFailure) -> Connection
  ) {
    self.hosts = hosts
    self.timeLimit = timeLimit
    self.connect = connect
  }

  /// Does something with the first server that can.
  ///
  /// - Parameter log: gets the lines about servers that failed before another did it
  /// - Throws: with the lines about all that failed; none where all are at rest
  func run<Result>(
    log: (String) -> Void,
    _ body: (Connection, Host) throws(ServerFailure) -> Result
  ) throws(LookupError) -> Result {
    var lines: [String] = []
    var reason = "Application error"
    var tried: Set<Int> = []
    closeIdle()
    while let index = next(after: tried) {
      let isOld = hosts[index].connection != nil
      do throws(ServerFailure) {
        let result = try body(try connection(index), hosts[index])
        hosts[index].lastUse = Deadline.now
        lines.forEach(log)
        return result
      } catch {
        switch error.kind {
        case .query: break
        case .lost where isOld:
          // Tired of waiting for us, or restarted: that is no failure yet.
          hosts[index].connection = nil
          continue
        case .server, .lost:
          hosts[index].connection = nil
          hosts[index].restsUntil = Deadline.now + ServerPool.rest
        }
        tried.insert(index)
        if !error.line.isEmpty { lines.append(error.line) }
        reason = error.reason
      }
    }
    throw LookupError(.temporary, lines, reason: reason)
  }

  private func connection(_ index: Int) throws(ServerFailure) -> Connection {
    if let connection = hosts[index].connection { return connection }
    let connection = try connect(hosts[index], Deadline(seconds: timeLimit))
    hosts[index].connection = connection
    return connection
  }

  private func closeIdle() {
    let now = Deadline.now
    for index in hosts.indices where now - hosts[index].lastUse > ServerPool.idleLimit {
      hosts[index].connection = nil
    }
  }

  private func next(after tried: Set<Int>) -> Int? {
    let now = Deadline.now
    let usable = hosts.indices.filter { hosts[$0].restsUntil <= now && !tried.contains($0) }
    func choose(_ indices: [Int]) -> Int? {
      indices.filter { hosts[$0].isLocal }.randomElement() ?? indices.randomElement()
    }
    return choose(usable.filter { hosts[$0].connection != nil }) ?? choose(usable)
  }
}

/// The parameter `hosts`.
enum HostList {
  /// `unix:path`, `inet:host:port`, `host:port`, `host`; with a default port where none is given.
  static func servers(_ text: String, port: String) -> [(name: String, server: ServerName)] {
    Settings.split(text).map { word in
      if word.hasPrefix("unix:") { return (word, .local(path: String(word.dropFirst(5)))) }
      let rest = word.hasPrefix("inet:") ? String(word.dropFirst(5)) : word
      // A lone word is a host here, not a port.
      let isPlain = !rest.hasPrefix("[") && !rest.contains(":")
      var server = ServerName(inet: isPlain ? "\(rest):\(port)" : rest)
      if case .inet(let host, "") = server { server = .inet(host: host, port: port) }
      return (word, server)
    }
  }
}
