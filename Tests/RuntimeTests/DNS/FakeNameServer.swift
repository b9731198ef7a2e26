import Foundation
import Glibc
import RestrictionDSL
import Synchronization

@testable import Runtime

/// A name server on 127.0.0.1 that answers by UDP and TCP what a script says.
final class FakeNameServer: Sendable {
  /// What to send for one question, given its id and question section; empty for silence.
  typealias Script = @Sendable (_ query: Query) -> [Bytes]

  struct Query: Sendable {
    let id: UInt16
    let name: String
    let type: UInt16
    let question: Bytes
    let isTCP: Bool
    /// 1-based number of the query.
    let number: Int

    /// A reply with this code and these answers.
    func reply(
      code: UInt8 = 0, truncated: Bool = false, _ answers: [Bytes] = [], authority: [Bytes] = []
    ) -> Bytes {
      header(id, code, truncated, answers.count, authority.count) + question
        + answers.flatMap { $0 } + authority.flatMap { $0 }
    }
  }

  let port: UInt16
  private let udp: CInt
  private let tcp: CInt
  private let state = Mutex<[String]>([])

  /// Names and types asked, in order: `example.org/1`.
  var queries: [String] { state.withLock { $0 } }

  /// A UDP and a listening TCP socket on one free port of the loopback interface.
  private static func sockets() -> (port: UInt16, udp: CInt, tcp: CInt)? {
    let udp = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
    let tcp = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    let any = SocketAddress(.v4(0x7F00_0001), port: 0)
    if any.withPointer({ bind(udp, $0, $1) }) == 0, let port = socketName(udp) {
      let same = SocketAddress(.v4(0x7F00_0001), port: port)
      if same.withPointer({ bind(tcp, $0, $1) }) == 0, listen(tcp, 8) == 0 {
        return (port, udp, tcp)
      }
    }
    close(udp)
    close(tcp)
    return nil
  }

  init(_ script: @escaping Script) throws {
    // The port that UDP got may be taken for TCP: then another one.
    var found: (port: UInt16, udp: CInt, tcp: CInt)?
    for _ in 0..<50 where found == nil { found = FakeNameServer.sockets() }
    guard let (name, udpSocket, tcpSocket) = found else { throw SystemError.last("bind") }
    (port, udp, tcp) = (name, udpSocket, tcpSocket)
    Thread.detachNewThread { [self] in
      var buffer = Bytes(repeating: 0, count: 2048)
      while true {
        var count = 0
        guard
          let from = SocketAddress(filledBy: { address, length in
            count = recvfrom(udpSocket, &buffer, 2048, 0, address, length)
            return CInt(count)
          }), count > 0
        else { return }
        for reply in script(query(Bytes(buffer[..<count]), isTCP: false)) {
          _ = from.withPointer { sendto(udpSocket, reply, reply.count, 0, $0, $1) }
        }
      }
    }
    Thread.detachNewThread { [self] in
      while true {
        let fd = accept(tcpSocket, nil, nil)
        guard fd >= 0 else { return }
        var buffer = Bytes(repeating: 0, count: 2048)
        let count = recv(fd, &buffer, 2048, 0)
        if count > 2 {
          for reply in script(query(Bytes(buffer[2..<count]), isTCP: true)) {
            let framed = [UInt8(reply.count >> 8), UInt8(reply.count & 255)] + reply
            _ = send(fd, framed, framed.count, CInt(MSG_NOSIGNAL))
          }
        }
        close(fd)
      }
    }
  }

  func stop() {
    shutdown(udp, CInt(SHUT_RDWR))
    shutdown(tcp, CInt(SHUT_RDWR))
  }

  private func query(_ packet: Bytes, isTCP: Bool) -> Query {
    var labels: [String] = []
    var position = 12
    while position < packet.count, packet[position] != 0 {
      let length = Int(packet[position])
      labels.append(packet[(position + 1)...(position + length)].text)
      position += length + 1
    }
    let type = UInt16(packet[position + 1]) << 8 | UInt16(packet[position + 2])
    let name = labels.joined(separator: ".")
    let number = state.withLock { state in
      state.append("\(name)/\(type)")
      return state.count
    }
    return Query(
      id: UInt16(packet[0]) << 8 | UInt16(packet[1]), name: name, type: type,
      question: Bytes(packet[12..<(position + 5)]), isTCP: isTCP, number: number)
  }
}

func socketName(_ fd: CInt) -> UInt16? {
  SocketAddress(filledBy: { getsockname(fd, $0, $1) })?.endpoint?.port
}

func header(
  _ id: UInt16, _ code: UInt8, _ truncated: Bool, _ answers: Int, _ authority: Int
) -> Bytes {
  [
    UInt8(id >> 8), UInt8(id & 255), truncated ? 0x86 : 0x84, 0x80 | code, 0, 1,
    UInt8(answers >> 8),
    UInt8(answers & 255), 0, UInt8(authority), 0, 0,
  ]
}

/// The wire form of a name.
func wire(_ name: String) -> Bytes {
  name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Bytes(String($0)) } + [0]
}

/// A record under the name asked for (a pointer to the question).
func record(_ type: DNSType, ttl: UInt32 = 60, _ data: Bytes) -> Bytes {
  [0xC0, 12, 0, UInt8(type.rawValue), 0, 1] + withUnsafeBytes(of: ttl.bigEndian) { Bytes($0) }
    + [UInt8(data.count >> 8), UInt8(data.count & 255)] + data
}

/// A loop that a test turns until something has happened.
struct TestLoop {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  /// - Parameter seconds: the test fails by a thrown error after that time
  func run(seconds: Double = 60, until isDone: () -> Bool) throws {
    let end = EventLoop.clock() + UInt64(seconds * 1000)
    while !isDone() {
      guard EventLoop.clock() < end else { throw TooLate() }
      loop.turn(limit: 20)
    }
  }

  struct TooLate: Error {}
}

/// A file that lives as long as the value.
final class TemporaryFile {
  let path: String

  init(_ text: String) throws {
    path = NSTemporaryDirectory() + "smtpd-test-\(UUID().uuidString)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  deinit { unlink(path) }
}
