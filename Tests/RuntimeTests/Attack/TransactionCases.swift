import Foundation
import RestrictionDSL
import Testing

@testable import Runtime

/// facts attack-and-fault-cases.md C1–C4: no command leaves half a transaction behind.
@Suite(.serialized) struct `C1 error paths of BDAT` {
  private func start(_ values: [String: String] = [:]) throws -> (SessionBench, BenchConnection) {
    let bench = try SessionBench(values)
    let client = bench.connect()
    for line in ["EHLO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice>"] { client.send(line) }
    _ = client.replies()
    return (bench, client)
  }

  /// Postfix 3.7 keeps the recipients of a refused last chunk (known defect D4): there ours is the safer answer.
  @Test(arguments: [
    (
      "BDAT 1001 LAST\r\n" + String(repeating: "x", count: 1001),
      "552 5.3.4 Chunk exceeds message size limit"
    ),
    ("BDAT 0\r\nBDAT 0 LAST\r\n", "551 5.0.0 Discarded 0 bytes after earlier error"),
    (
      "BDAT 600\r\n" + String(repeating: "x", count: 600) + "BDAT 600 LAST\r\n"
        + String(repeating: "y", count: 600), "552 5.3.4 Error: message file too big"
    ),
  ])
  func `reset the whole transaction`(chunks: String, reply: String) throws {
    let (bench, client) = try start(["message_size_limit": "1000"])
    client.send(Bytes(chunks))
    #expect(client.replies().last == reply)
    #expect(client.session.state == SessionState())
    #expect(client.session.transaction == nil && client.session.reception == nil)
    #expect(bench.messages.map(\.isAbandoned) == [true])
    #expect(client.say("DATA") == ["503 5.5.1 Error: need RCPT command"])
    #expect(client.say("RCPT TO:<bob>") == ["503 5.5.1 Error: need MAIL command"])
  }

  @Test func `drop what RSET has ended`() throws {
    let (bench, client) = try start()
    client.send(Bytes("BDAT 4\r\none\nRSET\r\nMAIL FROM:<b@example.net>\r\nRCPT TO:<bob>\r\n"))
    client.send(Bytes("BDAT 4 LAST\r\ntwo\n"))
    #expect(client.replies().last == "250 2.0.0 Ok: 5 bytes queued as ID2")
    #expect(bench.messages.map(\.isAbandoned) == [true, false])
    #expect(bench.messages[1].lines.last == Bytes("two"))
    #expect(bench.messages[1].recipients.map(\.address.text) == ["bob"])
  }

  /// A million one-byte chunks with ATTACK_FULL=1, a hundredth of them otherwise.
  @Test func `hold no memory for one-byte chunks`() throws {
    let count = ProcessInfo.processInfo.environment["ATTACK_FULL"] == nil ? 10_000 : 1_000_000
    let (bench, client) = try start(["message_size_limit": "0"])
    let chunk = Bytes("BDAT 1\r\nx")
    for _ in 0..<2_000 { client.send(chunk) }
    _ = client.replies()
    let before = try residentBytes()
    for _ in 0..<count {
      client.send(chunk)
      _ = client.replies()
    }
    let grown = try residentBytes() - before
    #expect(grown < 8_000_000 + count)
    #expect(client.say("DATA") == ["503 5.5.1 Error: DATA after BDAT"])
    client.send(Bytes("BDAT 0 LAST\r\n"))
    // Two bytes more for each piece of line_length_limit.
    let size = count + 2_000
    #expect(
      client.replies() == ["250 2.0.0 Ok: \(size + (size + 2_047) / 2_048 * 2) bytes queued as ID1"]
    )
    #expect(bench.messages[0].lines.last?.count == count + 2_000)
  }
}

/// Memory of this process that is in use, from proc(5).
func residentBytes() throws -> Int {
  let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
  return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
}

@Suite struct `C2 commands behind a refused message` {
  // Replies: recorded scenario attack-c2; DATA kills smtpd of 3.7 (known defect D1), and ours answers.
  @Test func `need a new recipient, who is judged anew`() throws {
    let bench = try SessionBench([
      "smtpd_end_of_data_restrictions":
        "check_sender_access inline:{ {u@example.net=REJECT at the end} }",
      "smtpd_recipient_restrictions":
        "reject_unauth_destination, check_recipient_access inline:{ {bob@example.com=REJECT not you} }",
    ])
    let client = bench.connect()
    for line in ["EHLO c", "MAIL FROM:<u@example.net>", "RCPT TO:<alice@example.com>", "DATA"] {
      client.send(line)
    }
    _ = client.replies()
    let refused = "554 5.7.1 <u@example.net>: Sender address rejected: at the end"
    #expect(client.say("x\r\n.") == [refused])
    #expect(client.say("DATA") == ["503 5.5.1 Error: need RCPT command"])
    client.send(Bytes("BDAT 2 LAST\r\nxx"))
    #expect(client.replies() == ["503 5.5.1 Error: need RCPT command"])
    #expect(client.say("RCPT TO:<bob@example.com>") == ["503 5.5.1 Error: need MAIL command"])
    for line in ["MAIL FROM:<u@example.net>", "RCPT TO:<alice@example.com>", "DATA", "x\r\n."] {
      client.send(line)
    }
    #expect(client.replies().last == refused)
    #expect(
      client.say("RCPT TO:<bob@example.com>") == [
        "554 5.7.1 <bob@example.com>: Recipient address rejected: not you"
      ])
    #expect(client.say("DATA") == ["503 5.5.1 Error: need RCPT command"])
    #expect(client.say("MAIL FROM:<v@example.net>") == ["503 5.5.1 Error: nested MAIL command"])
    #expect(client.say("RCPT TO:<carol@example.com>") == ["250 2.1.5 Ok"])
    #expect(client.say("RSET") == ["250 2.0.0 Ok"])
    #expect(bench.messages.map(\.isAbandoned) == [true, true, true])
  }
}

