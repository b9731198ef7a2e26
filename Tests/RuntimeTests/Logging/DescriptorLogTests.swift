import Foundation
import Glibc
import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `Descriptor log` {
  // The form that facts postfix-ipc.md §1.12 shows.
  @Test func `writes lines in the form of Postfix's log files`() throws {
    let file = try TemporaryFile("")
    let output = try DescriptorLog(path: file.path, hostName: "mx.example.com")
    ServiceLog(output, name: "postfix").write("connect from unknown[127.0.0.1]")
    ServiceLog(output, name: "postfix/submission").write("warning: x")
    output.flush()
    let lines = try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n")
    let stamp = #/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d mx /#
    try #require(lines.count == 2)
    for line in lines { #expect(line.prefixMatch(of: stamp) != nil) }
    #expect(
      lines.map { $0.replacing(stamp, with: "") } == [
        "postfix/smtpd[\(getpid())]: connect from unknown[127.0.0.1]",
        "postfix/submission/smtpd[\(getpid())]: warning: x",
      ])
  }

  @Test func `goes on in a new file when the old one was renamed`() throws {
    let file = try TemporaryFile("")
    let output = try DescriptorLog(path: file.path, hostName: "mx")
    ServiceLog(output, name: "postfix").write("one")
    rename(file.path, file.path + ".1")
    defer { unlink(file.path + ".1") }
    output.reopen()
    ServiceLog(output, name: "postfix").write("two")
    output.flush()
    #expect(try String(contentsOfFile: file.path + ".1", encoding: .utf8).hasSuffix("]: one\n"))
    #expect(try String(contentsOfFile: file.path, encoding: .utf8).hasSuffix("]: two\n"))
  }

  @Test func `does not wait for a reader that does not read`() throws {
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    let output = DescriptorLog(descriptor: ends[1], hostName: "mx")
    let log = ServiceLog(output, name: "postfix")
    let line = String(repeating: "x", count: 1000)
    for _ in 0..<5000 {
      log.write(line)
      output.flush()
    }
    // Now somebody reads: what was kept comes, then how much was lost.
    var text = Bytes()
    var buffer = Bytes(repeating: 0, count: 65_536)
    fcntlNonBlocking(ends[0])
    for _ in 0..<200 {
      let count = read(ends[0], &buffer, buffer.count)
      if count > 0 { text += buffer[..<count] }
      output.flush()
    }
    close(ends[0])
    close(ends[1])
    #expect(text.text.contains("]: warning: log reader too slow: "))
  }

  private func fcntlNonBlocking(_ fd: CInt) {
    _ = fcntl(fd, F_SETFL, O_NONBLOCK)
  }
}
