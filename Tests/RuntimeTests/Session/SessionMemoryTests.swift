import Foundation
import RestrictionDSL
import Testing

@testable import Runtime

/// What sessions cost while nothing happens.
@Suite(.serialized) struct SessionMemoryTests {
  /// Memory of this process that is in use, from proc(5).
  private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
  }

  /// What malloc(3) gave for an object.
  private func allocatedBytes(_ object: AnyObject) throws -> Int {
    let symbol = try #require(dlsym(nil, "malloc_usable_size"))
    let size = unsafeBitCast(
      symbol, to: (@convention(c) (UnsafeMutableRawPointer) -> Int).self)
    return size(Unmanaged.passUnretained(object).toOpaque())
  }

  /// An idle session and everything it alone holds: with the connection around it, ten thousand of
  /// them stay below 2 KB each.
  @Test func `an idle session is small`() throws {
    let bench = try SessionBench(["smtpd_authorized_xclient_hosts": ""])
    let client = bench.connect()
    client.send("EHLO client.example.net")
    let session = client.session
    func buffer(_ capacity: Int) -> Int { capacity == 0 ? 0 : 32 + capacity + 8 }
    let facts = session.facts
    let texts = [
      facts.client.name, facts.client.addressText, facts.client.port, facts.client.nameAndAddress,
      facts.helo ?? [],
    ]
    let own = try allocatedBytes(session)
    let all =
      own + texts.reduce(0) { $0 + buffer($1.capacity) } + buffer(session.transcript.capacity)
    #expect(own <= 800, "\(own) bytes for the session itself")
    #expect(all <= 1280, "\(all) bytes with its texts")
    #expect(session.transient == nil && session.work == nil)
  }

  /// D1 of the attack cases: a line without end.
  @Test func `a command line without end costs nothing`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    _ = client.replies()
    let block = Bytes(repeating: 0x41, count: 65_536)
    let before = try residentBytes()
    for _ in 0..<160 { client.send(block) }
    #expect(try residentBytes() - before < 1_000_000)
    #expect(
      client.say("") == ["500 5.5.2 Error: command not recognized"])
    #expect(
      bench.logged.last
        == "warning: localhost[127.0.0.1]: request longer than 2048: "
        + String(repeating: "A", count: 30) + "...")
  }

  /// The same in the content: it goes on in pieces of line_length_limit.
  @Test func `a content line without end goes through in pieces`() throws {
    let bench = try SessionBench(["message_size_limit": "0"])
    let client = bench.connect()
    for line in ["MAIL FROM:<a@example.net>", "RCPT TO:<alice>", "DATA"] { client.send(line) }
    let block = Bytes(repeating: 0x41, count: 65_536)
    for _ in 0..<16 { client.send(block) }
    _ = client.replies()
    #expect(client.say("\r\n.") == ["250 2.0.0 Ok: queued as ID1"])
    #expect(bench.messages[0].lines.last == Bytes(repeating: 0x41, count: 16 * 65_536))
  }
}