/// Everything that belongs to a transaction.
private struct Snapshot: Hashable {
  let state: SessionState
  let sender: Bytes?
  let smtputf8: Bool?
  let body: String?
  let firstRecipient: Bytes?
  let recipients: [Recipient]
  let facts: [Bytes?]
  let numbers: [Int]

  init(_ client: BenchConnection) {
    let session = client.session
    state = session.state
    sender = session.transaction?.sender
    smtputf8 = session.transaction?.smtputf8
    body = session.transaction.map { "\($0.options.body)" }
    firstRecipient = session.transaction?.firstRecipient
    recipients = client.bench.messages.last { !$0.isAbandoned }?.recipients ?? []
    facts = [
      session.facts.sender, session.facts.recipient, session.facts.queueID, session.facts.helo,
    ]
    numbers = [
      session.facts.size, session.facts.recipientCount, session.facts.smtputf8 ? 1 : 0,
      session.reception?.size ?? -1,
    ]
  }
}

@Suite struct `C3 questions and resets in every state` {
  static let states: [String: [String]] = [
    "connected": [], "greeted": ["EHLO c"], "with sender": ["EHLO c", "MAIL FROM:<a@example.net>"],
    "with recipients": [
      "EHLO c", "MAIL FROM:<a@example.net> SIZE=77", "RCPT TO:<alice>", "RCPT TO:<bob>",
    ],
    "with UTF-8": [
      "EHLO c", "MAIL FROM:<é@example.net> SMTPUTF8 BODY=8BITMIME", "RCPT TO:<alice>",
    ],
    "in chunks": ["EHLO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice>", "BDAT 3\r\na"],
    "in failed chunks": ["EHLO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice>", "BDAT 0"],
  ]

  static let questions = [
    "VRFY alice@example.com", "VRFY nobody@example.com", "VRFY <u@é.example>",
    "VRFY <é@example.com>",
    "VRFY <é@example.com> SMTPUTF8", "VRFY", "EXPN x", "ETRN example.com", "ETRN @é.example",
    "ETRN",
    "HELO", "EHLO", "RSET x", "NOOP", "HELP", "FOO", "AUTH PLAIN", "STARTTLS", "XCLIENT FOO",
    "XFORWARD NAME=x", "RCPT TO:<nobody@example.com>", "RCPT TO:<x",
    "DATA x",
  ]

  @Test(arguments: states.keys.sorted())
  func `change nothing by a question`(name: String) throws {
    for question in Self.questions {
      let bench = try SessionBench(["smtpd_authorized_xclient_hosts": ""])
      let client = bench.connect()
      for line in Self.states[name] ?? [] { client.send(line) }
      let before = Snapshot(client)
      _ = client.replies()
      client.send(question)
      let replies = client.replies()
      #expect(replies.count == 1 && !client.isClosed, "\(question)")
      #expect(Snapshot(client) == before, "\(question)")
    }
  }

  @Test(arguments: states.keys.sorted(), ["RSET", "HELO d", "EHLO d"])
  func `forget everything by a reset`(name: String, reset: String) throws {
    let bench = try SessionBench()
    let client = bench.connect()
    for line in Self.states[name] ?? [] { client.send(line) }
    client.send(reset)
    let after = Snapshot(client)
    #expect(after.state == SessionState())
    #expect(after.sender == nil && after.firstRecipient == nil && after.smtputf8 == nil)
    #expect(after.facts.prefix(3) == [nil, nil, nil])
    #expect(after.numbers == [0, 0, 0, -1])
    #expect(!bench.messages.map(\.isAbandoned).contains(false))
  }
}

@Suite struct `C4 commands out of order` {
  // Replies: recorded scenario attack-c4.
  @Test func `are refused, and only accepted recipients get the message`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    _ = client.replies()
    let dialogue = [
      ("RCPT TO:<alice>", "503 5.5.1 Error: need MAIL command"),
      ("DATA", "503 5.5.1 Error: need RCPT command"), ("MAIL FROM:<a@example.net>", "250 2.1.0 Ok"),
      ("MAIL FROM:<b@example.net>", "503 5.5.1 Error: nested MAIL command"),
      ("DATA", "554 5.5.1 Error: no valid recipients"), ("RCPT TO:<alice>", "250 2.1.5 Ok"),
      (
        "RCPT TO:<nobody>",
        "550 5.1.1 <nobody>: Recipient address rejected: User unknown in local recipient table"
      ), ("RCPT TO:<bob>", "250 2.1.5 Ok"), ("DATA", "354 End data with <CR><LF>.<CR><LF>"),
      ("Subject: x\r\n.", "250 2.0.0 Ok: queued as ID1"),
      ("DATA", "503 5.5.1 Error: need RCPT command"),
    ]
    for (line, reply) in dialogue { #expect(client.say(line) == [reply], "\(line)") }
    #expect(bench.messages.map(\.head.sender.text) == ["a@example.net"])
    #expect(
      bench.messages[0].recipients.map(\.address.text) == ["alice", "bob"])
  }
}
