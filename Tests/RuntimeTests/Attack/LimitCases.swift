import Foundation
import RestrictionDSL
import Testing

@testable import Runtime

/// facts attack-and-fault-cases.md D1, D2, D4; D3 needs sockets and is in Tests/IntegrationTests/attacks, where
/// D1 is sent by the gigabyte.
@Suite(.serialized) struct `D1 lines without end` {
  @Test func `as a command cost no memory and are cut`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    _ = client.replies()
    let block = Bytes(repeating: 0x41, count: 65_536)
    client.send(Bytes("NOOP "))
    client.send(block)
    let before = try residentBytes()
    for _ in 0..<512 { client.send(block) }
    let grown = try residentBytes() - before
    #expect(grown < 2_000_000)
    #expect(client.say("") == ["250 2.0.0 Ok"])
    #expect(
      bench.logged.last
        == "warning: localhost[127.0.0.1]: request longer than 2048: NOOP "
        + String(repeating: "A", count: 25)
        + "...")
  }

  @Test func `in a header are given up at the size limit`() throws {
    let bench = try SessionBench(["message_size_limit": "100000"])
    let client = bench.connect()
    for line in ["MAIL FROM:<a@example.net>", "RCPT TO:<alice>", "DATA"] { client.send(line) }
    _ = client.replies()
    client.send(Bytes("X-Long: "))
    let block = Bytes(repeating: 0x41, count: 65_536)
    for _ in 0..<4 { client.send(block) }
    let before = try residentBytes()
    for _ in 0..<512 { client.send(block) }
    let grown = try residentBytes() - before
    #expect(grown < 2_000_000)
    #expect(client.say("\r\n.") == ["552 5.3.4 Error: message file too big"])
    #expect(bench.logged.contains("warning: ID1: queue file size limit exceeded"))
    #expect(bench.messages.map(\.isAbandoned) == [true])
  }
}

@Suite struct `D2 slow senders` {
  private func drip(
    _ bench: SessionBench, _ client: BenchConnection, every seconds: UInt64, times: Int
  ) {
    for _ in 0..<times where !client.isClosed {
      if seconds * 1000 >= client.timeLimit {
        client.timeOut()
      } else {
        bench.now += seconds * 1000
        client.send(Bytes("x"))
      }
    }
  }

  static let timeout = "421 4.4.2 mail.example.com Error: timeout exceeded"

  /// smtpd_timeout is for one read: a byte in 299 s keeps the session.
  @Test func `may take their time without a deadline`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    drip(bench, client, every: 299, times: 50)
    #expect(!client.isClosed)
    drip(bench, client, every: 300, times: 1)
    #expect(client.replies().last == Self.timeout)
  }

  /// With smtpd_per_request_deadline it is for the whole command.
  @Test func `are cut off at the deadline`() throws {
    let bench = try SessionBench(["smtpd_per_request_deadline": "yes"])
    let client = bench.connect()
    drip(bench, client, every: 299, times: 2)
    #expect(client.isClosed)
    #expect(client.replies().last == Self.timeout)
    #expect(bench.logged.contains("timeout after CONNECT from localhost[127.0.0.1]"))
    // The next client is served as ever.
    let next = bench.connect()
    #expect(next.replies() == ["220 mail.example.com ESMTP Postfix"])
    #expect(next.timeLimit == 300_000)
  }

  /// A byte a second of content is less than smtpd_min_data_rate, 500: the deadline comes.
  @Test func `of content are cut off below the least rate`() throws {
    let bench = try SessionBench(["smtpd_per_request_deadline": "yes"])
    let client = bench.connect()
    for line in ["MAIL FROM:<a@example.net>", "RCPT TO:<alice>", "DATA"] { client.send(line) }
    let began = bench.now
    drip(bench, client, every: 1, times: 1000)
    #expect(client.isClosed)
    #expect(client.replies().last == Self.timeout)
    #expect((300_000...302_000).contains(bench.now - began))
    #expect(bench.messages.map(\.isAbandoned) == [true])
  }

  /// postconf(5): under stress 10 s, and for the whole request.
  @Test func `have ten seconds under stress`() throws {
    let bench = try SessionBench(["stress": "yes"])
    let client = bench.connect()
    #expect(client.timeLimit == 10_000)
    drip(bench, client, every: 4, times: 3)
    #expect(client.isClosed)
    #expect(client.replies().last == Self.timeout)
    let noisy = bench.connect()
    _ = noisy.replies()
    // smtpd_hard_error_limit is 1.
    #expect(
      noisy.say("FOO") == [
        "500 5.5.2 Error: command not recognized",
        "421 4.7.0 mail.example.com Error: too many errors",
      ])
  }
}

@Suite struct `D4 floods of commands` {
  private func flood(_ values: [String: String], _ first: [String], _ line: String) throws
    -> [String]
  {
    let bench = try SessionBench(values)
    let client = bench.connect()
    for line in first { client.send(line) }
    _ = client.replies()
    var count = 0
    while !client.isClosed, count < 100_000 {
      client.send(line)
      count += 1
    }
    #expect(client.isClosed)
    return client.replies()
  }

  // Limits: facts smtp-session.md §3; defaults of 3.7.
  @Test func `of recipients end behind the overshoot`() throws {
    let replies = try flood(
      ["smtpd_error_sleep_time": "0"], ["EHLO c", "MAIL FROM:<a@example.net>"], "RCPT TO:<alice>")
    #expect(replies.count { $0 == "250 2.1.5 Ok" } == 1000)
    #expect(replies.count { $0 == "452 4.5.3 Error: too many recipients" } == 1000 + 20)
    #expect(replies.last == "421 4.7.0 mail.example.com Error: too many errors")
  }

  @Test func `of errors end at the hard limit`() throws {
    let replies = try flood(["smtpd_error_sleep_time": "0"], [], "FOO")
    #expect(replies.count == 21)
    #expect(replies.last == "421 4.7.0 mail.example.com Error: too many errors")
  }

  @Test func `of NOOP end at the junk limit`() throws {
    let replies = try flood(["smtpd_error_sleep_time": "0"], [], "NOOP")
    #expect(replies.count { $0 == "250 2.0.0 Ok" } == 100 + 1 + 20)
    #expect(replies.last == "421 4.7.0 mail.example.com Error: too many errors")
  }
}
