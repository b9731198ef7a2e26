import Compiler
import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §6.6; recorded scenarios action-*; observed on 3.7.11 where said.
@Suite struct `An access action` {
  private let client = "<client.example.net[192.0.2.10]>: Client host"

  /// A bench whose client list has one entry for the usual client, and rejects without it.
  private func bench(_ action: String, _ main: [String: String] = [:]) -> PolicyBench {
    PolicyBench(
      ["smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10 = \(action)}}"]
        .merging(main) { $1 })
  }

  private static let rejections: [(String, String)] = [
    ("REJECT", "554 5.7.1 Access denied"),
    ("reject you are bad", "554 5.7.1 you are bad"),
    ("REJECT 4.7.99 four in reject", "554 5.7.99 four in reject"),
    ("REJECT 5.7.1text", "554 5.7.1 5.7.1text"),
    ("DEFER", "450 4.7.1 Access denied"),
    ("DEFER 4.9.9 wait", "450 4.9.9 wait"),
    ("421 4.7.1 closing", "421 4.7.1 closing"),
    ("521 5.3.2 not here", "521 5.3.2 not here"),
    ("450 wait", "450 4.7.1 wait"),
    ("DEFER_IF_PERMIT", "450 4.7.1 Service unavailable"),
    ("DEFER_IF_PERMIT 4.3.2 later", "450 4.3.2 later"),
  ]

  @Test(arguments: rejections)
  func `rejects`(action: String, reply: String) {
    let parts = reply.split(separator: " ", maxSplits: 2)
    let text = "\(parts[0]) \(parts[1]) \(client) rejected: \(parts[2])"
    #expect(bench(action).decide() == PolicyDecision(verdict: text, log: [PolicyBench.line(text)]))
  }

