import RestrictionDSL

/// `memcache:file` – a memcached server, perhaps with a persistent table behind it.
///
/// What the table behind it knows is put into the cache.
///
/// - Source: memcache_table(5); log lines and bytes observed on 3.7.11
final class MemcacheTable: RemovingTable {
  let kind = TableKind.fixed
  private let format: QueryFormat
  private let server: ServerName
  private let endpoint: String
  private let backup: OpenTable?
  var tableBehind: TableSpec? { backup?.spec }
  private let warnings: TableWarnings
  private let flags: Int
  private let ttl: Int
  private let tries: Int
  private let pause: Int
  private let timeLimit: Int
  private let dataLimit: Int
  private let lineLimit: Int
  private var stream: ServerStream?

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    let parameters = try TableParameters(name: name, opening: opening)
    format = try QueryFormat(
      type: "memcache", queries: [parameters.string("key_format", "%s")], hasResult: false,
      parameters, opening)
    let service = parameters.string("memcache", "inet:localhost:11211")
    server = try ServerName(service: service)
    endpoint = service.drop { $0 != ":" }.dropFirst().description
    flags = try parameters.integer("flags", 0)
    ttl = try parameters.integer("ttl", 3600)
    tries = try parameters.integer("max_try", 2, minimum: 1)
    pause = try parameters.integer("retry_pause", 1, minimum: 1)
    let limit = try parameters.integer("timeout", 2)
    // 0 is no limit to Postfix; an hour is one to a worker thread.
    timeLimit = limit > 0 ? limit : 3600
    dataLimit = try parameters.integer("data_size_limit", 10240, minimum: 1)
    lineLimit = try parameters.integer("line_size_limit", 1024, minimum: 1)
    warnings = opening.warnings
    let behind = parameters.string("backup")
    if behind.isEmpty {
      backup = nil
    } else if let spec = TableSpec(behind) {
      backup = opening.openMember(spec)
    } else {
      throw OpenFailure(
        "open dictionary: expecting \"type:name\" form instead of \"\(behind)\"", isFatal: true)
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    guard let parts = try format.candidate(key) else { return nil }
    let name = format.query(for: parts)
    guard MemcacheCodec.isValid(name) else { return nil }
    let cached: Bytes?
    do {
      cached = try perform { (deadline) throws(Failure) in try self.fetch(name, deadline) }
    } catch {
      guard backup != nil else { throw lookupError(error) }
      lines(error).forEach(warnings.add)
      cached = nil
    }
    if cached != nil { return cached }
    guard let value = try backup?.value(for: key) else { return nil }
    store(name, value)
    return value
  }

  func remove(_ key: Span<UInt8>) throws(LookupError) -> Bool? {
    guard let parts = try format.candidate(key) else { return nil }
    let name = format.query(for: parts)
    guard MemcacheCodec.isValid(name) else { return nil }
    do {
      return try perform { (deadline) throws(Failure) in
        let stream = try self.connected(deadline)
        let reply: Bytes
        do throws(StreamError) {
          try stream.send(MemcacheCodec.delete(name), until: deadline)
          reply = try self.line(stream, deadline)
        } catch { throw .stream(error) }
        if reply.elementsEqual("DELETED".utf8) { return true }
        guard reply.elementsEqual("NOT_FOUND".utf8) else { throw .unexpected(reply) }
        return false
      }
    } catch { throw lookupError(error) }
  }

  // MARK: Requests

  private enum Failure: Error {
    case noConnection(StreamError)
    case stream(StreamError)
    case unexpected(Bytes)
  }

  /// Runs a request, again where it fails but for want of a connection.
  private func perform<Value>(
    _ request: (Deadline) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    var last = Failure.stream(.closed)
    for attempt in 1...tries {
      do throws(Failure) { return try request(Deadline(seconds: timeLimit)) } catch {
        stream = nil
        if case .noConnection = error { throw error }
        last = error
      }
      if attempt < tries { LookupTables.pause(seconds: pause) }
    }
    throw last
  }

  private func connected(_ deadline: Deadline) throws(Failure) -> ServerStream {
    if let stream, !stream.isStale { return stream }
    do throws(StreamError) {
      let new = try ServerStream.connect(to: server, until: deadline)
      stream = new
      return new
    } catch { throw .noConnection(error) }
  }

  private func line(_ stream: ServerStream, _ deadline: Deadline) throws(StreamError) -> Bytes {
    var line = try stream.receive(upTo: 0x0A, limit: lineLimit, until: deadline)
    guard line.last == 0x0D else { throw .closed }
    line.removeLast()
    return line
  }

  private func fetch(_ name: Bytes, _ deadline: Deadline) throws(Failure) -> Bytes? {
    let stream = try connected(deadline)
    let first: Bytes
    do throws(StreamError) {
      try stream.send(MemcacheCodec.get(name), until: deadline)
      first = try line(stream, deadline)
    } catch { throw .stream(error) }
    switch MemcacheCodec.header(first) {
    case .end: return nil
    case .other: throw .unexpected(first)
    case .value(let length):
      do throws(StreamError) {
        guard length <= dataLimit else { throw .tooLong }
        let value = try stream.receive(count: length, until: deadline)
        guard try line(stream, deadline).isEmpty else { throw .closed }
        // A server that goes on in some other way has said the value all the same.
        if case .end = MemcacheCodec.header(try line(stream, deadline)) { return value }
        self.stream = nil
        return value
      } catch { throw .stream(error) }
    }
  }

  /// Puts a value into the cache; where that fails, the lookup has gone well all the same.
  private func store(_ name: Bytes, _ value: Bytes) {
    do {
      try perform { (deadline) throws(Failure) in
        let stream = try self.connected(deadline)
        let reply: Bytes
        do throws(StreamError) {
          try stream.send(
            MemcacheCodec.set(name, value, flags: self.flags, ttl: self.ttl), until: deadline)
          reply = try self.line(stream, deadline)
        } catch { throw .stream(error) }
        guard reply.elementsEqual("STORED".utf8) else { throw .unexpected(reply) }
      }
    } catch {
      if case .unexpected(let line) = error {
        let shown = PrintableText.of(line, utf8: true)
        warnings.add("warning: \(ownTable): update failed: \(shown)")
      } else {
        lines(error).forEach(warnings.add)
      }
    }
  }

  // MARK: Log lines

  private var ownTable: String { "database memcache:\(format.name)" }

  private func lines(_ error: Failure) -> [String] {
    switch error {
    case .noConnection(let cause):
      var lines: [String] = []
      if case .notFound(let why) = cause {
        lines.append("warning: host or service \(endpoint) not found: \(why)")
      }
      return lines + ["warning: connect to \(endpoint): \(cause.reason)"]
    case .stream(let cause): return ["warning: \(ownTable): I/O error: \(cause.reason)"]
    case .unexpected(let line):
      let shown = PrintableText.of(line, utf8: true)
      return ["warning: \(format.name): unexpected memcache server reply: \(shown)"]
    }
  }

  private func lookupError(_ error: Failure) -> LookupError {
    let reason: String
    switch error {
    case .noConnection(let cause), .stream(let cause): reason = cause.reason
    case .unexpected: reason = ConnectedErrno.text
    }
    return LookupError(.temporary, lines(error), reason: reason)
  }
}
