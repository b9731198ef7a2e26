import CSystem
import Glibc
import RestrictionDSL

/// A listening socket.
final class Listener: EventHandler, TimerHandler {
  /// What came with one accepted socket.
  struct Arrival {
    /// Non-blocking; whoever takes the arrival closes it.
    let descriptor: CInt
    let client: (address: IPAddress, port: UInt16)
    let server: (address: IPAddress, port: UInt16)
  }

  let address: ListenAddress
  private let loop: EventLoop
  private let descriptor: CInt
  /// The address that clients reach, where the socket is bound to one.
  private let bound: (address: IPAddress, port: UInt16)
  private let isWildcard: Bool
  private var accept: (Arrival) -> Void = { close($0.descriptor) }
  private var report: (String) -> Void = { _ in }
  private var isWatched = false
  private var retry: TimerID?

  /// Connections taken in one turn of the loop, so that a flood does not starve those at work.
  private static let batch = 64
  /// The turn of the loop in which one connection was taken and no other asked for: where clients come one by
  /// one, being told that there is none costs a system call for each.
  private var lastSingle: UInt64 = 0
  /// - Unit: milliseconds to wait where no descriptor or memory is left
  private static let pause: UInt64 = 1000

  /// Binds and listens; ``start(accept:report:)`` begins to accept.
  ///
  /// - Throws: ``SystemError`` naming the address; the caller stops or, at a reload, keeps the old
  ///   configuration.
  init(_ address: ListenAddress, loop: EventLoop, backlog: CInt = 1024) throws(SystemError) {
    self.address = address
    self.loop = loop
    let target = SocketAddress(address.address, port: address.port)
    let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let fd = socket(target.family, type, 0)
    guard fd >= 0 else { throw .last("socket", address.text) }
    // Options of the listening socket are inherited by those it accepts.
    Listener.switchOn(fd, SOL_SOCKET, SO_REUSEADDR)
    Listener.switchOn(fd, SOL_SOCKET, SO_KEEPALIVE)
    Listener.switchOn(fd, CInt(IPPROTO_TCP), TCP_NODELAY)
    if target.family == AF_INET6 { Listener.switchOn(fd, CInt(IPPROTO_IPV6), IPV6_V6ONLY) }
    guard target.withPointer({ bind(fd, $0, $1) }) == 0 else {
      defer { close(fd) }
      throw .last("bind", address.text)
    }
    guard listen(fd, backlog) == 0 else {
      defer { close(fd) }
      throw .last("listen", address.text)
    }
    descriptor = fd
    bound =
      SocketAddress(filledBy: { getsockname(fd, $0, $1) })?.endpoint
      ?? (address.address, address.port)
    isWildcard = bound.address == .v4(0) || bound.address == .v6(0, 0)
  }

  deinit { stop() }

  /// The port that is listened on; of interest where 0 was asked for.
  var port: UInt16 { bound.port }

  /// Begins to accept; called again, it hands later connections to somebody else.
  ///
  /// - Parameter report: takes log lines
  func start(accept: @escaping (Arrival) -> Void, report: @escaping (String) -> Void) {
    self.accept = accept
    self.report = report
    watch()
  }

  /// Leaves further connections to the backlog.
  func suspend() {
    guard isWatched else { return }
    isWatched = false
    loop.forget(descriptor)
  }

  func resume() { watch() }

  private var isClosed = false

  /// Closes the socket.
  func stop() {
    guard !isClosed else { return }
    isClosed = true
    if let retry { loop.cancel(retry) }
    suspend()
    close(descriptor)
  }

  private func watch() {
    guard !isWatched, !isClosed else { return }
    do {
      try loop.watch(descriptor, .read, self)
      isWatched = true
    } catch { report("warning: \(error)") }
  }

  func ready(_ fd: CInt, _ events: Readiness) {
    // Another was waiting behind the one of the last turn.
    let isBusy = loop.turns == lastSingle &+ 1
    for number in 0..<Listener.batch where isWatched {
      if number == 1 && !isBusy {
        lastSingle = loop.turns
        return
      }
      var accepted: CInt = -1
      var code: CInt = 0
      let flags = CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
      let peer = SocketAddress(filledBy: { address, length in
        accepted = accept4(descriptor, address, length, flags)
        code = errno
        return accepted
      })
      guard let peer, accepted >= 0 else {
        switch code {
        case EAGAIN: return
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return wait(code)
        // The client is gone again, or the network had a fault: nothing to do about this one.
        default: continue
        }
      }
      take(accepted, peer)
    }
  }

  private func take(_ fd: CInt, _ peer: SocketAddress) {
    let local =
      isWildcard ? SocketAddress(filledBy: { getsockname(fd, $0, $1) })?.endpoint : bound
    guard let client = peer.endpoint, let local else {
      close(fd)
      return
    }
    accept(Arrival(descriptor: fd, client: client, server: local))
  }

  /// No descriptor or memory left: connections wait in the backlog until some may be free.
  private func wait(_ code: CInt) {
    report("warning: \(SystemError("accept", "connection", code: code))")
    suspend()
    retry = loop.schedule(after: Listener.pause, self, tag: 0)
  }

  func timeout(tag: Int) {
    retry = nil
    watch()
  }

  private static func switchOn(_ fd: CInt, _ level: CInt, _ option: CInt) {
    var one: CInt = 1
    setsockopt(fd, level, option, &one, socklen_t(MemoryLayout<CInt>.size))
  }
}
