import Foundation
import RestrictionDSL
import Testing

@testable import Runtime

/// Log lines and what is retried: observed with Postfix 3.7.11; fault cases: facts
/// attack-and-fault-cases.md F1.
@Suite struct `Policy client` {
  private struct Outcome: Equatable {
    let answer: PolicyAnswer
    let log: [String]

    init(_ answer: PolicyAnswer, _ log: [String] = []) {
      self.answer = answer
      self.log = log
    }
  }

  /// The service as its own client sees it: what log lines call it.
  private func name(_ endpoint: String) -> String {
    String(endpoint.split(separator: ":", maxSplits: 1)[1])
  }

  private func settings(_ changes: [String: String] = [:]) -> Settings {
    let defaults = [
      "smtpd_policy_service_timeout": "60", "smtpd_policy_service_max_idle": "300",
      "smtpd_policy_service_max_ttl": "1000", "smtpd_policy_service_request_limit": "0",
      "smtpd_policy_service_retry_delay": "0", "smtpd_policy_service_try_limit": "2",
      "smtpd_policy_service_default_action": "451 4.3.5 Server configuration problem",
      "smtpd_policy_service_policy_context": "", "queue_directory": "/nonexistent",
    ]
    return Settings(
      entries: defaults.merging(changes) { $1 }.mapValues { Settings.Entry(value: $0, range: nil) })
  }

  /// For services that hang; elsewhere a busy machine must not make the time run out.
  private let impatient = ["smtpd_policy_service_timeout": "1"]

  /// Asks one after the other.
  private func ask(
    _ endpoint: String, times: Int = 1, _ changes: [String: String] = [:]
  ) throws -> [Outcome] {
    let test = try TestLoop()
    let client = try self.client(test.loop, changes)
    var outcomes: [Outcome] = []
    for number in 1...times {
      client.ask(endpoint, Bytes("request=\(number)\n\n")) { outcomes.append(Outcome($0, $1)) }
      try test.run(seconds: 60) { outcomes.count == number }
    }
    return outcomes
  }

  private func client(_ loop: EventLoop, _ changes: [String: String] = [:]) throws -> PolicyClient {
    let dns = try DNSClient(loop: loop, resolverFile: "/nonexistent", port: 1)
    let hosts = HostResolver(dns: dns, protocols: ["all"], hostsFile: "/nonexistent")
    return PolicyClient(loop: loop, hosts: hosts, settings: settings(changes))
  }

