import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct ReplyFormsTests {
  private func settings(_ values: [String: String] = [:]) -> SessionSettings {
    SessionSettings(Settings.forTesting(["myhostname": "mail.example.com"].merging(values) { $1 }))
  }

  /// facts smtp-session.md §4 "HELO / EHLO": the order in 3.7.11.
  @Test func `lists what EHLO offers in order`() {
    let all = EHLOReply.text(
      settings(), hiding: [], offers: [.verp, .xclient, .xforward])
    #expect(
      all.text
        == [
          "250-mail.example.com", "250-PIPELINING", "250-SIZE 10240000", "250-VRFY", "250-ETRN",
          "250-XVERP", "250-XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT",
          "250-XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT", "250-ENHANCEDSTATUSCODES",
          "250-8BITMIME", "250-DSN", "250-SMTPUTF8", "250 CHUNKING",
        ].joined(separator: "\r\n"))
    let few = EHLOReply.text(
      settings([
        "message_size_limit": "0", "disable_vrfy_command": "yes", "smtputf8_enable": "no",
      ]), hiding: [.chunking, .dsn, .etrn, .pipelining], offers: [])
    #expect(
      few.text
        == [
          "250-mail.example.com", "250-SIZE", "250-ENHANCEDSTATUSCODES", "250 8BITMIME",
        ].joined(separator: "\r\n"))
  }

  /// facts smtp-session.md §4: fixed order, and 3.7.11's name for SMTPUTF8.
  @Test func `logs discarded keywords`() {
    #expect(
      EHLOKeywords("chunking, SMTPUTF8 dsn,pipelining nonsense").logLine
        == "discarding EHLO keywords: PIPELINING DSN EHLO_MASK_SMTPUTF8 CHUNKING")
    #expect(EHLOKeywords("dsn, silent-discard").logLine == nil)
    #expect(EHLOKeywords("dsn, enhancedstatuscodes").logLine == nil)
    #expect(EHLOKeywords("").logLine == nil)
  }

  /// facts smtp-session.md §2, restrictions.md §4.
  @Test(arguments: [
    ("554 5.7.1 a: no", "help", "554-5.7.1 a: no\r\n554 5.7.1 help"),
    ("554 5.7.1 a", "one\\ntwo", "554-5.7.1 a\r\n554-5.7.1 one\r\n554 5.7.1 two"),
    ("554 5.7.1 a", "\\c. See you", "554 5.7.1 a. See you"),
    ("554 5.7.1 a", "\\c, b\\ntwo", "554-5.7.1 a, b\r\n554 5.7.1 two"),
    ("500 Syntax: ETRN domain", "help", "500-Syntax: ETRN domain\r\n500 help"),
    ("550-5.1.1 a\r\n550 5.1.1 b", "c", "550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1 c"),
  ])
  func `adds a footer`(reply: String, footer: String, expected: String) {
    #expect(RejectFooter.added(Bytes(footer), to: Bytes(reply)) { $0 }.text == expected)
  }

  // Observed on 3.7.11.
  @Test func `leaves a reply alone whose footer cannot be expanded`() {
    let reply = Bytes("554 5.7.1 a")
    #expect(
      RejectFooter.added(Bytes("\\c x\\ny"), to: reply) { $0 == Bytes("y") ? nil : $0 } == reply)
  }

  @Test func `takes no line break from a value`() {
    let added = RejectFooter.added(Bytes("v"), to: Bytes("554 5.7.1 a")) { _ in Bytes("x\\ny") }
    #expect(added.text == "554-5.7.1 a\r\n554 5.7.1 x\\ny")
  }

  /// facts smtp-session.md §2: each line, code and enhanced code.
  @Test func `makes permanent replies temporary`() {
    #expect(
      SoftBounce.applied(to: Bytes("550-5.1.1 a\r\n550 5.1.1 5.5.5")).text
        == "450-4.1.1 a\r\n450 4.1.1 5.5.5")
    #expect(
      SoftBounce.applied(to: Bytes("501 Syntax: HELO hostname")).text
        == "401 Syntax: HELO hostname")
  }

  /// Scenarios limit-notify-protocol-policy and session-notice-classes.
  @Test func `wraps the lines of a notice`() {
    func wrapped(_ text: String) -> [String] { PostmasterNotice.wrapped(Bytes(text)).map(\.text) }
    #expect(
      wrapped(
        "Out: 550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown in local"
          + " recipient table")
        == [
          " Out: 550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown",
          "     in local recipient table",
        ])
    #expect(wrapped("In:  FOO") == [" In:  FOO"])
    let long = String(repeating: "a", count: 100)
    #expect(wrapped("In:  NOOP \(long) bb") == [" In:  NOOP", "     \(long)", "     bb"])
    #expect(wrapped("") == [" "])
  }

  /// facts smtp-session.md §11, proxies-and-extensions.md §14.
  @Test func `writes the Received header`() {
    var header = ReceivedHeader(
      greetingName: Bytes("helo.example"), clientName: Bytes("name.example"),
      clientAddress: Bytes("IPv6:::1"), hostName: Bytes("mail.example.com"),
      mailName: Bytes("Postfix"), protocolName: Bytes("ESMTP"))
    var message = ReceivedLines.Message(date: Bytes("DATE"))
    func lines() -> [String] {
      var buffer = ByteBuffer(capacity: 1)
      header.lines.write(message, to: &buffer)
      let text = buffer.bytes
      #expect(text.suffix(2) == Bytes("\r\n")[...])
      return text.text.split(separator: "\r\n").map(String.init)
    }
    message.queueID = Bytes("ID")
    #expect(
      lines() == [
        "Received: from helo.example (name.example [IPv6:::1])",
        "\tby mail.example.com (Postfix) with ESMTP id ID;", "\tDATE",
      ])
    message.recipient = Bytes("a@b.c")
    header.isEncrypted = true
    header.isAuthenticated = true
    header.authenticatedSender = Bytes("a)(b\\c")
    header.security = [Bytes("(using TLSv1.3 with cipher C (256/256 bits))")]
    #expect(
      lines() == [
        "Received: from helo.example (name.example [IPv6:::1])",
        "\t(using TLSv1.3 with cipher C (256/256 bits))", "\t(Authenticated sender: a(b?c))",
        "\tby mail.example.com (Postfix) with ESMTPSA id ID", "\tfor <a@b.c>; DATE",
      ])
    message.isUTF8 = true
    message.queueID = nil
    #expect(lines()[3] == "\tby mail.example.com (Postfix) with UTF8SMTPSA")
    message.isUTF8 = false
    header.protocolName = Bytes("SMTP")
    #expect(lines()[3] == "\tby mail.example.com (Postfix) with SMTP")
  }
}
