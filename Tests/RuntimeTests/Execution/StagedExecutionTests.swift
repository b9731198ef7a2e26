import Compiler
import RestrictionDSL
import Testing

@testable import Runtime

/// What does not depend on the recipient is decided once in a transaction.
@Suite struct `Staged execution` {
  private static let recipients = [
    "alice@example.com", "bob@example.com", "nobody@example.com", "x@example.org",
    "carol@example.com",
  ]

  /// Policies whose outcome is the same for every recipient up to the recipient list, with all kinds of effects.
  private static let policies: [[String: String]] = [
    ["smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10=HOLD}}"],
    ["smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10=WARN w}}"],
    ["smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10=BCC a@b}}"],
    ["smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10=PREPEND X: y}}"],
    ["smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10=REJECT 5.1.1 no}}"],
    ["smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10=DEFER_IF_PERMIT a}}"],
    [
      "smtpd_sender_restrictions":
        "check_sender_access inline:{{sender@example.net=DEFER_IF_REJECT a}}, reject"
    ],
    ["smtpd_client_restrictions": "warn_if_reject check_client_access static:REJECT"],
    [
      "smtpd_client_restrictions": "warn_if_reject check_client_access static:REJECT",
      "smtpd_recipient_restrictions": "check_client_access static:REJECT",
    ],
    [
      "smtpd_log_access_permit_actions": "static:all", "mynetworks": "192.0.2.0/24",
      "smtpd_client_restrictions": "permit_mynetworks, reject",
      "smtpd_recipient_restrictions": "permit_mynetworks",
    ],
    ["smtpd_client_restrictions": "reject_rbl_client bl.example"],
    ["smtpd_client_restrictions": "reject_rbl_client sf.example, reject_rbl_client none.example"],
    [
      "smtpd_sender_restrictions":
        "reject_unknown_sender_domain, check_sender_mx_access static:INFO"
    ],
    [
      "smtpd_helo_restrictions": "reject_unknown_helo_hostname",
      "smtpd_recipient_restrictions": "reject",
    ],
    [
      "smtpd_client_restrictions":
        "check_client_access inline:{{192.0.2.10=reject_unlisted_recipient}}"
    ],
    ["smtpd_client_restrictions": "check_client_access fail:x"],
    ["smtpd_client_restrictions": "check_client_access inline:{{192.0.2.10=FILTER}}"],
    [
      "default_rbl_reply": "550 $recipient",
      "smtpd_client_restrictions": "warn_if_reject reject_rbl_client bl.example",
    ],
    [
      "smtpd_sender_restrictions": "reject_unlisted_sender",
      "smtpd_recipient_restrictions": "reject_unlisted_sender",
      "smtpd_reject_unlisted_sender": "yes",
    ],
    [
      "mydestination": "example.net, example.com",
      "smtpd_sender_restrictions": "warn_if_reject reject_unlisted_sender",
      "smtpd_recipient_restrictions":
        "warn_if_reject reject_unlisted_sender, check_recipient_access inline:{{bob@example.com=OK}},"
        + " reject_unlisted_sender",
    ],
    // Says something about a sender that is valid.
    [
      "compatibility_level": "0", "mydestination": "net, example.com",
      "smtpd_sender_restrictions": "reject_unlisted_sender",
      "smtpd_recipient_restrictions": "reject_unlisted_sender",
    ],
    [
      "mydestination": "example.net, example.com", "local_recipient_maps": "fail:now",
      "smtpd_recipient_restrictions": "reject_unlisted_sender",
    ],
  ]

  @Test(arguments: policies)
  func `decides, logs and acts as evaluating everything does`(main: [String: String]) {
    let (staged, plain) = (PolicyBench(main), PolicyBench(main, passes: .none))
    for bench in [staged, plain] {
      bench.dns = [
        "10.2.0.192.bl.example A": .a("127.0.0.2"), "10.2.0.192.sf.example A": .temporary,
        "example.net MX": .mx((10, "mx.example")),
      ]
      bench.hosts = ["mx.example": .a("192.0.2.1")]
    }
    for recipient in Self.recipients {
      #expect(staged.decide(recipient: recipient) == plain.decide(recipient: recipient))
    }
  }

