import RestrictionDSL
import Testing

@testable import Runtime

/// Time limits, pauses and limits of what a client may do.
@Suite struct SessionTimeTests {
  /// facts smtp-session.md §8.
  @Test func `says that the time limit was exceeded`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    _ = client.replies()
    #expect(client.timeLimit == 300_000)
    client.send("NOOP")
    client.timeOut()
    #expect(
      client.replies() == ["250 2.0.0 Ok", "421 4.4.2 mail.example.com Error: timeout exceeded"])
    #expect(client.isClosed)
    #expect(
      bench.logged == [
        "connect from localhost[127.0.0.1]",
        "timeout after NOOP from localhost[127.0.0.1]",
        "disconnect from localhost[127.0.0.1] noop=1 commands=1",
      ])
  }

  /// postconf(5) smtpd_per_request_deadline: the limit is for the whole command.
  @Test func `counts all waiting for one command`() throws {
    let bench = try SessionBench(["smtpd_per_request_deadline": "yes", "smtpd_timeout": "10s"])
    let client = bench.connect()
    for _ in 0..<3 {
      bench.now += 3_000
      client.send(Bytes("N"))
    }
    #expect(client.timeLimit == 1_000)
    bench.now += 1_000
    client.send(Bytes("OOP"))
    #expect(client.replies().last == "421 4.4.2 mail.example.com Error: timeout exceeded")
  }

  /// Without a deadline every read has the whole limit, and the next command too.
  @Test func `gives every read its own limit`() throws {
    let bench = try SessionBench(["smtpd_timeout": "10s"])
    let client = bench.connect()
    for _ in 0..<5 {
      bench.now += 9_000
      client.send(Bytes("N"))
      #expect(client.timeLimit == 10_000)
    }
    #expect(!client.isClosed)
  }

  /// postconf(5) smtpd_min_data_rate.
  @Test func `extends the deadline by the data that comes`() throws {
    let bench = try SessionBench([
      "smtpd_per_request_deadline": "yes", "smtpd_timeout": "10s", "smtpd_min_data_rate": "100",
    ])
    let client = bench.connect()
    client.send("MAIL FROM:<a@example.net>")
    client.send("RCPT TO:<alice>")
    client.send("DATA")
    #expect(client.timeLimit == 10_000)
    bench.now += 5_000
    client.send(Bytes(repeating: 0x61, count: 198) + [13, 10])
    #expect(client.timeLimit == 7_000)
    bench.now += 1_000
    client.send(Bytes(repeating: 0x61, count: 1998) + [13, 10])
    #expect(client.timeLimit == 10_000)
  }

  /// facts smtp-session.md §2: every reply waits from the soft limit on.
  @Test func `slows down a client that makes errors`() throws {
    let bench = try SessionBench([
      "smtpd_soft_error_limit": "2", "smtpd_error_sleep_time": "3s", "smtpd_hard_error_limit": "4",
    ])
    let client = bench.connect()
    for _ in 0..<2 { client.send("FOO") }
    #expect(bench.pauses.isEmpty)
    client.send("NOOP")
    client.send("FOO")
    client.send("FOO")
    #expect(bench.pauses == [3000, 3000, 3000, 3000])
    #expect(
      client.replies().suffix(3) == [
        "500 5.5.2 Error: command not recognized", "500 5.5.2 Error: command not recognized",
        "421 4.7.0 mail.example.com Error: too many errors",
      ])
    #expect(client.isClosed)
  }

  /// facts smtp-session.md §9: the connection counts until it is closed.
  @Test func `counts open connections`() throws {
    let bench = try SessionBench([
      "smtpd_client_connection_count_limit": "2", "mynetworks": "10.0.0.0/8",
      "smtpd_authorized_xclient_hosts": "",
    ])
    let first = bench.connect()
    let second = bench.connect()
    let third = bench.connect()
    #expect(
      third.replies() == [
        "421 4.7.0 mail.example.com Error: too many connections from 127.0.0.1"
      ])
    #expect(third.isClosed)
    first.close()
    #expect(bench.connect().replies() == ["220 mail.example.com ESMTP Postfix"])
    second.close()
  }

  /// postconf(5) smtpd_client_ipv4_prefix_length, of 3.8: clients of one network share their limits.
  @Test(arguments: [("32", false), ("24", true), ("25", false)])
  func `counts clients of a network together`(length: String, isShared: Bool) throws {
    let bench = try SessionBench([
      "smtpd_client_connection_count_limit": "1", "mynetworks": "10.0.0.0/8",
      "smtpd_client_ipv4_prefix_length": length, "smtpd_authorized_xclient_hosts": "",
    ])
    let first = bench.connect(from: .v4(0xC000_0201))
    let second = bench.connect(from: .v4(0xC000_02FF))
    #expect(second.isClosed == isShared)
    first.close()
    #expect(!bench.connect(from: .v4(0xC000_0202)).isClosed)
  }

  /// smtpd_per_record_deadline is the older name.
  @Test func `knows the deadline by its older name`() throws {
    let bench = try SessionBench(["smtpd_per_record_deadline": "yes", "smtpd_timeout": "10s"])
    let client = bench.connect()
    bench.now += 3_000
    client.send(Bytes("N"))
    #expect(client.timeLimit == 7_000)
  }

  /// The owner gives up: the limiter and the log learn of it, an open message goes away.
  @Test func `can be cancelled`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    client.send("MAIL FROM:<a@example.net>")
    client.send("RCPT TO:<alice>")
    client.session.cancel(now: bench.now)
    client.session.cancel(now: bench.now)
    #expect(bench.messages.map(\.isAbandoned) == [true])
    #expect(
      bench.logged.last == "disconnect from localhost[127.0.0.1] mail=1 rcpt=1 commands=2")
    #expect(bench.logged.count == 3)
  }

  /// A newer configuration is used between transactions only.
  @Test func `changes to a new service between transactions`() throws {
    let old = try SessionBench(["smtpd_banner": "old"])
    let new = try SessionBench(["disable_vrfy_command": "yes"])
    let client = old.connect()
    client.send("MAIL FROM:<a@example.net>")
    client.session.adopt(new.service)
    #expect(!client.session.isIdle)
    _ = client.replies()
    #expect(client.say("VRFY alice") == ["252 2.0.0 alice"])
    _ = client.say("RSET")
    #expect(client.session.isIdle)
    #expect(client.say("VRFY alice") == ["502 5.5.1 VRFY command is disabled"])
  }
}
