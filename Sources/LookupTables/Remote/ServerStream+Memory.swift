import CSystem
import Glibc
import RestrictionDSL

/// A connection to the server of a table did not do what was asked.
enum StreamError: Error, Hashable, Sendable {
  /// errno(3)
  case system(CInt)
  /// The host or its port has no address.
  case notFound(String)
  /// The other side closed.
  case closed
  case timeout
  /// More than was allowed came before the end.
  case tooLong

  /// errno(3) as Postfix's `%m` would show it.
  var reason: String {
    switch self {
    case .system(let code): String(cString: strerror(code))
    case .notFound: String(cString: strerror(EADDRNOTAVAIL))
    case .closed: String(cString: strerror(ECONNRESET))
    case .timeout: String(cString: strerror(ETIMEDOUT))
    case .tooLong: String(cString: strerror(EMSGSIZE))
    }
  }
}

/// What `%m` shows in Postfix's messages.
enum ErrnoText {
  static func of(_ code: CInt) -> String {
    code == 0 ? "Application error" : String(cString: strerror(code))
  }
}

/// A moment that a lookup may not outlive, on the monotonic clock.
struct Deadline: Sendable {
  private let end: Int64

  init(seconds: Int) { end = Deadline.now + Int64(seconds) * 1000 }

  /// - Unit: milliseconds
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// - Unit: milliseconds, for poll(2)
  var left: CInt { CInt(clamping: max(0, end - Deadline.now)) }
  var isOver: Bool { left == 0 }
}

/// A stream socket to the server of a table, with calls that block until a deadline.
///
/// Used on a worker thread or in a command line tool, by one thread at a time.
final class ServerStream {
  private let descriptor: CInt
  /// Received and not taken.
  private var input = Bytes()
  private(set) var opened = Deadline.now
  private(set) var lastUse = Deadline.now
  /// For protocols in which the server speaks first: that was read.
  var isGreeted = false

  private init(_ descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  // MARK: Connecting

  /// - Throws: for the last of the host's addresses
  static func connect(
    to server: ServerName, until deadline: Deadline
  ) throws(StreamError) -> ServerStream {
    switch server {
    case .local(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Bytes(path)
      guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
        throw .system(ENAMETOOLONG)
      }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      let target = address
      return try withErrors {
        try withUnsafeBytes(of: target) { try open(AF_UNIX, $0, deadline) }
      }
    case .inet(let host, let port): return try connect(host, port, deadline)
    }
  }

  /// Rethrows what a closure of the standard library cannot say the type of.
  private static func withErrors<R>(_ body: () throws -> R) throws(StreamError) -> R {
    do { return try body() } catch let error as StreamError { throw error } catch {
      throw .system(EINVAL)
    }
  }

  private static func connect(
    _ host: String, _ port: String, _ deadline: Deadline
  ) throws(StreamError) -> ServerStream {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host.isEmpty ? nil : host, port, &hints, &list)
    guard status == 0 else { throw .notFound(String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(list) }
    var last = StreamError.system(EADDRNOTAVAIL)
    var next = list
    while let entry = next {
      next = entry.pointee.ai_next
      let bytes = UnsafeRawBufferPointer(
        start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
      do throws(StreamError) { return try open(entry.pointee.ai_family, bytes, deadline) } catch {
        last = error
      }
    }
    throw last
  }

  private static func open(
    _ family: CInt, _ address: UnsafeRawBufferPointer, _ deadline: Deadline
  ) throws(StreamError) -> ServerStream {
    let fd = socket(
      family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard fd >= 0 else { throw .system(errno) }
    let stream = ServerStream(fd)
    guard let base = address.baseAddress else { throw .system(EINVAL) }
    let status = Glibc.connect(
      fd, base.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
    if status == 0 { return stream }
    guard errno == EINPROGRESS else { throw .system(errno) }
    try stream.wait(for: CInt(POLLOUT), until: deadline)
    var code: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length)
    guard code == 0 else { throw .system(code) }
    return stream
  }

  private func wait(for events: CInt, until deadline: Deadline) throws(StreamError) {
    var poll = pollfd(fd: descriptor, events: CShort(events), revents: 0)
    while true {
      let count = Glibc.poll(&poll, 1, deadline.left)
      if count > 0 { return }
      if count == 0 { throw .timeout }
      guard errno == EINTR else { throw .system(errno) }
    }
  }

  // MARK: Traffic

  /// The server closed, or said something nobody asked for: a stream to throw away.
  var isStale: Bool {
    if !input.isEmpty { return true }
    var poll = pollfd(fd: descriptor, events: CShort(POLLIN), revents: 0)
    return Glibc.poll(&poll, 1, 0) != 0
  }

  func send(_ bytes: Bytes, until deadline: Deadline) throws(StreamError) {
    lastUse = Deadline.now
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent,
          CInt(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        try wait(for: CInt(POLLOUT), until: deadline)
      } else if errno != EINTR {
        throw .system(errno)
      }
    }
  }

  /// Bytes up to a delimiter, which is taken but not returned.
  func receive(
    upTo delimiter: UInt8, limit: Int, until deadline: Deadline
  ) throws(StreamError) -> Bytes {
    var searched = 0
    while true {
      if let end = input[searched...].firstIndex(of: delimiter) {
        guard end <= limit else { throw .tooLong }
        let line = Bytes(input[..<end])
        input.removeSubrange(...end)
        return line
      }
      searched = input.count
      guard searched <= limit else { throw .tooLong }
      try fill(until: deadline)
    }
  }

  /// So many bytes.
  func receive(count: Int, until deadline: Deadline) throws(StreamError) -> Bytes {
    while input.count < count { try fill(until: deadline) }
    let bytes = Bytes(input[..<count])
    input.removeSubrange(..<count)
    return bytes
  }

  private func fill(until deadline: Deadline) throws(StreamError) {
    var chunk = Bytes(repeating: 0, count: 8192)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 {
        input += chunk[..<count]
        lastUse = Deadline.now
        return
      }
      if count == 0 { throw .closed }
      if errno == EAGAIN {
        try wait(for: CInt(POLLIN), until: deadline)
      } else if errno != EINTR {
        throw .system(errno)
      }
    }
  }
}

/// Pauses the thread.
func pause(seconds: Int) { sleep(UInt32(clamping: max(0, seconds))) }