  @Test func `asks what does not depend on the recipient once`() {
    let main = [
      "smtpd_client_restrictions": "reject_rbl_client a.example, reject_rbl_client b.example",
      "smtpd_recipient_restrictions": "reject_rhsbl_recipient c.example",
    ]
    let bench = PolicyBench(main)
    for recipient in ["alice@example.com", "bob@example.com", "carol@localhost"] {
      #expect(bench.decide(recipient: recipient).verdict == "accept")
    }
    let names = bench.asked.map { question in
      if case .dns(let name, _) = question { name.text } else { "" }
    }
    #expect(
      names == [
        "10.2.0.192.a.example", "10.2.0.192.b.example", "example.com.c.example",
        "example.com.c.example", "localhost.c.example",
      ])
    bench.state.endTransaction()
    #expect(bench.decide(recipient: "alice@example.com").verdict == "accept")
    #expect(bench.asked.count == 8)
  }

  @Test func `asks again after a temporary failure`() {
    let bench = PolicyBench(["smtpd_sender_restrictions": "reject_unknown_sender_domain"])
    bench.dns = ["example.net MX": .temporary]
    #expect(bench.decide().verdict.hasPrefix("450 4.1.8"))
    bench.dns = ["example.net MX": .mx((10, "mx.example"))]
    #expect(bench.decide().verdict == "accept")
  }

  // The answer about the sender is one bit for all recipients, unless it may be another the next time.
  @Test(arguments: [
    ([:], true), (["local_recipient_maps": "randmap:{1,2}"], false),
    (["virtual_alias_maps": "tcp:localhost:1"], false),
    (["transport_maps": "randmap:{a:b}"], false),
    (["relay_domains": "tcp:localhost:1"], false),
    (["sender_dependent_relayhost_maps": "inline:{{a=b}}"], false),
  ])
  func `may ask once whether the sender exists`(main: [String: String], isKept: Bool) throws {
    #expect(try unlistedSender(main).step.isRecordable == isKept)
  }

  private func unlistedSender(
    _ main: [String: String] = [:]
  ) throws -> (bench: PolicyBench, step: BoundProgram.Step) {
    let bench = PolicyBench(
      main.merging(["smtpd_recipient_restrictions": "reject_unlisted_sender"]) { $1 })
    let step = bench.executor.bound.steps.first { $0.operation == .rejectUnlisted(.sender) }
    return (bench, try #require(step))
  }

  @Test func `asks once whether the sender exists`() throws {
    let (bench, step) = try unlistedSender()
    let slot = step.node.slot
    #expect(bench.state.slots.silentAnswer(slot) == nil)
    #expect(bench.decide(recipient: "alice@example.com").verdict == "accept")
    #expect(bench.state.slots.silentAnswer(slot) == false)
    bench.state.endTransaction()
    #expect(bench.state.slots.silentAnswer(slot) == nil)
  }

  // Analyses do a node for one recipient after the other with the same run.
  @Test func `takes no recipient for another within a run`() throws {
    let bench = PolicyBench(["mydestination": "example.com"])
    let evaluation = Evaluation(
      bench.executor.bound, bench.executor.context, bench.facts,
      PolicyRun(entry: .rcpt, pc: .max))
    for (address, addressClass) in [
      ("alice@example.com", AddressClass.local), ("bob@elsewhere.example", .default),
      ("alice@example.com", .local),
    ] {
      #expect(try evaluation.resolve(Bytes(address), .recipient).addressClass == addressClass)
    }
  }

  @Test func `keeps nothing for early commands`() {
    let bench = PolicyBench([
      "smtpd_delay_reject": "no",
      "smtpd_helo_restrictions": "check_helo_access inline:{{bad.example=REJECT}}",
    ])
    #expect(bench.decide(.helo).verdict == "accept")
    bench.facts.helo = Bytes("bad.example")
    #expect(bench.decide(.helo).verdict.hasPrefix("554"))
  }

  @Test func `keeps the usual answer in a bit, others in a record`() {
    var slots = FactSlots()
    let silent = FactRecord(acts: [], permits: false)
    let loud = FactRecord(acts: [.line("x")], permits: true)
    slots.keep(silent, in: 3)
    slots.keep(FactRecord(acts: [], permits: true), in: 63)
    slots.keep(silent, in: 64)
    slots.keep(loud, in: 4)
    #expect(slots.record(3) == silent)
    #expect(slots.record(63) == FactRecord(acts: [], permits: true))
    #expect(slots.record(64) == silent)
    #expect(slots.record(4) == loud)
    #expect(slots.record(5) == nil)
    slots.clear()
    #expect(slots == FactSlots())
  }
}

/// DNS questions that may be asked together.
@Suite struct `One flight of DNS` {
  private func ahead(_ main: [String: String]) -> (first: Question?, ahead: [Question]) {
    let bench = PolicyBench(main)
    var run = bench.executor.begin(.rcpt, bench.facts, &bench.state)
    guard case .ask(let question) = bench.executor.step(&run, bench.facts, &bench.state) else {
      return (nil, [])
    }
    return (question, bench.executor.questions(ahead: run, bench.facts))
  }

  private let lists = [
    "smtpd_client_restrictions":
      "reject_rbl_client a.example, permit_dnswl_client w.example, reject_rbl_client a.example",
    "smtpd_helo_restrictions":
      "reject_unknown_helo_hostname, permit, reject_rbl_client never.example",
    "smtpd_sender_restrictions":
      "reject_unknown_sender_domain, check_sender_ns_access static:DUNNO",
    "smtpd_recipient_restrictions":
      "reject_rhsbl_recipient r.example, reject, reject_rbl_client z.example",
  ]

  private func name(_ text: String, _ type: DNSType) -> Question {
    .dns(name: Bytes(text), type: type)
  }

  @Test func `starts what the rest of the program may ask, in list order`() {
    let (first, ahead) = ahead(lists)
    #expect(first == name("10.2.0.192.a.example", .a))
    #expect(
      ahead == [
        name("10.2.0.192.a.example", .a), name("10.2.0.192.w.example", .a),
        name("client.example.net", .a), name("example.net", .mx), name("example.net", .ns),
        name("example.com.r.example", .a),
      ])
  }

  @Test func `is a matter of smtpd_dns_prefetch`() {
    let main = lists.merging(["smtpd_dns_prefetch": "no"]) { $1 }
    #expect(ahead(main).ahead == [])
  }

  @Test(arguments: [("connect", 2), ("yes", 0)])
  func `may start at connect with what is known then`(setting: String, count: Int) {
    let bench = PolicyBench(lists.merging(["smtpd_dns_prefetch": setting]) { $1 })
    bench.facts.helo = nil
    bench.facts.sender = nil
    bench.facts.recipient = nil
    #expect(bench.executor.questionsAtConnect(bench.facts).count == count)
  }
}
