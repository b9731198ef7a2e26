import Compiler
import Foundation
import Glibc
import LookupTables
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

@Suite struct `Remote tables of the daemon` {
  /// A folder with parameter files of memcache tables.
  private final class Folder {
    let path = NSTemporaryDirectory() + "remote-tables-\(UUID().uuidString)"

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func table(_ name: String, _ port: UInt16, _ more: String = "") throws -> TableSpec {
      let text = "memcache = inet:127.0.0.1:\(port)\ntimeout = 1\nmax_try = 1\n\(more)\n"
      try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
      return TableSpec(type: "memcache", name: "\(path)/\(name)")
    }
  }

  private static func found(_ value: String) -> Bytes {
    Bytes("VALUE k 0 \(value.utf8.count)\r\n\(value)\r\nEND\r\n")
  }

  // Source: tcp_table(5), socketmap_table(5): nothing says that an answer holds
  @Test func `are asked again at every evaluation, as the compiler knows`() {
    for type in TableRegistry.types where type.isRemote || type.isVolatile {
      // Files of systems that never reach this point.
      if ["dbm", "sdbm"].contains(type.name) { continue }
      let spec = TableSpec(type: type.name, name: "x")
      #expect(Operation.access(.recipient, spec).isVolatile, "\(type.name)")
      #expect(!Operation.access(.recipient, spec).isMemoizable, "\(type.name)")
    }
    #expect(!Operation.access(.recipient, TableSpec(type: "hash", name: "x")).isVolatile)
  }

