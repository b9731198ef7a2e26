import Foundation
import Glibc
import RestrictionDSL
import Synchronization

@testable import Runtime

/// A policy service on a local socket or 127.0.0.1 that says what a script says.
final class FakePolicyServer: Sendable {
  enum Action: Sendable {
    case send(String)
    /// Send, then close.
    case sendAndClose(String)
    /// Send, then never again anything.
    case hang(String)
  }

  /// - Parameter number: 1-based number of the request over all connections
  typealias Script = @Sendable (_ request: String, _ number: Int) -> Action

  struct Seen: Sendable {
    var requests: [String] = []
    var connections = 0
  }

  let endpoint: String
  private let listener: CInt
  private let state = Mutex(Seen())

  var seen: Seen { state.withLock { $0 } }

  /// - Parameter path: of a local socket; `nil` for a port of 127.0.0.1
  init(path: String? = nil, _ script: @escaping Script) throws {
    let address =
      path.flatMap { SocketAddress(path: $0) } ?? SocketAddress(.v4(0x7F00_0001), port: 0)
    let fd = socket(address.family, CInt(SOCK_STREAM.rawValue), 0)
    guard address.withPointer({ bind(fd, $0, $1) }) == 0, listen(fd, 64) == 0 else {
      throw SystemError.last("bind", path ?? "")
    }
    listener = fd
    endpoint = path.map { "unix:\($0)" } ?? "inet:127.0.0.1:\(socketName(fd) ?? 0)"
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(fd, nil, nil)
        guard client >= 0 else {
          close(fd)
          return
        }
        state.withLock { $0.connections += 1 }
        Thread.detachNewThread { self.serve(client, script) }
      }
    }
  }

  /// The thread that accepts closes the descriptor: else it could wait on one of the same number that
  /// another server has got meanwhile.
  func stop() { shutdown(listener, CInt(SHUT_RDWR)) }

  private func serve(_ client: CInt, _ script: Script) {
    var text = ""
    var buffer = Bytes(repeating: 0, count: 4096)
    while true {
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      text += Bytes(buffer[..<count]).text
      while let end = text.range(of: "\n\n") {
        let request = String(text[..<end.lowerBound])
        text = String(text[end.upperBound...])
        let number = state.withLock { state in
          state.requests.append(request)
          return state.requests.count
        }
        switch script(request, number) {
        case .send(let reply): write(client, reply)
        case .sendAndClose(let reply):
          write(client, reply)
          close(client)
          return
        case .hang(let reply): write(client, reply)
        }
      }
    }
    close(client)
  }

  private func write(_ client: CInt, _ text: String) {
    let bytes = Bytes(text)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(client, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}
