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
}
