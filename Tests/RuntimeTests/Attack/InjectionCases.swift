import RestrictionDSL
import Testing

@testable import Runtime

/// facts attack-and-fault-cases.md E1, E2, H1, H2, H4.
///
/// What each input is answered is recorded in the scenarios attack-e1-*, attack-e2, attack-h1 and
/// attack-h4; here is what must hold for all of them.
@Suite struct `E1 hostile addresses` {
  /// A policy service and the queue manager read lines and records: a line end inside would begin another.
  static let inputs: [Bytes] = [
    Bytes("<\"a\\\u{0}b\"@example.com>"), Bytes("<alice%0a@example.com>"),
    Bytes("<\"a\\\rb\"@example.com>"),
    Bytes("<a\rb@example.com>"), Bytes("<\"a\tb\"@example.com>"),
    Bytes("<\"a\u{1}b\"@example.com>"),
    Bytes("<user%a@b>"), Bytes("<user!x>"), Bytes("<@a,@b:c@d>"), Bytes("<alice@example.com.>"),
    Bytes("<@>"), Bytes("<>"), Bytes("<\"\"@example.com>"),
    Bytes("<") + Bytes(repeating: 0x6C, count: 2000)
      + Bytes("@example.com>"),
    Bytes("<alice@") + Bytes(repeating: 0x64, count: 300) + Bytes(".com>"),
    Bytes("<alice@[IPv6:::1]>"), Bytes("<alice@[999.1.1.1]>"), Bytes("<аlice@example.com>"),
    Bytes("<alice@exаmple.com>"), [0x3C, 0xFF, 0xFE, 0x3E],
  ]

  @Test(arguments: inputs, ["no", "yes"])
  func `put no line end into log, policy or queue`(path: Bytes, isStrict: String) throws {
    let bench = try SessionBench([
      "strict_rfc821_envelopes": isStrict, "smtputf8_enable": "no",
      "smtpd_recipient_restrictions":
        "reject_unauth_destination, check_policy_service inet:127.0.0.1:1, permit",
      "smtpd_hard_error_limit": "1000", "local_recipient_maps": "",
    ])
    let client = bench.connect()
    client.send("EHLO c")
    for command in ["MAIL FROM:", "RCPT TO:", "VRFY "] {
      client.send(Bytes(command) + path + [0x0D, 0x0A])
      if command == "MAIL FROM:" { client.send("MAIL FROM:<a@example.net>") }
    }
    #expect(!client.isClosed)
    for line in bench.logged {
      #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "\(line)")
    }
    for case .policy(_, let request, _) in bench.questions {
      // Every line is an attribute, and the request ends with its only empty line.
      let lines = request.text.components(separatedBy: "\n")
      #expect(lines.suffix(2) == ["", ""] && lines.dropLast(2).allSatisfy { $0.contains("=") })
      #expect(Set(lines.dropLast(2).map { $0.prefix { $0 != "=" } }).count == lines.count - 2)
    }
    for recipient in bench.messages.flatMap(\.recipients) {
      #expect(!recipient.address.contains { $0 == 0x0A || $0 == 0 })
    }
  }
}

@Suite struct `E2 abuse of parameters` {
  /// Numbers beyond every integer must not trap: they are answered, and the session goes on.
  @Test(arguments: [
    "SIZE=99999999999999999999", "SIZE=9223372036854775807", "SIZE=9223372036854775808",
    "SIZE=18446744073709551616", "SIZE=-1", "SIZE=1 SIZE=99999999999999999999", "BODY=BINARYMIME",
    "RET=FULL RET=FULL", "ENVID=a ENVID=b", "ENVID=+", "ENVID=+0", "AUTH=x AUTH=y", "SIZE=", "FOO",
  ])
  func `of MAIL is refused and leaves no transaction`(option: String) throws {
    let bench = try SessionBench()
    let client = bench.connect()
    _ = client.replies()
    let reply = try #require(client.say("MAIL FROM:<a@example.net> \(option)").first)
    #expect(["501", "503", "552", "555"].contains(reply.prefix(3)), "\(reply)")
    #expect(client.session.transaction == nil && !client.session.state.hasSender)
    client.send("RSET")
    _ = client.replies()
    #expect(client.say("MAIL FROM:<a@example.net>") == ["250 2.1.0 Ok"])
  }

