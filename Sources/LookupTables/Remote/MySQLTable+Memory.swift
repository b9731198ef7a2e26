#if MySQL
  import CMySQL
  import Glibc
  import RestrictionDSL

  /// `mysql:file` – a query of a MySQL or MariaDB server.
  ///
  /// Postfix waits for a server as long as it takes; here `timeout` (10 seconds) bounds connecting,
  /// sending and each read of an answer.
  ///
  /// - Source: mysql_table(5); texts observed on 3.7.11
  final class MySQLTable: LookupTable {
    let kind = TableKind.fixed
    private let format: QueryFormat
    private let servers: ServerPool<MySQLConnection>
    private let requiresResult: Bool
    private let spec: String

    init(name: String, opening: TableOpening) throws(OpenFailure) {
      let parameters = try TableParameters(name: name, opening: opening)
      spec = "mysql:\(name)"
      let limit = try parameters.integer("timeout", 10, minimum: 1)
      let login = MySQLConnection.Login(
        user: parameters.string("user"), password: parameters.string("password"),
        database: try parameters.required("dbname"), timeLimit: limit,
        optionFile: parameters.optional("option_file"),
        optionGroup: parameters.string("option_group", "client"),
        certificate: parameters.optional("tls_cert_file"), key: parameters.optional("tls_key_file"),
        authorities: parameters.optional("tls_CAfile"),
        authorityFolder: parameters.optional("tls_CApath"),
        ciphers: parameters.optional("tls_ciphers"),
        verifies: try parameters.boolean("tls_verify_cert", false))
      requiresResult = try parameters.boolean("require_result_set", true)
      format = try QueryFormat(
        type: "mysql", queries: [try SQLQuery.text(parameters)], parameters, opening)
      let hosts = HostList.servers(parameters.string("hosts", "localhost"), port: "")
      servers = ServerPool(hosts.map { .init($0.name, $0.server) }, timeLimit: limit) {
        (host, _) throws(ServerFailure) in
        try MySQLConnection(host.name, host.server, login)
      }
    }

    func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
      guard let parts = try format.candidate(key) else { return nil }
      let rows = try servers.run(log: format.warn) {
        (connection, _) throws(ServerFailure) in
        try connection.rows(
          of: format.query(for: parts, quote: connection.quoted), table: spec,
          requiresResult: requiresResult)
      }
      return try format.joined(rows, for: key, type: "mysql")
    }
  }

  /// A connection of the MySQL client library.
  ///
  /// `mysql_init(nil)` allocates the handle, `mysql_close` frees it; rows are copied before their
  /// result is freed.
  final class MySQLConnection {
    struct Login {
      let user: String
      let password: String
      let database: String
      let timeLimit: Int
      let optionFile: String?
      let optionGroup: String
      let certificate: String?
      let key: String?
      let authorities: String?
      let authorityFolder: String?
      let ciphers: String?
      let verifies: Bool
    }

    private let handle: UnsafeMutablePointer<MYSQL>

    init(_ name: String, _ server: ServerName, _ login: Login) throws(ServerFailure) {
      guard let handle = mysql_init(nil) else {
        throw ServerFailure(
          line: "warning: connect to mysql server \(name): out of memory", reason: "")
      }
      self.handle = handle
      var limit = UInt32(clamping: login.timeLimit)
      mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &limit)
      mysql_options(handle, MYSQL_OPT_READ_TIMEOUT, &limit)
      mysql_options(handle, MYSQL_OPT_WRITE_TIMEOUT, &limit)
      if let file = login.optionFile { mysql_options(handle, MYSQL_READ_DEFAULT_FILE, file) }
      if !login.optionGroup.isEmpty {
        mysql_options(handle, MYSQL_READ_DEFAULT_GROUP, login.optionGroup)
      }
      if login.certificate != nil || login.key != nil || login.authorities != nil
        || login.authorityFolder != nil || login.ciphers != nil
      {
        mysql_ssl_set(
          handle, login.key, login.certificate, login.authorities, login.authorityFolder,
          login.ciphers)
      }
      if login.verifies {
        var yes: my_bool = 1
        mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes)
      }
      var host: String?
      var socket: String?
      var port: UInt32 = 0
      switch server {
      case .local(let path): socket = path
      case .inet(let address, let number):
        host = address
        port = UInt32(number) ?? 0
      }
      let opened = mysql_real_connect(
        handle, host, login.user.isEmpty ? nil : login.user,
        login.password.isEmpty ? nil : login.password, login.database, port, socket,
        UInt(CLIENT_MULTI_RESULTS))
      let code = errno
      guard opened != nil else {
        throw ServerFailure(
          line: "warning: connect to mysql server \(name): \(message)",
          reason: ErrnoText.of(code))
      }
    }

    deinit { mysql_close(handle) }

    private var message: String {
      PrintableText.of(String(cString: mysql_error(handle)).utf8, utf8: true)
    }

    func quoted(_ text: Bytes) -> Bytes {
      let text = Bytes(text.prefix { $0 != 0 })
      let quoted = [CChar](unsafeUninitializedCapacity: 2 * text.count + 1) { buffer, count in
        let length = text.withUnsafeBytes { bytes in
          mysql_real_escape_string(
            handle, buffer.baseAddress, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
            UInt(bytes.count))
        }
        count = length > UInt(2 * text.count) ? 0 : Int(length)
      }
      return quoted.map { UInt8(bitPattern: $0) }
    }

    /// All columns of all rows; a procedure may give one result.
    func rows(
      of query: Bytes, table: String, requiresResult: Bool
    ) throws(ServerFailure) -> [[Bytes?]] {
      func failure(_ why: String) -> ServerFailure {
        // CR_SERVER_GONE_ERROR, CR_SERVER_LOST
        ServerFailure(
          [2006, 2013].contains(mysql_errno(handle)) ? .lost : .query,
          line: "warning: \(table): query failed: \(why)",
          reason: String(cString: strerror(EAGAIN)))
      }
      let status = query.withUnsafeBytes { bytes in
        mysql_real_query(
          handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt(bytes.count))
      }
      guard status == 0 else { throw failure(message) }
      var found: [[Bytes?]]?
      while true {
        if let result = mysql_store_result(handle) {
          defer { mysql_free_result(result) }
          guard found == nil else {
            throw failure("multiple result sets returning data are not supported")
          }
          found = MySQLConnection.copy(result)
        } else if mysql_field_count(handle) != 0 {
          throw failure(message)
        }
        let next = mysql_next_result(handle)
        if next > 0 { throw failure(message) }
        if next < 0 { break }
      }
      if found == nil && requiresResult {
        throw failure("query returned no result set(require_result_set = yes)")
      }
      return found ?? []
    }

    private static func copy(_ result: UnsafeMutablePointer<MYSQL_RES>) -> [[Bytes?]] {
      var rows: [[Bytes?]] = []
      let columns = Int(mysql_num_fields(result))
      while let row = mysql_fetch_row(result) {
        rows.append(
          (0..<columns).map { column in
            row[column].map { Bytes(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
          })
      }
      return rows
    }
  }
#endif
