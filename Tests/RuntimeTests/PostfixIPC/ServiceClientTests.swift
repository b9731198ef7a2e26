import Foundation
import Glibc
import LookupTables
import RestrictionDSL
import Synchronization
import Testing

@testable import Runtime

/// A service of Postfix on a local socket: greets, then answers each request with the same bytes.
private final class FakeService: Sendable {
  let queueDirectory: String
  private let listener: CInt
  private let state = Mutex<[Bytes]>([])

  var requests: [Bytes] { state.withLock { $0 } }

  /// - Parameter reply: `nil` closes instead
  init(_ path: String, greeting: Bytes, reply: Bytes?) throws {
    queueDirectory = NSTemporaryDirectory() + "smtpd-ipc-\(UUID().uuidString.prefix(8))"
    let full = queueDirectory + "/" + path
    try FileManager.default.createDirectory(
      atPath: URL(filePath: full).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    let fd = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    let address = try #require(SocketAddress(path: full))
    guard address.withPointer({ bind(fd, $0, $1) }) == 0, listen(fd, 8) == 0 else {
      throw SystemError.last("bind", full)
    }
    listener = fd
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(fd, nil, nil)
        guard client >= 0 else {
          close(fd)
          return
        }
        _ = send(client, greeting, greeting.count, CInt(MSG_NOSIGNAL))
        var buffer = Bytes(repeating: 0, count: 4096)
        let count = recv(client, &buffer, buffer.count, 0)
        if count > 0 { state.withLock { $0.append(Bytes(buffer[..<count])) } }
        if let reply { _ = send(client, reply, reply.count, CInt(MSG_NOSIGNAL)) }
        close(client)
      }
    }
  }

  /// The thread that accepts closes the descriptor: else it could take a client of another service that has
  /// got the same number meanwhile.
  func stop() {
    shutdown(listener, CInt(SHUT_RDWR))
    try? FileManager.default.removeItem(atPath: queueDirectory)
  }
}

/// Dialogue: facts postfix-ipc.md §5, §8.
@Suite struct `Clients of Postfix's services` {
  private func settings(_ queueDirectory: String) -> Settings {
    let values = [
      "queue_directory": queueDirectory, "address_verify_service_name": "verify",
      "flush_service_name": "flush", "ipc_timeout": "60",
    ]
    return Settings(entries: values.mapValues { Settings.Entry(value: $0, range: nil) })
  }

  private func parts(_ test: TestLoop) throws -> HostResolver {
    let dns = try DNSClient(loop: test.loop, resolverFile: "/nonexistent", port: 1)
    return HostResolver(dns: dns, protocols: ["all"], hostsFile: "/nonexistent")
  }

  private func verify(_ queueDirectory: String) throws -> (VerifyAnswer, [String]) {
    let test = try TestLoop()
    let client = VerifyClient(
      loop: test.loop, hosts: try parts(test), settings: settings(queueDirectory))
    var outcome: (VerifyAnswer, [String])?
    client.ask(Bytes("user@example.org")) { outcome = ($0, $1) }
    try test.run { outcome != nil }
    return try #require(outcome)
  }

  private let greeting = AttributeCodec.encode([
    ("protocol", Bytes("address_verification_prrotocol"))
  ])

  @Test func `learn the status of an address`() throws {
    let reply = AttributeCodec.encode([
      ("status", Bytes("0")), ("recipient_status", Bytes("2")), ("reason", Bytes("no such user")),
    ])
    let service = try FakeService("private/verify", greeting: greeting, reply: reply)
    defer { service.stop() }
    let (answer, log) = try verify(service.queueDirectory)
    #expect(answer == .status(2, text: Bytes("no such user")))
    #expect(log == [])
    #expect(
      service.requests == [
        AttributeCodec.encode([("request", Bytes("query")), ("address", Bytes("user@example.org"))])
      ])
  }

  @Test func `take a failing verify service for one`() throws {
    let reply = AttributeCodec.encode([
      ("status", Bytes("4294967295")), ("recipient_status", Bytes("0")), ("reason", []),
    ])
    let service = try FakeService("private/verify", greeting: greeting, reply: reply)
    defer { service.stop() }
    #expect(try verify(service.queueDirectory).0 == .failed)
    #expect(service.requests.count == 1)
  }

  @Test func `ask a second time where the service closes`() throws {
    let service = try FakeService("private/verify", greeting: greeting, reply: nil)
    defer { service.stop() }
    let (answer, log) = try verify(service.queueDirectory)
    #expect(answer == .failed)
    #expect(
      log == ["warning: problem talking to service private/verify: Application error"])
    #expect(service.requests.count == 2)
  }

  @Test func `talk to nobody who speaks another protocol`() throws {
    let other = AttributeCodec.encode([("protocol", Bytes("cleanup_protocol"))])
    let service = try FakeService("private/verify", greeting: other, reply: [])
    defer { service.stop() }
    #expect(try verify(service.queueDirectory).0 == .failed)
  }

  @Test func `fail where nobody listens`() throws {
    let (answer, log) = try verify("/nonexistent")
    #expect(answer == .failed)
    #expect(
      log == ["warning: problem talking to service private/verify: No such file or directory"])
  }

  @Test(arguments: [("0", 0), ("4", 4), ("4294967295", -1)] as [(String, Int)])
  func `learn what became of a flush request`(text: String, status: Int) throws {
    let service = try FakeService(
      "public/flush",
      greeting: AttributeCodec.encode([("protocol", Bytes("queue_flush_protocol"))]),
      reply: AttributeCodec.encode([("status", Bytes(text))]))
    defer { service.stop() }
    let test = try TestLoop()
    let client = FlushClient(
      loop: test.loop, hosts: try parts(test), settings: settings(service.queueDirectory))
    var outcome: Int??
    client.ask(Bytes("example.org")) { status, log in
      outcome = .some(status)
      #expect(log == [])
    }
    try test.run { outcome != nil }
    #expect(outcome == .some(status))
    #expect(
      service.requests == [
        AttributeCodec.encode([("request", Bytes("send_site")), ("site", Bytes("example.org"))])
      ])
  }

  // As the installed Postfix logs it when the fast flush service is missing (differential run, seed 31).
  @Test func `say that nobody listens for flush requests`() throws {
    let test = try TestLoop()
    let client = FlushClient(
      loop: test.loop, hosts: try parts(test), settings: settings("/nonexistent"))
    var outcome: (status: Int?, log: [String])?
    client.ask(Bytes("example.org")) { outcome = ($0, $1) }
    try test.run { outcome != nil }
    #expect(outcome?.status == nil)
    #expect(outcome?.log == ["warning: connect to public/flush: No such file or directory"])
  }
}