  @Test(arguments: [
    "ORCPT=rfc822;+", "ORCPT=rfc822;+0", "ORCPT=;a", "ORCPT=a", "ORCPT=rfc822;a ORCPT=rfc822;b",
    "NOTIFY=", "NOTIFY=NEVER,DELAY", "NOTIFY=SUCCESS NOTIFY=DELAY", "NOTIFY=x", "FOO", "SIZE=1",
  ])
  func `of RCPT is refused and adds no recipient`(option: String) throws {
    let bench = try SessionBench()
    let client = bench.connect()
    client.send("MAIL FROM:<a@example.net>")
    _ = client.replies()
    let reply = try #require(client.say("RCPT TO:<alice> \(option)").first)
    #expect(["501", "555"].contains(reply.prefix(3)), "\(reply)")
    #expect(client.session.state.recipients == 0 && bench.messages.isEmpty)
  }

  @Test(arguments: [
    "99999999999999999999", "9223372036854775808", "18446744073709551617 LAST", "-1", "0x1",
    "1 LAST x",
  ])
  func `of BDAT closes the session`(argument: String) throws {
    let bench = try SessionBench()
    let client = bench.connect()
    _ = client.replies()
    #expect(client.say("BDAT \(argument)") == ["521 5.5.4 Syntax: BDAT count [LAST]"])
    #expect(client.isClosed)
  }

  /// The largest number that is one: nothing is reserved for it.
  @Test func `of BDAT with the largest size costs nothing`() throws {
    let bench = try SessionBench(["message_size_limit": "0"])
    let client = bench.connect()
    client.send("MAIL FROM:<a@example.net>")
    client.send("RCPT TO:<alice>")
    let before = try residentBytes()
    client.send(Bytes("BDAT 9223372036854775807 LAST\r\nabc"))
    let grown = try residentBytes() - before
    #expect(grown < 1_000_000)
    client.close()
    #expect(bench.logged.contains("lost connection after BDAT (3 bytes) from localhost[127.0.0.1]"))
  }
}

@Suite struct `H1 log injection` {
  /// Every byte below blank, and DEL, in every place that a client can name.
  @Test(arguments: [1, 7, 8, 9, 11, 13, 27, 31, 127] as [UInt8])
  func `shows no control character`(byte: UInt8) throws {
    let bench = try SessionBench([
      "smtpd_authorized_xforward_hosts": "127.0.0.0/8", "smtpd_hard_error_limit": "1000",
      "smtpd_helo_required": "no",
    ])
    let mark = [byte] + Bytes("NOQUEUE: reject: forged")
    let encoded = Bytes("+0A+1BNOQUEUE:")
    for helo in [Bytes("HELO x") + mark, Bytes("EHLO x") + mark] {
      let client = bench.connect()
      for line in [
        helo, Bytes("FOO") + mark, Bytes("X") + mark + Bytes(":"),
        Bytes("XFORWARD NAME=f.example HELO=h") + encoded + Bytes(" IDENT=i") + encoded,
        Bytes("MAIL FROM:<\"a") + mark + Bytes("\"@example.net>"),
        Bytes("MAIL FROM:<a@example.net> ENVID=e") + encoded,
        Bytes("RCPT TO:<\"n") + mark + Bytes("\"@example.org>"),
        Bytes("RCPT TO:<a") + mark, Bytes("RCPT TO:<alice> ORCPT=rfc822;o") + encoded,
        Bytes("ETRN a") + mark, Bytes("VRFY \"v") + mark + Bytes("\"@example.com"),
        Bytes("XCLIENT HELO=h") + encoded + Bytes(" LOGIN=u") + encoded + Bytes(" NAME=g.example"),
        Bytes("MAIL FROM:<a@example.net>"), Bytes("RCPT TO:<nobody@example.com>"),
      ] {
        client.send(line + [0x0D, 0x0A])
      }
      client.close()
    }
    #expect(bench.logged.count > 8)
    for line in bench.logged {
      #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "\(line)")
      #expect(!line.hasPrefix("NOQUEUE: reject: forged"))
    }
  }

