import RestrictionDSL
import Testing

@testable import Runtime

/// Fault cases: facts attack-and-fault-cases.md F3.
@Suite struct `DNS client` {
  private func ask(
    _ name: String, _ type: DNSType, times: Int = 1, options: String = "timeout:1 attempts:1",
    script: @escaping FakeNameServer.Script
  ) throws -> (answers: [DNSAnswer], log: [String], queries: [String]) {
    let server = try FakeNameServer(script)
    defer { server.stop() }
    let file = try TemporaryFile("nameserver 127.0.0.1\noptions \(options)\n")
    let test = try TestLoop()
    let client = try DNSClient(loop: test.loop, resolverFile: file.path, port: server.port)
    defer { client.close() }
    var answers: [DNSAnswer] = []
    var log: [String] = []
    for number in 1...times {
      client.ask(Bytes(name), type) { answer, lines in
        answers.append(answer)
        log += lines
      }
      try test.run { answers.count == number }
    }
    return (answers, log, server.queries)
  }

  @Test func `answers with the records in the order of the reply`() throws {
    let result = try ask("example.org", .mx) { query in
      [
        query.reply([
          record(.mx, ttl: 30, [0, 20] + wire("b.example.org")),
          record(.mx, ttl: 60, [0, 10] + wire("a.example.org")),
        ])
      ]
    }
    #expect(
      result.answers == [
        .records([
          .mx(preference: 20, host: Bytes("b.example.org"), ttl: 30),
          .mx(preference: 10, host: Bytes("a.example.org"), ttl: 60),
        ])
      ])
  }

  @Test func `keeps an answer as long as its TTL says`() throws {
    let kept = try ask("example.org", .a, times: 2) { [$0.reply([record(.a, [192, 0, 2, 1])])] }
    #expect(kept.queries == ["example.org/1"])
    #expect(kept.answers[0] == kept.answers[1])
    let zero = try ask("example.org", .a, times: 2) {
      [$0.reply([record(.a, ttl: 0, [192, 0, 2, 1])])]
    }
    #expect(zero.queries == ["example.org/1", "example.org/1"])
  }

  @Test func `keeps a negative answer as long as SOA says`() throws {
    let soa = record(
      .soa, ttl: 60, wire("ns") + wire("root") + Bytes(repeating: 0, count: 19) + [60])
    let kept = try ask("no.example", .a, times: 2) { [$0.reply(code: 3, authority: [soa])] }
    #expect(kept.answers == [.noName, .noName])
    #expect(kept.queries.count == 1)
    let bare = try ask("no.example", .a, times: 2) { [$0.reply(code: 3)] }
    #expect(bare.queries.count == 2)
  }

  @Test(arguments: [
    (2 as UInt8, DNSAnswer.temporary), (3, .noName), (0, .noData), (1, .malformed), (5, .temporary),
  ])
  func `tells response codes apart`(code: UInt8, answer: DNSAnswer) throws {
    let result = try ask("example.org", .a) { [$0.reply(code: code)] }
    #expect(result.answers == [answer])
  }

  @Test func `gives up on a silent server in the time of resolv.conf`() throws {
    let began = EventLoop.clock()
    let result = try ask("example.org", .a) { _ in [] }
    #expect(result.answers == [.temporary])
    #expect(EventLoop.clock() - began < 3000)
    #expect(result.queries.count == 1)
  }

  @Test func `asks again as often as resolv.conf says`() throws {
    let result = try ask("example.org", .a, options: "timeout:1 attempts:2") { query in
      query.number == 1 ? [] : [query.reply([record(.a, [192, 0, 2, 1])])]
    }
    #expect(result.answers == [.records([.address(.v4(0xC000_0201), ttl: 60)])])
  }

  @Test func `ignores a reply with a wrong id`() throws {
    let result = try ask("example.org", .a) { query in
      var wrong = query.reply([record(.a, [6, 6, 6, 6])])
      wrong[0] ^= 0xFF
      return [wrong, query.reply([record(.a, [192, 0, 2, 1])])]
    }
    #expect(result.answers == [.records([.address(.v4(0xC000_0201), ttl: 60)])])
  }

  @Test func `asks by TCP where the reply is truncated, and takes all records`() throws {
    let result = try ask("example.org", .a) { query in
      guard query.isTCP else { return [query.reply(truncated: true)] }
      return [query.reply((0..<4000).map { record(.a, [10, 0, UInt8($0 >> 8), UInt8($0 & 255)]) })]
    }
    guard case .records(let records)? = result.answers.first else {
      Issue.record("no records")
      return
    }
    #expect(records.count == 4000)
    #expect(records.last == .address(.v4(0x0A00_0F9F), ttl: 60))
  }

  @Test func `follows an alias from reply to reply`() throws {
    let result = try ask("www.example.org", .a) { query in
      query.name == "www.example.org"
        ? [query.reply([record(.cname, wire("host.example.net"))])]
        : [query.reply([record(.a, [192, 0, 2, 7])])]
    }
    #expect(result.answers == [.records([.address(.v4(0xC000_0207), ttl: 60)])])
    #expect(result.queries == ["www.example.org/1", "host.example.net/1"])
  }

  // Text: the message catalogue of Postfix 3.7.11's DNS library.
  @Test func `stops in a loop of aliases`() throws {
    let result = try ask("a.example", .a) { query in
      [query.reply([record(.cname, wire(query.name == "a.example" ? "b.example" : "a.example"))])]
    }
    #expect(result.answers == [.noName])
    #expect(result.log == ["warning: dns_lookup: Name server loop for a.example"])
    #expect(result.queries.count == 10)
  }

  @Test func `takes a compression loop for a failure of the server`() throws {
    let result = try ask("example.org", .mx) { query in
      // The host name is a pointer to itself.
      let offset = UInt8(12 + query.question.count + 14)
      return [query.reply([record(.mx, [0, 10, 0xC0, offset])])]
    }
    #expect(result.answers == [.temporary])
  }

  /// F3: what is no reply at all.
  ///
  /// Not one of them may look like "there is no such name".
  @Test(arguments: [
    Bytes(), [0], Bytes(repeating: 0xFF, count: 9), Bytes(repeating: 0, count: 500),
    Bytes(repeating: 0xC0, count: 600), Bytes("HTTP/1.1 400 Bad Request"),
  ])
  func `takes garbage for a failure of the server`(garbage: Bytes) throws {
    let result = try ask("example.org", .mx) { query in
      [garbage, Bytes(query.reply().prefix(2)) + garbage]
    }
    #expect(result.answers == [.temporary])
  }

  /// F3: a reply that is cut off in the middle of a record.
  @Test func `takes a reply that is cut off for a failure of the server`() throws {
    let result = try ask("example.org", .mx) { query in
      [query.reply([record(.mx, [0, 10] + wire("mx.example.net"))]).dropLast(4) + []]
    }
    #expect(result.answers == [.temporary])
  }

  @Test func `knows the null MX`() throws {
    let result = try ask("example.org", .mx) { [$0.reply([record(.mx, [0, 0, 0])])] }
    #expect(result.answers == [.records([.mx(preference: 0, host: [], ttl: 60)])])
  }

  // Observed with Postfix 3.7.11.
  @Test func `takes a null MX beside others for the whole answer`() throws {
    let result = try ask("example.org", .mx) {
      [$0.reply([record(.mx, [0, 20] + wire("mx.example.net")), record(.mx, [0, 10, 0])])]
    }
    #expect(result.answers == [.records([.mx(preference: 10, host: [], ttl: 60)])])
  }

  // Observed with Postfix 3.7.11: the two lines, and the other records are used.
  @Test func `leaves out a record whose host cannot be one, and says so`() throws {
    let result = try ask("example.org", .mx) { query in
      [
        query.reply([
          record(.mx, [0, 10] + wire("-bad.example.net")),
          record(.mx, [0, 20] + wire("mx.example.net")),
        ])
      ]
    }
    #expect(
      result.answers == [.records([.mx(preference: 20, host: Bytes("mx.example.net"), ttl: 60)])])
    #expect(
      result.log == [
        "warning: valid_hostname: misplaced hyphen: -bad.example.net",
        "warning: malformed domain name in resource data of MX record for example.org: "
          + "-bad.example.net",
      ])
  }

  // Observed with Postfix 3.7.11.
  @Test func `says malformed where no record is left`() throws {
    let result = try ask("example.org", .mx) {
      [$0.reply([record(.mx, [0, 10] + wire("-bad.example.net"))])]
    }
    #expect(result.answers == [.malformed])
  }

  // Observed with Postfix 3.7.11: the first string counts, what cannot be printed is blank.
  @Test func `shows the first string of a text`() throws {
    let result = try ask("example.org", .txt) {
      [$0.reply([record(.txt, [4] + Bytes("a\tb") + [0xC3] + [3] + Bytes("xyz"))])]
    }
    #expect(result.answers == [.records([.text(Bytes("a b "), ttl: 60)])])
  }

  @Test func `puts one question on the wire for all who ask`() throws {
    let server = try FakeNameServer { [$0.reply([record(.a, ttl: 0, [192, 0, 2, 1])])] }
    defer { server.stop() }
    let file = try TemporaryFile("nameserver 127.0.0.1\n")
    let test = try TestLoop()
    let client = try DNSClient(loop: test.loop, resolverFile: file.path, port: server.port)
    var answers = 0
    for _ in 0..<50 { client.ask(Bytes("Example.org"), .a) { _, _ in answers += 1 } }
    try test.run { answers == 50 }
    #expect(server.queries == ["Example.org/1"])
    client.close()
  }

  @Test func `does not ask for what is no name`() throws {
    for name in ["", "a..b", "192.0.2.1", "a b", String(repeating: "a", count: 64)] {
      let result = try ask(name, .a) { [$0.reply([record(.a, [192, 0, 2, 1])])] }
      #expect(result.answers == [.noName], "\(name)")
      #expect(result.queries == [], "\(name)")
    }
  }
}
