import CSystem
import Glibc
import RestrictionDSL

/// Who uses a ``ServiceStream``.
protocol ServiceStreamUser: AnyObject {
  /// Connected; nothing was sent yet.
  func connected(_ stream: ServiceStream)
  /// ``ServiceStream/input`` has grown.
  func received(_ stream: ServiceStream)
  /// The stream is of no more use; `code` is errno(3), 0 where the other side closed.
  func failed(_ stream: ServiceStream, code: CInt)
}

/// A stream socket to a service outside this process.
///
/// Time limits are the user's business: it closes the stream when it has waited long enough.
final class ServiceStream: EventHandler {
  private enum State { case connecting, open, closed }

  private let loop: EventLoop
  private var descriptor: CInt = -1
  private var state = State.closed
  private var output = Bytes()
  private var sent = 0
  /// Received and not yet taken.
  private(set) var input = Bytes()
  /// Whom to tell; a stream that rests has none, and ends when anything comes.
  weak var user: (any ServiceStreamUser)?
  /// Requests that went over it.
  var requestCount = 0
  /// When it was opened; the loop's clock.
  let opened: UInt64
  /// When it was last put to rest.
  var restedSince: UInt64 = 0
  /// Belongs to a request that failed at its last try: where it is closed, or closes while it rests,
  /// the next user finds that out as its first try.
  private(set) var suspectSince: UInt64?

  init(loop: EventLoop) {
    self.loop = loop
    opened = loop.now
  }

  deinit { close() }

  var isOpen: Bool { state == .open }

  /// Starts to connect; the user is told how it went, never before this returns successfully.
  ///
  /// - Returns: errno(3) where it failed at once, else 0
  func connect(to address: SocketAddress) -> CInt {
    descriptor = socket(
      address.family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0
    )
    guard descriptor >= 0 else { return errno }
    let status = address.withPointer { Glibc.connect(descriptor, $0, $1) }
    // A local socket whose backlog is full says EAGAIN; there is no event for it.
    guard status == 0 || errno == EINPROGRESS else {
      let code = errno
      close()
      return code
    }
    state = .connecting
    do { try loop.watch(descriptor, .write, self) } catch {
      close()
      return error.code
    }
    return 0
  }

  /// Sends after what is being sent.
  func send(_ bytes: Bytes) {
    output.append(contentsOf: bytes)
    flush()
  }

  /// Takes bytes off the input.
  func consume(_ count: Int) { input.removeFirst(min(count, input.count)) }

  /// Marks a stream that its user gives back after a failure.
  func markSuspect() { suspectSince = suspectSince ?? loop.now }

  /// A request went well.
  func clearSuspicion() { suspectSince = nil }

  func close() {
    state = .closed
    guard descriptor >= 0 else { return }
    loop.forget(descriptor)
    Glibc.close(descriptor)
    descriptor = -1
  }

  func ready(_ fd: CInt, _ events: Readiness) {
    if state == .connecting {
      var code: CInt = 0
      var length = socklen_t(MemoryLayout<CInt>.size)
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length)
      guard code == 0 else { return fail(code) }
      state = .open
      loop.change(fd, .read)
      user?.connected(self)
      return
    }
    if !events.isDisjoint(with: [.readable, .hangUp]) { readAll() }
    if state == .open, events.contains(.writable) { flush() }
  }

  private func readAll() {
    var chunk = Bytes(repeating: 0, count: 8192)
    var grew = false
    while state == .open {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 {
        input.append(contentsOf: chunk[..<count])
        grew = true
        // More than a rest of this size is looked at first; level-triggered, the loop comes back.
        if count < chunk.count || input.count > 262_144 { break }
      } else if count == 0 {
        if grew { user?.received(self) }
        if state == .open { fail(0) }
        return
      } else if errno == EINTR {
        continue
      } else if errno == EAGAIN {
        break
      } else {
        return fail(errno)
      }
    }
    if grew {
      if let user { user.received(self) } else { fail(0) }
    }
  }

  private func flush() {
    while state == .open, sent < output.count {
      let count = output.withUnsafeBytes { buffer in
        Glibc.send(
          descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent,
          CInt(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        return loop.change(descriptor, [.read, .write])
      } else if errno != EINTR {
        return fail(errno)
      }
    }
    output = []
    sent = 0
    if state == .open { loop.change(descriptor, .read) }
  }

  private func fail(_ code: CInt) {
    close()
    user?.failed(self, code: code)
  }
}