  /// A name from the DNS is no host name: it is not shown at all.
  @Test(arguments: [
    "a\nb.example", "a\u{1B}[31m.example", "a b.example", "x\u{7F}.example", "é.example",
  ])
  func `takes no such name from the DNS`(name: String) throws {
    let bench = try SessionBench()
    bench.names[.v4(0xC000_020A)] = .name(Bytes(name))
    _ = bench.connect(from: .v4(0xC000_020A))
    #expect(bench.logged.last == "connect from unknown[192.0.2.10]")
    for line in bench.logged.dropLast() {
      // As Postfix warns (scenarios asked-client-names-1 and -2); the name in it is neutered.
      #expect(line.hasPrefix("warning: valid_hostname: invalid character "))
      #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "\(line)")
    }
  }
}

@Suite struct `H2 forged names of clients` {
  private static let client = IPAddress.v4(0xC000_020A)

  // Lines: facts restrictions.md §5.2.
  @Test func `an address is no name`() throws {
    let bench = try SessionBench()
    bench.names[Self.client] = .name(Bytes("127.0.0.1"))
    bench.hosts["127.0.0.1"] = [Self.client]
    _ = bench.connect(from: Self.client)
    #expect(
      bench.logged == ["warning: numeric hostname: 127.0.0.1", "connect from unknown[192.0.2.10]"])
  }

  @Test func `a name that leads elsewhere is forged`() throws {
    let bench = try SessionBench()
    bench.names[Self.client] = .name(Bytes("mail.bank.example"))
    bench.hosts["mail.bank.example"] = [.v4(0xC000_0263)]
    let client = bench.connect(from: Self.client)
    #expect(
      bench.logged == [
        "warning: hostname mail.bank.example does not resolve to address 192.0.2.10",
        "connect from unknown[192.0.2.10]",
      ])
    #expect(client.session.facts.client.nameStatus == .forged)
    #expect(client.session.facts.client.reverseName == Bytes("mail.bank.example"))
  }

  @Test func `two lookups are all, however many addresses there are`() throws {
    let bench = try SessionBench()
    bench.names[Self.client] = .name(Bytes("many.example"))
    bench.hosts["many.example"] = (0..<10_000).map { .v4(0x0A00_0000 + UInt32($0)) } + [Self.client]
    _ = bench.connect(from: Self.client)
    #expect(bench.logged == ["connect from many.example[192.0.2.10]"])
    #expect(
      bench.questions == [
        .name(of: Self.client), .addresses(host: Bytes("many.example"), family: .ipv4),
      ])
  }
}

@Suite struct `H4 XCLIENT and XFORWARD of strangers` {
  // Replies: recorded scenario attack-h4.
  @Test(arguments: ["XCLIENT ADDR=10.0.0.1", "XFORWARD NAME=x.example"])
  func `are not announced, refused, and change nothing`(command: String) throws {
    let bench = try SessionBench([
      "smtpd_authorized_xclient_hosts": "192.0.2.0/24",
      "smtpd_authorized_xforward_hosts": "192.0.2.0/24",
    ])
    let client = bench.connect()
    _ = client.replies()
    let offers = client.say("EHLO c")
    #expect(!offers.contains { $0.contains("XCLIENT") || $0.contains("XFORWARD") })
    let before = client.session.facts.client
    #expect(client.say(command) == ["550 5.7.0 Error: insufficient authorization"])
    #expect(client.session.facts.client == before && client.session.forwarding == nil)
    client.send("MAIL FROM:<a@example.net>")
    _ = client.replies()
    #expect(client.say(command) == ["503 5.5.1 Error: MAIL transaction in progress"])
  }
}
