import Foundation
import Glibc
import RestrictionDSL

/// A server on 127.0.0.1 that says what it is told to, whatever it is asked.
public final class FakeServer: Sendable {
  /// What happens on one connection.
  public enum Connection: Sendable {
    /// Reads something, answers, for each; `nil` is silence. Then waits for the client to go.
    case say([Bytes?])
    /// Closes at once.
    case close
    /// Reads something and closes.
    case readAndClose
    /// Sends at once, without being asked, again and again until the client goes.
    case flood(Bytes)
  }

  /// Where it listens.
  public let port: UInt16
  private let door: Door
  private let heard = Heard()

  /// The listening socket.
  ///
  /// Its port stays taken until everybody is done: a client that tries again must
  /// not meet another server.
  private final class Door: Sendable {
    let descriptor: CInt
    init(_ descriptor: CInt) { self.descriptor = descriptor }
    /// Refuses connections from now on.
    func shut() { shutdown(descriptor, CInt(SHUT_RDWR)) }
    deinit { close(descriptor) }
  }

  private final class Heard: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String] = []
    var all: [String] { lock.withLock { texts } }
    func add(_ text: String) { lock.withLock { texts.append(text) } }
  }

  /// What was read, piece by piece.
  public var requests: [String] { heard.all }

  /// - Parameter connections: one after the other; behind the last one nobody listens
  public init(_ connections: [Connection]) {
    let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    let door = Door(socket)
    self.door = door
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = bind(socket, pointer, length)
        _ = getsockname(socket, pointer, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    listen(socket, 5)
    let heard = heard
    Thread.detachNewThread {
      for connection in connections {
        let fd = accept(door.descriptor, nil, nil)
        guard fd >= 0 else { return }
        if case .flood = connection {} else { FakeServer.limit(fd) }
        FakeServer.play(connection, fd, heard)
        Glibc.close(fd)
      }
      door.shut()
    }
  }

  deinit { door.shut() }

  /// Nobody is waited for longer than this.
  private static func limit(_ fd: CInt) {
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  private static func play(_ connection: Connection, _ fd: CInt, _ heard: Heard) {
    func read() -> Bool {
      var chunk = Bytes(repeating: 0, count: 4096)
      let count = recv(fd, &chunk, chunk.count, 0)
      guard count > 0 else { return false }
      heard.add(Bytes(chunk[..<count]).text)
      return true
    }
    func write(_ bytes: Bytes) -> Bool {
      send(fd, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count
    }
    switch connection {
    case .close: return
    case .readAndClose: _ = read()
    case .flood(let bytes): while write(bytes) {}
    case .say(let replies):
      for reply in replies {
        guard read() else { return }
        if let reply, !write(reply) { return }
      }
      while read() {}
    }
  }
}
