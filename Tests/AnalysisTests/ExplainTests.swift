import Analysis
import RestrictionDSL
import Runtime
import Testing

@Suite struct `Explain` {
  static let values = [
    "mydestination": "example.org", "mynetworks": "127.0.0.0/8", "smtpd_peername_lookup": "no",
    "local_recipient_maps": "inline:{alice=1}", "alias_maps": "",
    "smtpd_sender_restrictions": "check_sender_access inline:{bad.example=REJECT}",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
    "smtpd_recipient_restrictions": "reject_rbl_client bl.test, permit",
  ]

  private func explanation(
    _ conversation: Conversation, _ given: [WhatIf] = []
  ) -> Explanation {
    let rehearsal = Rehearsal(settings: .forTesting(Self.values))
    return Explanation(
      rehearsal, conversation, Assumptions(given, listDomains: rehearsal.listDomains))
  }

  private func conversation(sender: String, recipient: String) -> Conversation {
    var conversation = Conversation(client: .v4(0xCB00_7109))
    conversation.helo = Bytes("mail.example.net")
    conversation.sender = Conversation.path(sender)
    conversation.recipients = [Conversation.path(recipient)]
    return conversation
  }

  @Test func `names the key that matched and what was left out`() throws {
    let found = explanation(conversation(sender: "a@b.bad.example", recipient: "alice@example.org"))
    let rcpt = try #require(found.commands.first { $0.exchange.command.hasPrefix("RCPT") })
    #expect(
      rcpt.exchange.replies == [
        "554 5.7.1 <a@b.bad.example>: Sender address rejected: Access denied"
      ])
    #expect(rcpt.items.map(\.result) == ["REJECT 554"])
    #expect(
      rcpt.items.map(\.reason) == ["inline:{bad.example=REJECT}: \"bad.example\" \"REJECT\""])
    #expect(rcpt.notEvaluated == ["relay 1..2", "recipient 1..2"])
    #expect(rcpt.probes == 3)
  }

  @Test func `says what it assumed`() throws {
    let talk = conversation(sender: "a@b.example", recipient: "alice@example.org")
    let found = explanation(talk)
    #expect(found.commands[3].exchange.replies == ["250 2.1.5 Ok"])
    #expect(found.assumptions == ["not listed at bl.test"])
    let listed = explanation(talk, [try WhatIf("dns=listed:bl.test")])
    #expect(listed.assumptions == [])
    #expect(
      listed.commands[3].exchange.replies == [
        "554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using bl.test"
      ])
  }

  /// The line is that of the scenario action-bcc.
  @Test func `reads a line of the log`() throws {
    let line =
      "Nov 25 03:00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from client.example.net[192.0.2.10]: "
      + "554 5.7.1 <x@y>: Relay access denied; from=<sender@example.net> to=<alice@example.com> "
      + "proto=ESMTP helo=<client.example.net>"
    var expected = Conversation(
      client: .v4(0xC000_020A), clientName: .verified(Bytes("client.example.net")))
    expected.sender = Bytes("<sender@example.net>")
    expected.recipients = [Bytes("<alice@example.com>")]
    expected.helo = Bytes("client.example.net")
    #expect(LogLineReader.conversation(line) == expected)
    #expect(LogLineReader.conversation("no client here") == nil)
  }

  @Test func `takes any dialogue of a client`() throws {
    var talk = Conversation(client: .v4(0xCB00_7109))
    let text =
      "EHLO c.example\nVRFY alice@example.org\nMAIL FROM:<a@b.example>\nRCPT TO:<x@elsewhere.example>\n"
      + "DATA\nnever sent\n.\nRSET\n"
    talk.script = Script(lines: Bytes(text))
    let found = explanation(talk, [try WhatIf("dns=203.0.113.9/PTR=c.example")]).commands
    #expect(
      found.map(\.exchange.command) == [
        "CONNECT", "EHLO c.example", "VRFY alice@example.org", "MAIL FROM:<a@b.example>",
        "RCPT TO:<x@elsewhere.example>", "DATA", "RSET", "CLOSE",
      ])
    #expect(found[2].exchange.replies == ["252 2.0.0 alice@example.org"])
    #expect(found[5].exchange.replies == ["554 5.5.1 Error: no valid recipients"])
    #expect(
      found[7].exchange.log == [
        "lost connection after RSET from unknown[203.0.113.9]",
        "disconnect from unknown[203.0.113.9] ehlo=1 mail=1 rcpt=0/1 data=0/1 rset=1 vrfy=1 commands=4/6",
      ])
  }

  @Test func `has failures of services among what may be given`() throws {
    let talk = conversation(sender: "a@b.example", recipient: "alice@example.org")
    let failing = explanation(talk, [try WhatIf("dns=9.113.0.203.bl.test=SERVFAIL")])
    #expect(failing.assumptions == [])
    #expect(failing.commands[3].exchange.replies == ["250 2.1.5 Ok"])
    #expect(failing.commands[3].exchange.log.first?.contains("RBL lookup error") == true)
    #expect(try WhatIf("policy=failed") == .policy(.failed))
    #expect(throws: WhatIf.SyntaxError.self) { try WhatIf("dns=a.example=192.0.2.1") }
  }

  @Test func `shows what the log has where it is told something else`() throws {
    let talk = conversation(sender: "a@b.example", recipient: "alice@example.org")
    let line =
      "NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 Service unavailable; Client host "
      + "[203.0.113.9] blocked using bl.test; from=<a@b.example> to=<alice@example.org> proto=ESMTP helo=<x>"
    let logged = LogLineReader.reply(line)
    #expect(
      logged == "554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using bl.test")
    let rehearsal = Rehearsal(settings: .forTesting(Self.values))
    func explained(_ given: [WhatIf]) -> Explanation {
      Explanation(
        rehearsal, talk, Assumptions(given, listDomains: rehearsal.listDomains), logged: logged)
    }
    #expect(explained([]).logged == logged)
    #expect(explained([try WhatIf("dns=listed:bl.test")]).logged == nil)
  }

  @Test func `names what the compiler has taken out`() {
    var values = Self.values
    values["smtpd_relay_restrictions"] =
      "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"
    let rehearsal = Rehearsal(settings: .forTesting(values))
    let talk = conversation(sender: "a@b.example", recipient: "alice@example.org")
    let found = Explanation(rehearsal, talk, Assumptions(listDomains: rehearsal.listDomains))
    #expect(found.withoutEffect == ["relay 2 permit_sasl_authenticated"])
    #expect(
      explanation(talk).withoutEffect == [])
  }

  /// The lines are those of the scenarios stage-etrn-nodelay and pipelining-unauth-client-yes, in short.
  @Test func `reads other commands from the log`() throws {
    let etrn = try #require(
      LogLineReader.conversation(
        "NOQUEUE: reject: ETRN from c.example.net[192.0.2.10]:2525: 554 5.7.1 <example.org>: "
          + "Etrn command rejected: Access denied; proto=ESMTP helo=<c.example.net>"))
    #expect(etrn.script == Script(lines: Bytes("EHLO c.example.net\nETRN example.org\nQUIT\n")))
    #expect(etrn.clientPort == 2525)
    let ahead = try #require(
      LogLineReader.conversation(
        "NOQUEUE: reject: RCPT from unknown[192.0.2.10]: 503 5.5.0 <unknown[192.0.2.10]>: Client host "
          + "rejected: Improper use of SMTP command pipelining; from=<é@example.net> "
          + "to=<a@example.com> proto=SMTP helo=<x>"))
    #expect(ahead.improperPipelining)
    #expect(ahead.smtputf8)
    #expect(!ahead.usesEHLO)
    #expect(ahead.clientName == nil)
  }

  @Test func `says why a list cannot be asked`() throws {
    var values = Self.values
    values["mynetworks"] = "192.0.2.5/24"
    let rehearsal = Rehearsal(settings: .forTesting(values))
    let talk = conversation(sender: "a@b.example", recipient: "alice@example.org")
    let found = Explanation(rehearsal, talk, Assumptions(listDomains: rehearsal.listDomains))
    let rcpt = try #require(found.commands.first { $0.exchange.command.hasPrefix("RCPT") })
    let item = try #require(rcpt.items.last)
    #expect(item.result == "REJECT 451")
    #expect(
      item.reason
        == "mynetworks: non-null host address bits in \"192.0.2.5/24\", perhaps you should "
        + "use \"192.0.2.0/24\" instead")
  }
}
