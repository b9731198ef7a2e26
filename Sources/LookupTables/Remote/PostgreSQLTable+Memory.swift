#if PostgreSQL
  import CPostgreSQL
  import Glibc
  import RestrictionDSL

  /// `pgsql:file` – a query of a PostgreSQL server.
  ///
  /// Postfix waits for a server as long as it takes; here `timeout` (10 seconds) bounds connecting and
  /// asking.
  ///
  /// - Source: pgsql_table(5); texts observed on 3.7.11
  final class PostgreSQLTable: LookupTable {
    let kind = TableKind.fixed
    private let format: QueryFormat
    private let servers: ServerPool<PostgreSQLConnection>
    private let timeLimit: Int

    init(name: String, opening: TableOpening) throws(OpenFailure) {
      let parameters = try TableParameters(name: name, opening: opening)
      let limit = try parameters.integer("timeout", 10, minimum: 1)
      timeLimit = limit
      let login = PostgreSQLConnection.Login(
        user: parameters.string("user"), password: parameters.string("password"),
        database: try parameters.required("dbname"),
        // What pgsql_table(5) 3.7 does not name and always uses.
        encoding: parameters.string("encoding", "LATIN1"), timeLimit: limit)
      format = try QueryFormat(
        type: "pgsql", queries: [try SQLQuery.text(parameters, hasFunction: true)], parameters,
        opening)
      let hosts = Settings.split(parameters.string("hosts", "localhost")).map { word in
        // A connection URI holds its own server.
        word.hasPrefix("postgresql:") || word.hasPrefix("postgres:")
          ? (word, ServerName.inet(host: word, port: "")) : HostList.servers(word, port: "")[0]
      }
      servers = ServerPool(hosts.map { .init($0, $1) }, timeLimit: limit) {
        (host, _) throws(ServerFailure) in
        try PostgreSQLConnection(host.name, host.server, login)
      }
    }

    func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
      guard let parts = try format.candidate(key) else { return nil }
      let rows = try servers.run(log: format.warn) {
        (connection, host) throws(ServerFailure) in
        let query = format.query(for: parts, quote: connection.quoted)
        return try connection.rows(
          of: query, host: host.name, until: Deadline(seconds: timeLimit))
      }
      return try format.joined(rows, for: key, type: "pgsql")
    }
  }

  /// A connection of libpq.
  ///
  /// Results are copied before they are cleared; the connection is finished once, in `deinit`.
  final class PostgreSQLConnection {
    struct Login {
      let user: String
      let password: String
      let database: String
      let encoding: String
      let timeLimit: Int
    }

    private let connection: OpaquePointer

    init(_ name: String, _ server: ServerName, _ login: Login) throws(ServerFailure) {
      // A later value wins: a URI may have its own limit.
      var options = [("connect_timeout", "\(max(2, login.timeLimit))")]
      switch server {
      case .local(let path): options += [("host", path), ("dbname", login.database)]
      case .inet(let uri, _) where uri.contains("://"): options.append(("dbname", uri))
      case .inet(let host, let port):
        options += [("host", host), ("dbname", login.database)]
        if !port.isEmpty { options.append(("port", port)) }
      }
      if case .inet(let uri, _) = server, uri.contains("://") {
      } else {
        if !login.user.isEmpty { options.append(("user", login.user)) }
        if !login.password.isEmpty { options.append(("password", login.password)) }
      }
      let keys = options.map { strdup($0.0) }
      let values = options.map { strdup($0.1) }
      defer { for text in keys + values { free(text) } }
      let opened = (keys.map { UnsafePointer<CChar>($0) } + [nil]).withUnsafeBufferPointer { keys in
        (values.map { UnsafePointer<CChar>($0) } + [nil]).withUnsafeBufferPointer { values in
          PQconnectdbParams(keys.baseAddress, values.baseAddress, 1)
        }
      }
      let code = errno
      guard let opened else {
        throw ServerFailure(
          line: "warning: connect to pgsql server \(name): out of memory", reason: "")
      }
      guard PQstatus(opened) == CONNECTION_OK else {
        let why = String(cString: PQerrorMessage(opened))
        PQfinish(opened)
        throw ServerFailure(
          line: PrintableText.of(
            "warning: connect to pgsql server \(name): \(why)".utf8, utf8: true),
          reason: ErrnoText.of(code))
      }
      guard PQsetClientEncoding(opened, login.encoding) == 0 else {
        PQfinish(opened)
        throw ServerFailure(
          line:
            "warning: dict_pgsql: cannot set the encoding to \(login.encoding), skipping \(name)",
          reason: "Application error")
      }
      connection = opened
    }

    deinit { PQfinish(connection) }

    func quoted(_ text: Bytes) -> Bytes {
      let text = Bytes(text.prefix { $0 != 0 })
      var status: CInt = 0
      let quoted = [CChar](unsafeUninitializedCapacity: 2 * text.count + 1) { buffer, count in
        count = text.withUnsafeBytes { bytes in
          PQescapeStringConn(
            connection, buffer.baseAddress, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
            bytes.count, &status)
        }
      }
      return quoted.map { UInt8(bitPattern: $0) }
    }

    /// All columns of all rows of the last statement.
    func rows(
      of query: Bytes, host: String, until deadline: Deadline
    ) throws(ServerFailure) -> [[Bytes?]] {
      let text = query.map { CChar(bitPattern: $0) } + [0]
      guard PQsendQuery(connection, text) == 1 else { throw failure(host) }
      var last: OpaquePointer?
      defer { PQclear(last) }
      while true {
        while PQisBusy(connection) != 0 {
          var poll = pollfd(fd: PQsocket(connection), events: CShort(POLLIN), revents: 0)
          let count = Glibc.poll(&poll, 1, deadline.left)
          if count == 0 { throw failure(host, "no answer in time\n", kind: .server) }
          guard PQconsumeInput(connection) == 1 else { throw failure(host) }
        }
        guard let result = PQgetResult(connection) else { break }
        // Another statement behind a failed one is not run; its result stays. All have to be taken before the
        // connection can be asked again.
        if last != nil, PQresultStatus(last) == PGRES_FATAL_ERROR {
          PQclear(result)
          continue
        }
        PQclear(last)
        last = result
        if PQresultStatus(result) == PGRES_COPY_IN || PQresultStatus(result) == PGRES_COPY_OUT {
          throw failure(host, "COPY is no query\n", kind: .server)
        }
      }
      switch PQresultStatus(last) {
      case PGRES_TUPLES_OK:
        return (0..<PQntuples(last)).map { row in
          (0..<PQnfields(last)).map { column in
            PQgetvalue(last, row, column).map {
              Bytes(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
            }
          }
        }
      case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return []
      default: throw failure(host, String(cString: PQresultErrorMessage(last)))
      }
    }

    private func failure(
      _ host: String, _ why: String? = nil, kind: ServerFailure.Kind? = nil
    ) -> ServerFailure {
      let why = why ?? String(cString: PQerrorMessage(connection))
      let line = "warning: pgsql query failed: fatal error from host \(host): \(why)"
      return ServerFailure(
        kind ?? (PQstatus(connection) == CONNECTION_BAD ? .lost : .query),
        line: PrintableText.of(line.utf8, utf8: true), reason: "Application error")
    }
  }
#endif
