import Foundation
import Glibc
import RestrictionDSL
import Testing

@testable import Runtime

/// A configuration directory with a queue, and a server on a free port of 127.0.0.1.
final class ServerStage {
  let directory: String
  let log = RecordedLog()
  let server: Server
  private var clients: [CInt] = []

  init(
    _ settings: [String: String] = [:], isStrict: Bool = false,
    options change: (inout Server.Options) throws -> Void = { _ in }
  ) throws {
    directory = try ServerStage.makeDirectory()
    try ServerStage.write(settings, to: directory)
    var options = Server.Options(
      directory: directory, addresses: [ListenAddress(.v4(0x7F00_0001), port: 0)],
      isStrict: isStrict)
    try change(&options)
    server = try Server(options, output: log, ownsProcess: false)
  }

  deinit {
    for client in clients { close(client) }
    try? FileManager.default.removeItem(atPath: directory)
  }

  static func makeDirectory() throws -> String {
    let directory = NSTemporaryDirectory() + "smtpd-server-\(UUID().uuidString)"
    for folder in ["incoming", "hold", "active", "deferred", "private", "public"] {
      try FileManager.default.createDirectory(
        atPath: directory + "/" + folder, withIntermediateDirectories: true)
    }
    return directory
  }

  static func write(_ settings: [String: String], to directory: String) throws {
    let base = [
      "compatibility_level": "3.6", "myhostname": "mail.example.com", "mydomain": "example.com",
      "mydestination": "example.com", "queue_directory": directory,
      "data_directory": directory, "inet_interfaces": "127.0.0.1",
      "local_recipient_maps": "inline:{ {alice=1} }", "smtpd_peername_lookup": "no",
      "alias_maps": "",
    ]
    let text = base.merging(settings) { $1 }.map { "\($0) = \($1)\n" }.sorted().joined()
    try text.write(toFile: directory + "/main.cf", atomically: true, encoding: .utf8)
  }

  func run(until isDone: () -> Bool) throws {
    let end = EventLoop.clock() + 60_000
    while !isDone() {
      guard EventLoop.clock() < end else { throw TestLoop.TooLate() }
      server.loop.turn(limit: 20)
    }
  }

  func connect() throws -> CInt {
    let fd = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    let address = SocketAddress(.v4(0x7F00_0001), port: try #require(server.ports.first))
    try #require(address.withPointer { Glibc.connect(fd, $0, $1) } == 0)
    clients.append(fd)
    return fd
  }

  /// Sends a line, if any, and reads one reply of one line; `""` at the end of the connection.
  func ask(_ fd: CInt, _ line: String?) throws -> String {
    if let line {
      let bytes = Bytes(line + "\r\n")
      try #require(send(fd, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count)
    }
    var text = Bytes()
    var isOver = false
    try run {
      var byte: UInt8 = 0
      while text.last != 0x0A {
        let count = recv(fd, &byte, 1, CInt(MSG_DONTWAIT))
        if count == 0 { isOver = true }
        guard count == 1 else { break }
        text.append(byte)
      }
      return text.last == 0x0A || isOver
    }
    return Bytes(text.trimmedASCIISpace).text
  }
}
