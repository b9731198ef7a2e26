import Foundation
import Glibc
import RestrictionDSL
import Testing

@testable import Runtime

/// A socket in the place of `/dev/log`.
private final class LogDaemon {
  let path: String
  private var descriptor: CInt

  init(_ path: String) throws {
    self.path = path
    unlink(path)
    let address = try #require(SocketAddress(path: path))
    descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    try #require(address.withPointer { bind(descriptor, $0, $1) } == 0)
  }

  deinit { stop() }

  func stop() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlink(path)
  }

  /// Takes what is there, without the time.
  func lines() -> [String] {
    var found: [String] = []
    var bytes = [UInt8](repeating: 0, count: 4096)
    while case let count = recv(descriptor, &bytes, bytes.count, 0), count > 0 {
      let text = String(decoding: bytes[..<count], as: UTF8.self)
      found.append(
        text.replacing(#/^(<\d+>)[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /#) { $0.output.1 })
    }
    return found
  }
}

// The whole way, against what Postfix hands over: Tests/IntegrationTests/syslog.
@Suite struct `Syslog log` {
  private static func path() -> String {
    NSTemporaryDirectory() + "/syslog-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
  }

  // Source: RFC 3164 §4.1.1, facility 19 (local3), severity 6 and 4
  @Test func `sends facility and severity, the tag, and no NUL`() throws {
    let daemon = try LogDaemon(Self.path())
    let output = SyslogLog(facility: "local3", path: daemon.path)
    ServiceLog(output, name: "postfix").write("connect from unknown[127.0.0.1]")
    ServiceLog(output, name: "mx").write("warning: a\0b")
    #expect(
      daemon.lines() == [
        "<158>postfix/smtpd[\(getpid())]: connect from unknown[127.0.0.1]",
        "<156>mx/smtpd[\(getpid())]: warning: ab",
      ])
  }

  @Test func `finds a daemon that was started anew`() throws {
    let path = Self.path()
    let first = try LogDaemon(path)
    let log = ServiceLog(SyslogLog(facility: "mail", path: path), name: "postfix")
    log.write("one")
    #expect(first.lines().count == 1)
    first.stop()
    let second = try LogDaemon(path)
    log.write("two")
    #expect(second.lines() == ["<22>postfix/smtpd[\(getpid())]: two"])
  }

  @Test
  func `does not wait for a daemon that does not read, and loses nothing while there is room`()
    throws
  {
    let daemon = try LogDaemon(Self.path())
    let output = SyslogLog(facility: "mail", path: daemon.path)
    let log = ServiceLog(output, name: "postfix")
    for number in 0..<2000 { log.write("line \(number)") }
    var found: [String] = []
    while case let more = daemon.lines(), !more.isEmpty {
      found += more
      output.flush()
    }
    #expect(found == (0..<2000).map { "<22>postfix/smtpd[\(getpid())]: line \($0)" })
  }

  @Test func `counts what it had no room for`() throws {
    let daemon = try LogDaemon(Self.path())
    let output = SyslogLog(facility: "mail", path: daemon.path)
    let log = ServiceLog(output, name: "postfix")
    let long = String(repeating: "x", count: 1500)
    for _ in 0..<1500 { log.write(long) }
    var found: [String] = []
    while case let more = daemon.lines(), !more.isEmpty {
      found += more
      output.flush()
    }
    let kept = found.count - 1
    #expect(kept < 1500)
    #expect(
      found.last
        == "<20>postfix/smtpd[\(getpid())]: warning: log reader too slow: \(1500 - kept) lines dropped"
    )
  }
}