  @Test(arguments: ["OK", "OK with text", "RELAY", "1", "550"])
  func `permits`(action: String) {
    let list = "check_client_access inline:{{192.0.2.10 = \(action)}}, reject"
    #expect(
      PolicyBench(["smtpd_client_restrictions": list]).decide() == PolicyDecision(verdict: "accept")
    )
    #expect(
      PolicyBench([
        "smtpd_client_restrictions": "check_client_access inline:{{192.0.2.11 = x}}, reject"
      ])
      .decide().verdict == "554 5.7.1 \(client) rejected: Access denied")
  }

  @Test func `DUNNO goes on`() {
    #expect(bench("DUNNO text").decide() == PolicyDecision(verdict: "accept"))
    let list = "check_client_access inline:{{192.0.2.10 = DUNNO}}, reject"
    #expect(PolicyBench(["smtpd_client_restrictions": list]).decide().verdict.hasPrefix("554"))
  }

  @Test func `DEFER_IF_REJECT alone changes nothing`() {
    #expect(bench("DEFER_IF_REJECT 4.3.0 maybe").decide() == PolicyDecision(verdict: "accept"))
  }

  @Test func `HANGUP ends the connection without reply`() {
    #expect(
      bench("HANGUP bye now").decide()
        == PolicyDecision(verdict: "hangUp", log: [PolicyBench.line("hangup", "bye now")]))
  }

  @Test(arguments: [
    ("INFO note this", "info", "note this"), ("WARN careful", "warn", "careful"),
    ("WARN", "warn", ""),
  ])
  func `logs and goes on`(action: String, event: String, text: String) {
    #expect(
      bench(action).decide()
        == PolicyDecision(verdict: "accept", log: [PolicyBench.line(event, text)]))
  }

  private static let messages: [(String, String, String, Effect)] = [
    ("FILTER smtp:x", "filter", "triggers FILTER smtp:x", .filter(Bytes("smtp:x"))),
    ("REDIRECT a@b", "redirect", "triggers REDIRECT a@b", .redirect(Bytes("a@b"))),
    ("BCC a@b", "bcc", "triggers BCC a@b", .bcc(Bytes("a@b"))),
    ("HOLD", "hold", "triggers HOLD action", .hold),
    ("HOLD 5.7.1 look", "hold", "5.7.1 look", .hold),
    ("DISCARD", "discard", "triggers DISCARD action", .discard),
  ]

  @Test(arguments: messages)
  func `changes the message`(action: String, event: String, text: String, effect: Effect) {
    #expect(
      bench(action).decide()
        == PolicyDecision(
          verdict: "accept", log: [PolicyBench.line(event, "\(client) \(text)")], effects: [effect])
    )
  }

  @Test func `PREPEND says nothing`() {
    #expect(
      bench("PREPEND X-Test: yes").decide()
        == PolicyDecision(verdict: "accept", effects: [.prepend(Bytes("X-Test: yes"))]))
  }

  @Test func `HOLD is logged once in a transaction`() {
    let bench = bench("HOLD")
    #expect(bench.decide().log.count == 1)
    #expect(bench.decide() == PolicyDecision(verdict: "accept", effects: [.hold]))
    bench.state.endTransaction()
    #expect(bench.decide().log.count == 1)
  }

  @Test func `DISCARD accepts everything until the transaction ends`() {
    let bench = PolicyBench([
      "smtpd_relay_restrictions":
        "check_sender_access inline:{{sender@example.net=DISCARD}}, reject",
      "smtpd_recipient_restrictions": "reject",
    ])
    #expect(bench.decide(recipient: "x@example.org").verdict == "accept")
    #expect(bench.decide(recipient: "nobody@example.com") == PolicyDecision(verdict: "accept"))
    bench.state.endTransaction()
    bench.facts.sender = Bytes("other@example.net")
    #expect(bench.decide(recipient: "alice@example.com").verdict.hasPrefix("554"))
  }

  private static let malformed: [(String, String)] = [
    ("FILTER", "has FILTER entry without value"),
    ("FILTER nowhere", "requires transport:destination"),
    ("REDIRECT nobody", "requires user@domain target"),
    ("BCC nobody", "requires user@domain target"),
    ("PREPEND no header here", "requires header: text"),
  ]

  @Test(arguments: malformed)
  func `that cannot be done is reported`(action: String, text: String) {
    let table = "inline:{{192.0.2.10 = \(action)}}"
    #expect(
      bench(action).decide()
        == PolicyDecision(
          verdict: "accept",
          log: ["warning: access table \(table) entry \"192.0.2.10\" \(text)"]))
  }

  private static let onMessage = [
    "FILTER smtp:x", "HOLD", "DISCARD", "REDIRECT a@b", "BCC a@b",
  ]

  @Test(arguments: onMessage)
  func `on the message needs a queue file`(action: String) {
    let word = action.prefix { $0 != " " }
    let table = "inline:{{192.0.2.10 = \(action)}}"
    let proxied = bench(action, ["smtpd_proxy_filter": "inet:127.0.0.1:10025"])
    #expect(
      proxied.decide()
        == PolicyDecision(
          verdict: "accept",
          log: [
            "warning: access table \(table): with smtpd_proxy_filter specified, action \(word) is"
              + " unavailable"
          ]))
    let etrn = PolicyBench(["smtpd_etrn_restrictions": "check_client_access \(table)"])
    etrn.facts.etrnDomain = Bytes("example.com")
    #expect(
      etrn.decide(.etrn)
        == PolicyDecision(
          verdict: "accept",
          log: [
            "warning: access table \(table): action \(word) is unavailable in"
              + " smtpd_etrn_restrictions"
          ]))
  }

  @Test(arguments: onMessage + ["PREPEND X: y"])
  func `on the message needs a sender`(action: String) {
    let word = action.prefix { $0 != " " }
    let bench = bench(action, ["smtpd_delay_reject": "no"])
    bench.facts.sender = nil
    #expect(
      bench.decide(.connect)
        == PolicyDecision(
          verdict: "accept",
          log: [
            "warning: access table inline:{{192.0.2.10 = \(action)}}: with smtpd_delay_reject=no,"
              + " action \(word) is always skipped in Client host or Helo command restrictions"
          ]))
  }

  @Test func `PREPEND is late after the content, and works with a proxy filter`() {
    let list = "check_client_access inline:{{192.0.2.10 = PREPEND X: y}}"
    let late = PolicyBench(["smtpd_end_of_data_restrictions": list])
    #expect(
      late.decide(.endOfData)
        == PolicyDecision(
          verdict: "accept",
          log: [
            "warning: access table inline:{{192.0.2.10 = PREPEND X: y}}: action PREPEND must be used"
              + " before smtpd_end_of_data_restrictions"
          ]))
    let proxied = bench("PREPEND X: y", ["smtpd_proxy_filter": "inet:127.0.0.1:10025"])
    #expect(proxied.decide().effects == [.prepend(Bytes("X: y"))])
  }

  @Test func `that looks like a table is refused`() {
    let table = "inline:{{192.0.2.10 = hash:/x}}"
    let reply = "451 4.3.5 Server configuration error"
    #expect(
      bench("hash:/x").decide()
        == PolicyDecision(
          verdict: reply,
          log: [
            "warning: access table \(table) has entry with lookup table: hash:/x",
            "warning: do not specify lookup tables inside SMTPD access maps",
            "warning: define a restriction class and specify its name instead.",
            PolicyBench.line(reply),
          ]))
  }

  // Observed on 3.7.11.
  @Test func `of separators only permits`() {
    let list = "check_client_access inline:{{192.0.2.10 = ,,}}, reject"
    #expect(
      PolicyBench(["smtpd_client_restrictions": list]).decide()
        == PolicyDecision(
          verdict: "accept",
          log: ["warning: access table inline:{{192.0.2.10 = ,,}} entry ,, has empty value"]))
  }

  @Test(arguments: [
    ("550 5.1.1 x", "client", "550 5.0.0"), ("550 5.1.3 x", "sender", "550 5.1.7"),
    ("550 5.1.8 x", "sender", "550 5.1.8"), ("550 5.1.7 x", "recipient", "550 5.1.3"),
    ("550 5.7.2 x", "recipient", "550 5.7.2"),
  ])
  func `has its address status adapted to the class`(action: String, subject: String, code: String)
  {
    let list = "check_\(subject)_access static:{\(action)}"
    let decision = PolicyBench(["smtpd_recipient_restrictions": list]).decide()
    #expect(decision.verdict.hasPrefix(code + " "))
    let status = action.split(separator: " ")[1]
    let new = code.split(separator: " ")[1]
    let classes = [
      "client": "Client host", "sender": "Sender address", "recipient": "Recipient address",
    ]
    #expect(
      decision.log.dropLast()
        == (status == new
          ? [] : ["mapping DSN status \(status) into \(classes[subject] ?? "") status \(new)"]))
  }
}
