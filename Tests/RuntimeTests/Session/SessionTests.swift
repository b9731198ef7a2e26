import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct SessionTests {
  /// One message, as the scenario `content-received-smtp` shows it.
  @Test func `takes a message`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    #expect(client.replies() == ["220 mail.example.com ESMTP Postfix"])
    #expect(client.say("HELO other.example") == ["250 mail.example.com"])
    #expect(client.say("MAIL FROM:<a@example.net>") == ["250 2.1.0 Ok"])
    #expect(client.say("RCPT TO:<alice@example.com>") == ["250 2.1.5 Ok"])
    #expect(client.say("DATA") == ["354 End data with <CR><LF>.<CR><LF>"])
    #expect(client.say("Subject: x\r\n\r\n..dot\r\n.") == ["250 2.0.0 Ok: queued as ID1"])
    #expect(client.say("QUIT") == ["221 2.0.0 Bye"])
    #expect(client.isClosed)
    #expect(
      bench.logged == [
        "connect from localhost[127.0.0.1]",
        "ID1: client=localhost[127.0.0.1]",
        "disconnect from localhost[127.0.0.1] helo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
      ])
    let message = try #require(bench.messages.first)
    #expect(message.isQueued)
    #expect(message.head.sender.text == "a@example.net")
    #expect(
      message.recipients == [
        Recipient(
          address: Bytes("alice@example.com"), originalRecipient: Bytes("rfc822;alice@example.com"))
      ])
    #expect(
      message.lines.prefix(3).map(\.text) == [
        "Received: from other.example (localhost [127.0.0.1])",
        "\tby mail.example.com (Postfix) with SMTP id ID1",
        "\tfor <alice@example.com>; \(MailDate.header(1_795_403_013).text)",
      ])
    #expect(message.lines.dropFirst(3).map(\.text) == ["Subject: x", "", ".dot"])
  }

  /// facts proxies-and-extensions.md §14: nothing before `by`, and no `with`.
  @Test func `hides the session where it is told to`() throws {
    let bench = try SessionBench(["smtpd_hide_client_session": "yes"])
    let client = bench.connect()
    for line in ["EHLO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice>", "DATA", "\r\nx\r\n."] {
      client.send(line)
    }
    #expect(
      bench.messages[0].lines.prefix(2).map(\.text) == [
        "Received: by mail.example.com (Postfix) id ID1",
        "\tfor <alice>; \(MailDate.header(1_795_403_013).text)",
      ])
  }

  /// The attributes before the one that is refused hold, as in Postfix; so do the checks of the new client.
  @Test func `asks anew about a client that a refused XCLIENT has changed`() throws {
    let bench = try SessionBench()
    let client = bench.connect()
    client.send("EHLO c")
    let transaction = ["MAIL FROM:<a@example.net>", "RCPT TO:<u@foreign.net>"]
    for line in transaction { client.send(line) }
    #expect(client.replies().last == "250 2.1.5 Ok")
    client.send("RSET")
    #expect(
      client.say("XCLIENT ADDR=8.8.8.8 FOO=bar").last == "501 5.5.4 Bad XCLIENT attribute name: FOO"
    )
    for line in transaction { client.send(line) }
    #expect(
      client.replies().last == "454 4.7.1 <u@foreign.net>: Relay access denied")
  }
}