  @Test func `that hang keep neither the loop nor other tables waiting`() throws {
    let test = try TestLoop()
    let folder = try Folder()
    let dead = FakeServer([.say([nil])])
    let live = FakeServer([.say([Self.found("yes")])])
    let slow = try folder.table("slow", dead.port)
    let quick = try folder.table("quick", live.port)
    let pool = WorkerPool(threads: 4, loop: test.loop)
    let tables = RemoteTables(workers: pool, options: TableOptions(smtputf8: true))
    var order: [String] = []
    tables.ask(slow, Bytes("k")) { result, _ in
      if case .failure(let error) = result {
        order.append(error.messages.joined(separator: "|"))
      }
    }
    tables.ask(quick, Bytes("k")) { result, _ in order.append("\(result.map { $0?.text })") }
    #expect(order == [])
    try test.run { order.count == 2 }
    #expect(
      order == [
        "success(Optional(\"yes\"))",
        "warning: database memcache:\(slow.name): I/O error: Connection timed out",
      ])
  }

  @Test func `give those in line behind a dead server its failure`() throws {
    let test = try TestLoop()
    let folder = try Folder()
    let dead = FakeServer(Array(repeating: .say([nil]), count: 100))
    let spec = try folder.table("dead", dead.port)
    let pool = WorkerPool(threads: 16, loop: test.loop)
    let tables = RemoteTables(workers: pool, options: TableOptions(smtputf8: true))
    var failures = 0
    let start = EventLoop.clock()
    for number in 0..<100 {
      tables.ask(spec, Bytes("key\(number)")) { result, _ in
        if case .failure = result { failures += 1 }
      }
    }
    try test.run { failures == 100 }
    // The fake server takes one connection after the other, so that the kernel keeps the rest waiting.
    #expect(EventLoop.clock() - start < 4000)
  }

  @Test func `answer each question with its own value, and with what was logged`() throws {
    let test = try TestLoop()
    let folder = try Folder()
    try "joe back\n".write(toFile: folder.path + "/b", atomically: true, encoding: .utf8)
    let server = FakeServer([
      .say([Self.found("one"), Self.found("two"), Bytes("END\r\n"), Bytes("ERROR\r\n")])
    ])
    let spec = try folder.table("t", server.port, "backup = texthash:\(folder.path)/b")
    let pool = WorkerPool(threads: 1, loop: test.loop)
    let tables = RemoteTables(workers: pool, options: TableOptions(smtputf8: true))
    tables.open([spec])
    var answers: [String] = []
    for key in ["a", "b", "joe"] {
      var isDone = false
      tables.ask(spec, Bytes(key)) { result, log in
        answers.append("\(result.map { $0?.text }) \(log)")
        isDone = true
      }
      try test.run { isDone }
    }
    let warning = "warning: database memcache:\(spec.name): update failed: ERROR"
    #expect(
      answers == [
        "success(Optional(\"one\")) []", "success(Optional(\"two\")) []",
        "success(Optional(\"back\")) [\"\(warning)\"]",
      ])
  }

  // Source: facts restrictions §2 (temporary error), attack-and-fault-cases F4
  @Test func `let other sessions go on while one waits for a dead server`() throws {
    let folder = try Folder()
    let dead = FakeServer([.say([nil])])
    let spec = try folder.table("dead", dead.port)
    let stage = try `The server`.Stage([
      "smtpd_recipient_restrictions": "check_recipient_access \(spec), permit"
    ])
    let waiting = try stage.connect()
    _ = try stage.ask(waiting, nil)
    for line in ["HELO c", "MAIL FROM:<a@example.net>"] { _ = try stage.ask(waiting, line) }
    let recipient = Bytes("RCPT TO:<alice@example.com>\r\n")
    send(waiting, recipient, recipient.count, CInt(MSG_NOSIGNAL))
    try stage.run { dead.requests == ["get alice@example.com\r\n"] }
    let other = try stage.connect()
    #expect(try stage.ask(other, nil) == "220 mail.example.com ESMTP Postfix")
    #expect(try stage.ask(other, "QUIT") == "221 2.0.0 Bye")
    #expect(
      try stage.ask(waiting, nil)
        == "451 4.3.5 <alice@example.com>: Recipient address rejected: Server configuration error")
    #expect(
      stage.log.lines.filter { $0.contains("warning") } == [
        "postfix/smtpd: warning: database \(spec): I/O error: Connection timed out",
        "postfix/smtpd: warning: \(spec) lookup error for \"alice@example.com\"",
      ])
  }

  /// A message goes through tables of cleanup(8) that block, and through the same in memory.
  @Test func `map addresses and check headers of messages as local ones do`() throws {
    let folder = try Folder()
    let script = """
      sqlite3 \(folder.path)/t.db "create table a(k text, v text); insert into a values
        ('alice@example.com','bob@example.com, carol@example.com'), ('a@example.net','z@example.org')"
      """
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", script]
    try shell.run()
    shell.waitUntilExit()
    try #require(shell.terminationStatus == 0)
    func query(_ name: String, _ query: String) throws -> String {
      try "dbpath = \(folder.path)/t.db\nquery = \(query)\n".write(
        toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
      return "sqlite:\(folder.path)/\(name)"
    }
    let lookup = try query("a", "SELECT v FROM a WHERE k = '%s'")
    let sender = try query("s", "SELECT v FROM a WHERE k = '%s' AND k LIKE 'a@%%'")
    let header = try query("h", "SELECT 'PREPEND X-Seen: yes' WHERE '%s' LIKE 'subject:%%'")
    let remote = try queued([
      "virtual_alias_maps": lookup, "canonical_maps": sender, "header_checks": header,
    ])
    let local = try queued([
      "virtual_alias_maps":
        "inline:{ { alice@example.com = bob@example.com, carol@example.com } }",
      "canonical_maps":
        "inline:{ { a@example.net = z@example.org } }",
      "header_checks": "regexp:{ { /^subject:/ PREPEND X-Seen: yes } }",
    ])
    #expect(remote == local)
    #expect(remote.contains("X-Seen: yes"))
    #expect(remote.contains("carol@example.com"))
  }

  @Test func `keep no message where a mapping fails`() throws {
    let folder = try Folder()
    let gone = FakeServer([])
    let spec = try folder.table("gone", gone.port)
    let stage = try `The server`.Stage(["virtual_alias_maps": "\(spec)"])
    let client = try stage.connect()
    _ = try stage.ask(client, nil)
    for line in ["HELO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice@example.com>", "DATA"] {
      _ = try stage.ask(client, line)
    }
    _ = try stage.ask(client, "Subject: x\r\n\r\nx\r\n.")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: stage.directory + "/incoming") == [])
  }

  /// The queue file of one long message, without what differs from run to run.
  private func queued(_ settings: [String: String]) throws -> String {
    let stage = try `The server`.Stage(settings)
    let client = try stage.connect()
    _ = try stage.ask(client, nil)
    for line in ["HELO c", "MAIL FROM:<a@example.net>", "RCPT TO:<alice@example.com>", "DATA"] {
      let reply = try stage.ask(client, line)
      try #require(reply.first == "2" || reply.hasPrefix("354"), "\(line): \(reply)")
    }
    // Longer than what is kept in memory.
    let body = (0..<4000).map { "line \($0) of a long message, with some text" }
    let text =
      "From: a@example.net\r\nTo: alice@example.com\r\nSubject: x\r\n"
      + "Date: x\r\nMessage-Id: <x@y>\r\n\r\n" + body.joined(separator: "\r\n")
    for start in stride(from: 0, to: text.utf8.count, by: 10_000) {
      let bytes = Bytes(text.utf8.dropFirst(start).prefix(10_000))
      try #require(send(client, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count)
      try stage.run { true }
      stage.server.loop.turn(limit: 20)
    }
    let reply = try stage.ask(client, "\r\n.")
    try #require(reply.hasPrefix("250 2.0.0 Ok: queued as "), "\(reply) \(stage.log.lines)")
    let id = try #require(reply.split(separator: " ").last.map(String.init))
    let file = try Bytes(Data(contentsOf: URL(filePath: stage.directory + "/incoming/" + id)))
    let log = stage.log.lines.filter { $0.hasPrefix("postfix/cleanup") }
    return (file.filter { (0x20...0x7E).contains($0) }.text + log.joined(separator: "\n"))
      .replacing(id, with: "ID")
      // Where the content begins depends on the digits of the microseconds.
      .replacing(#/^(C_ +[0-9]+) +[0-9]+/#) { "\($0.1) START" }
      .replacing(#/_port=[0-9]+/#, with: "_port=N")
      .replacing(#/create_time=[0-9]+/#, with: "TIME").replacing(#/[0-9]{10} [0-9]+/#, with: "TIME")
      .replacing(#/for <alice@example.com>; [^(]*\(/#, with: "DATE")
  }
}
