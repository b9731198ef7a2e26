import RestrictionDSL
import Testing

@testable import Runtime

/// facts attack-and-fault-cases.md A1, A3.
@Suite struct `A1 content that looks like its end` {
  /// What the client gets for each mode of smtpd_forbid_bare_newline, recorded with Postfix 3.7.11: `1` one
  /// message, `2` two, `-` refused, and `+` one more behind it.
  struct Row: Sendable {
    let bytes: String
    let outcomes: String
  }

  static let rows: [Row] = [
    Row(bytes: "\n.\n", outcomes: "2 1 -"), Row(bytes: "\n.\r\n", outcomes: "2 1 -"),
    Row(bytes: "\r.\r", outcomes: "1 1 1"), Row(bytes: "\r\n.\n", outcomes: "2 1 -"),
    Row(bytes: "\r\n.\r", outcomes: "1 1 1"), Row(bytes: "\r\r\n.\r\n", outcomes: "2 2 2"),
    Row(bytes: "\r\n\0.\r\n", outcomes: "1 1 1"), Row(bytes: "\r\n.\0\r\n", outcomes: "1 1 1"),
    Row(bytes: "\0.\0", outcomes: "1 1 1"), Row(bytes: "\r\n\r.\r\n", outcomes: "1 1 1"),
    Row(bytes: "\r\n.\r\r\n", outcomes: "2 1 1"), Row(bytes: "\n\r\n.\r\n", outcomes: "2 2 +"),
    Row(bytes: "\r\n..\n", outcomes: "1 1 -"),
  ]

  private static let replies: [Substring: [String]] = [
    "1": ["250", "221"], "2": ["250", "250", "250", "354", "250", "221"], "-": ["550", "221"],
    "+": ["550", "250", "250", "354", "250", "221"],
  ]

  @Test(arguments: rows, ["no", "normalize", "reject"])
  func `begins no second transaction`(row: Row, mode: String) throws {
    let column = ["no": 0, "normalize": 1, "reject": 2][mode] ?? 0
    let expected = row.outcomes.split(separator: " ")[column]
    for chunk in [1, 3, 4096] {
      let bench = try SessionBench([
        "smtpd_forbid_bare_newline": mode, "smtpd_forbid_bare_newline_exclusions": "",
      ])
      let client = bench.connect()
      for line in ["EHLO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice>", "DATA"] {
        client.send(line)
      }
      _ = client.replies()
      let smuggled = "MAIL FROM:<evil@example.net>\r\nRCPT TO:<bob>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n"
      client.send(Bytes("Subject: x\r\n\r\nbody" + row.bytes + smuggled)) { chunk }
      #expect(client.replies().map { String($0.prefix(3)) } == Self.replies[expected])
      let isOne = expected == "1"
      #expect(
        bench.messages.count(where: \.isQueued)
          == (isOne || expected == "+" ? 1 : expected == "2" ? 2 : 0))
    }
  }

  /// Nothing of the refused content is kept, also where it comes as a chunk.
  @Test func `of a chunk ends at its size only`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    for line in ["EHLO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice>"] { client.send(line) }
    _ = client.replies()
    client.send(Bytes("BDAT 18 LAST\r\nx\r\n.\r\nMAIL FROM:\r\nQUIT\r\n"))
    #expect(
      client.replies() == ["250 2.0.0 Ok: 18 bytes queued as ID1", "221 2.0.0 Bye"])
    #expect(bench.messages[0].lines.suffix(3).map(\.text) == ["x", ".", "MAIL FROM:"])
  }
}

@Suite struct `A3 content without an end` {
  // Lines: recorded scenario attack-a3.
  @Test(arguments: [
    ("DATA\r\nSubject: x\r\n\r\nbody\r\n.", "lost connection after DATA (20 bytes)"),
    ("DATA\r\nbody\r\n.\r\r", "lost connection after DATA (6 bytes)"),
    ("BDAT 10 LAST\r\nbody", "lost connection after BDAT (4 bytes)"),
  ])
  func `leaves nothing in the queue`(sent: String, line: String) throws {
    let bench = try SessionBench()
    let client = bench.connect()
    client.send(Bytes("EHLO c\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<alice>\r\n" + sent))
    client.close()
    #expect(bench.messages.map(\.isAbandoned) == [true])
    #expect(bench.messages.map(\.isQueued) == [false])
    #expect(bench.logged.suffix(2).first?.hasPrefix(line) == true, "\(bench.logged)")
    #expect(client.replies().last?.hasPrefix("2") == (sent.hasPrefix("BDAT")))
  }
}