  @Test func `sends requests over one connection and gives the actions`() throws {
    let server = try FakePolicyServer { request, _ in .send("action=\(request)\n\n") }
    defer { server.stop() }
    let outcomes = try ask(server.endpoint, times: 3)
    #expect(
      outcomes == (1...3).map { Outcome(.action(Bytes("request=\($0)"))) })
    #expect(server.seen.connections == 1)
  }

  @Test func `gives up thousands of requests at once when a service that hung is gone`() throws {
    let directory = NSTemporaryDirectory() + "smtpd-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let server = try FakePolicyServer(path: directory + "/p") { _, _ in .hang("") }
    let test = try TestLoop()
    let client = try self.client(
      test.loop,
      ["smtpd_policy_service_try_limit": "1", "smtpd_policy_service_timeout": "1"])
    var answers: [PolicyAnswer] = []
    for _ in 0..<20_000 {
      client.ask("unix:\(directory)/p", Bytes("a=b\n\n")) { answer, _ in answers.append(answer) }
    }
    server.stop()
    try FileManager.default.removeItem(atPath: directory)
    try test.run(seconds: 60) { answers.count == 20_000 }
    #expect(answers.allSatisfy { $0 == .failed })
  }

  @Test func `speaks to a local socket below the queue directory`() throws {
    let directory = NSTemporaryDirectory() + "smtpd-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let server = try FakePolicyServer(path: directory + "/p") { _, _ in .send("action=OK\n\n") }
    defer { server.stop() }
    #expect(try ask("unix:p", ["queue_directory": directory]) == [Outcome(.action(Bytes("OK")))])
  }

  @Test func `passes over other attributes, and the second action`() throws {
    let server = try FakePolicyServer { _, _ in .send("x=y\naction=DUNNO\naction=REJECT\nz=\n\n") }
    defer { server.stop() }
    #expect(try ask(server.endpoint) == [Outcome(.action(Bytes("DUNNO")))])
  }

  @Test func `opens a new connection after as many requests as allowed`() throws {
    let server = try FakePolicyServer { _, _ in .send("action=DUNNO\n\n") }
    defer { server.stop() }
    _ = try ask(server.endpoint, times: 4, ["smtpd_policy_service_request_limit": "2"])
    #expect(server.seen.connections == 2)
  }

  @Test func `asks again, silently, where the service closed`() throws {
    let server = try FakePolicyServer { _, number in
      number == 1 ? .sendAndClose("") : .send("action=REJECT second\n\n")
    }
    defer { server.stop() }
    #expect(try ask(server.endpoint) == [Outcome(.action(Bytes("REJECT second")))])
  }

  @Test func `says one line where it closes at every try`() throws {
    let server = try FakePolicyServer { _, _ in .sendAndClose("") }
    defer { server.stop() }
    let line = "warning: problem talking to server \(name(server.endpoint)): Application error"
    #expect(try ask(server.endpoint) == [Outcome(.failed, [line])])
    #expect(server.seen.requests.count == 2)
  }

  // The connection of the last try is found broken by the next request, as its first try.
  @Test func `spends the first try after a failure on the old connection`() throws {
    let server = try FakePolicyServer { _, _ in .sendAndClose("\n") }
    defer { server.stop() }
    let missing = "warning: missing attribute action in input from \(name(server.endpoint))"
    let last = "warning: problem talking to server \(name(server.endpoint)): Application error"
    #expect(
      try ask(server.endpoint, times: 2) == [
        Outcome(.failed, [missing, missing, last]), Outcome(.failed, [missing, last]),
      ])
    #expect(server.seen.requests.count == 3)
  }

  @Test func `fails again on the old connection where one try is allowed`() throws {
    let server = try FakePolicyServer { _, _ in .sendAndClose("") }
    defer { server.stop() }
    let line = "warning: problem talking to server \(name(server.endpoint)): Application error"
    let failed = Outcome(.failed, [line])
    let outcomes = try ask(server.endpoint, times: 3, ["smtpd_policy_service_try_limit": "1"])
    #expect(outcomes == [failed, failed, failed])
    #expect(server.seen.requests.count == 1)
  }

  @Test func `keeps the connection after a reply without action`() throws {
    let server = try FakePolicyServer { _, _ in .send("garbage\n\n") }
    defer { server.stop() }
    let missing = "warning: missing attribute action in input from \(name(server.endpoint))"
    let last = "warning: problem talking to server \(name(server.endpoint)): Application error"
    let failed = Outcome(.failed, [missing, missing, last])
    #expect(try ask(server.endpoint, times: 2) == [failed, failed])
    #expect(server.seen.requests.count == 4)
  }

  @Test func `gives up on a service that hangs, and says so at every try`() throws {
    let server = try FakePolicyServer { _, _ in .hang("") }
    defer { server.stop() }
    let line = "warning: problem talking to server \(name(server.endpoint)): Connection timed out"
    #expect(try ask(server.endpoint, impatient) == [Outcome(.failed, [line, line])])
  }

  @Test(arguments: [
    ("action=REJ", "input attribute value"), ("action=REJECT x\n", "input attribute name"),
    ("gar", "input attribute name"),
  ])
  func `says where a reply broke off`(part: String, context: String) throws {
    let closing = try FakePolicyServer { _, _ in .sendAndClose(part) }
    defer { closing.stop() }
    let name = name(closing.endpoint)
    let broke = "warning: premature end-of-input on \(name) while reading \(context)"
    #expect(
      try ask(closing.endpoint) == [
        Outcome(
          .failed, [broke, broke, "warning: problem talking to server \(name): Application error"])
      ])
  }

  @Test func `says where a reply stopped`() throws {
    let server = try FakePolicyServer { _, _ in .hang("action=REJ") }
    defer { server.stop() }
    let name = name(server.endpoint)
    let lines = [
      "warning: timeout on \(name) while reading input attribute value",
      "warning: problem talking to server \(name): Connection timed out",
    ]
    #expect(try ask(server.endpoint, impatient) == [Outcome(.failed, lines + lines)])
  }

  @Test func `reads no reply of a megabyte`() throws {
    let server = try FakePolicyServer { _, _ in
      .send("action=" + String(repeating: "x", count: 1 << 20) + "\n\n")
    }
    defer { server.stop() }
    let line = "warning: problem talking to server \(name(server.endpoint)): Application error"
    #expect(try ask(server.endpoint) == [Outcome(.failed, [line])])
  }

  @Test func `says twice that nobody listens`() throws {
    let server = try FakePolicyServer { _, _ in .hang("") }
    server.stop()
    let name = name(server.endpoint)
    let lines = [
      "warning: connect to \(name): Connection refused",
      "warning: problem talking to server \(name): Connection refused",
    ]
    #expect(try ask(server.endpoint) == [Outcome(.failed, lines + lines)])
  }

  @Test func `says that a local socket is not there`() throws {
    let connect = "warning: connect to private/p: No such file or directory"
    let last = "warning: problem talking to server private/p: No such file or directory"
    #expect(try ask("unix:private/p") == [Outcome(.failed, [connect, connect, last])])
  }

  @Test func `says that a host or port is not known`() throws {
    let tries = ["smtpd_policy_service_try_limit": "1"]
    #expect(
      try ask("inet:127.0.0.1:nosuchport", tries) == [
        Outcome(
          .failed,
          [
            "warning: host or service 127.0.0.1:nosuchport not found: "
              + "Servname not supported for ai_socktype",
            "warning: connect to 127.0.0.1:nosuchport: Cannot assign requested address",
            "warning: problem talking to server 127.0.0.1:nosuchport: "
              + "Cannot assign requested address",
          ])
      ])
  }

  @Test func `honours the options of one service`() throws {
    let server = try FakePolicyServer { _, _ in .hang("") }
    defer { server.stop() }
    let line = "warning: problem talking to server \(name(server.endpoint)): Connection timed out"
    let began = EventLoop.clock()
    let outcomes = try ask(
      "{ \(server.endpoint), timeout=1s, try_limit = 1 }".replacingOccurrences(
        of: "try_limit = 1", with: "{ try_limit = 1 }"),
      ["smtpd_policy_service_timeout": "100"])
    #expect(outcomes == [Outcome(.failed, [line])])
    #expect(EventLoop.clock() - began < 5000)
  }

  @Test func `serves others while one request hangs`() throws {
    let server = try FakePolicyServer { request, _ in
      request == "request=hang" ? .hang("") : .send("action=DUNNO\n\n")
    }
    defer { server.stop() }
    let test = try TestLoop()
    let client = try client(test.loop, ["smtpd_policy_service_timeout": "2"])
    var answers: [String] = []
    client.ask(server.endpoint, Bytes("request=hang\n\n")) { _, _ in answers.append("hang") }
    for _ in 0..<20 {
      client.ask(server.endpoint, Bytes("request=ok\n\n")) { _, _ in answers.append("ok") }
    }
    try test.run { answers.count == 21 }
    #expect(answers == Array(repeating: "ok", count: 20) + ["hang"])
  }
}
