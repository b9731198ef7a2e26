#if Redis
  import RestrictionDSL

  /// `redis:file` – a command of a Redis server.
  ///
  /// Postfix 3.7 has no such type; the parameters are those of its SQL types. `query` is a command, split at
  /// blanks before the key is put in, so that a key is never more than a part of one argument.
  ///
  /// - Source: redis_table(5) of this program; the Redis serialization protocol, version 2
  final class RedisTable: LookupTable {
    let kind = TableKind.fixed
    private let format: QueryFormat
    private let servers: ServerPool<RedisConnection>
    private let timeLimit: Int

    init(name: String, opening: TableOpening) throws(OpenFailure) {
      let parameters = try TableParameters(name: name, opening: opening)
      let limit = try parameters.integer("timeout", 10, minimum: 1)
      timeLimit = limit
      let command = try parameters.required("query", "GET %s")
      format = try QueryFormat(
        type: "redis", queries: command.split(separator: " ").map(String.init), parameters, opening)
      let login = RedisConnection.Login(
        user: parameters.string("user"), password: parameters.string("password"),
        database: try parameters.integer("dbindex", 0))
      let hosts = HostList.servers(parameters.string("hosts", "localhost"), port: "6379")
      servers = ServerPool(hosts.map { .init($0.name, $0.server) }, timeLimit: limit) {
        (host, deadline) throws(ServerFailure) in
        try RedisConnection(host.name, host.server, login, deadline)
      }
    }

    func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
      guard let parts = try format.candidate(key) else { return nil }
      let words = format.words(for: parts)
      let values = try servers.run(log: format.warn) {
        (connection, host) throws(ServerFailure) in
        try connection.ask(words, Deadline(seconds: timeLimit))
      }
      guard case .success(let values) = values else {
        // The server is well; the command is not for this key or not for this server.
        guard case .failure(let error) = values else { return nil }
        let why = PrintableText.of(error.text, utf8: true)
        throw LookupError(
          .temporary, ["warning: redis:\(format.name): query failed: \(why)"],
          reason: "Application error")
      }
      return try format.joined([values], for: key, type: "redis")
    }
  }

  /// A connection to a Redis server.
  final class RedisConnection {
    struct Login {
      let user: String
      let password: String
      let database: Int
    }

    /// The server refused the command.
    struct Refusal: Error { let text: Bytes }

    private let stream: ServerStream
    private let name: String

    init(
      _ name: String, _ server: ServerName, _ login: Login, _ deadline: Deadline
    ) throws(ServerFailure) {
      self.name = name
      do throws(StreamError) {
        stream = try ServerStream.connect(to: server, until: deadline)
      } catch {
        throw ServerFailure(
          line: "warning: connect to redis server \(name): \(error.reason)", reason: error.reason)
      }
      var greetings: [[String]] = []
      if !login.password.isEmpty {
        greetings.append(
          login.user.isEmpty
            ? ["AUTH", login.password] : ["AUTH", login.user, login.password])
      }
      if login.database != 0 { greetings.append(["SELECT", "\(login.database)"]) }
      for words in greetings {
        if case .failure(let refusal) = try ask(words.map { Bytes($0) }, deadline) {
          let why = PrintableText.of(refusal.text, utf8: true)
          throw ServerFailure(
            line: "warning: connect to redis server \(name): \(why)", reason: "Application error")
        }
      }
    }

    /// Sends a command.
    ///
    /// - Returns: the values of the reply; `nil` is none
    /// - Throws: where the connection is of no more use
    func ask(
      _ words: [Bytes], _ deadline: Deadline
    ) throws(ServerFailure) -> Result<[Bytes?], Refusal> {
      do throws(StreamError) {
        guard !stream.isStale else { throw .closed }
        try stream.send(RESPCodec.encode(words), until: deadline)
        var missing = 1
        var values: [Bytes?] = []
        var isArray = false
        while missing > 0 {
          missing -= 1
          var line = try stream.receive(upTo: 0x0A, limit: RESPCodec.lineLimit, until: deadline)
          guard line.popLast() == 0x0D, let header = RESPCodec.header(line) else {
            throw .system(71)
          }
          switch header {
          case .simple(let text): values.append(text)
          case .error(let text): return .failure(Refusal(text: text))
          case .bulk(let length):
            guard length >= 0 else {
              values.append(nil)
              continue
            }
            values.append(try stream.receive(count: length, until: deadline))
            _ = try stream.receive(count: 2, until: deadline)
          case .array(let count):
            guard !isArray else { throw .system(71) }
            isArray = true
            missing = max(0, count)
          }
        }
        return .success(values)
      } catch {
        throw ServerFailure(
          error == .timeout ? .server : .lost,
          line: "warning: redis server \(name): \(error.reason)", reason: error.reason)
      }
    }
  }
#endif
