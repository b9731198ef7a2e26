import Foundation
import RestrictionDSL
import TestSupport
import Testing

@testable import LookupTables

/// What servers of the simple protocols may say, and the installed postmap as referee.
@Suite struct `Servers of line protocols` {
  // Source: tcp_table(5); what the installed postmap makes of each
  @Test func `that speak tcp_table are understood as postmap does`() throws {
    let replies = [
      "200 va%20l%0ax y", "200 ", "200", "200  two", "500 nope", "400 later", "250 v", "600 v",
      "garbage",
      "200 %zz", "", "2 v", "200x v", "200 v\r", "200 é", "200 a%00b", "200\tv", "600 %41\u{1}",
      "200 %a",
      "200 %", "200 " + String(repeating: "x", count: 4091),
    ]
    try compare(
      replies.map { Case("tcp:127.0.0.1:PORT", "A b%é", [.say([Bytes($0 + "\n")])]) } + [
        Case("tcp:127.0.0.1:PORT", "k", [.readAndClose, .say([Bytes("200 second\n")])]),
        Case(
          "tcp:127.0.0.1:PORT", "-", [.say(["200 1\n", "500 x\n", "200 3\n"].map { Bytes($0) })],
          input: "a\nb\nc\n"),
        Case("tcp:127.0.0.1:PORT", "k", [.say([Bytes(repeating: 0x78, count: 5000)])]),
        Case("tcp:127.0.0.1:1", "k", []), Case("tcp:nosuch", "k", []),
      ])
  }

  // Source: socketmap_table(5)
  @Test func `that speak socketmap are understood as postmap does`() throws {
    let texts = [
      "OK val ue", "OK ", "OK", "NOTFOUND ", "NOTFOUND", "TEMP later", "TIMEOUT slow", "PERM bad",
      "TEMP ",
      "PERM ", "FOO x", "", "ok x", "OK a\0b", "NOTFOUND x y", "TEMP é\u{1}x",
    ].map { NetstringCodec.encode(Bytes($0)) }
    let others = [
      "garbage,", "3:OK x,", "4:OK x;", "05:OK xy,", "99999999999:", ":x", "-1:x,",
      "100001:" + String(repeating: "x", count: 100_001) + ",",
    ].map { Bytes($0) }
    let name = "socketmap:inet:127.0.0.1:PORT:nm"
    let found = NetstringCodec.encode(Bytes("OK second"))
    try compare(
      (texts + others).map { Case(name, "A b%", [.say([$0])]) } + [
        Case(name, "k", [.close, .say([found])]), Case(name, "k", [.readAndClose, .say([found])]),
        Case(name, "k", [.readAndClose, .readAndClose, .say([found])]),
        Case(name, "-", [.say([found, texts[3], found])], input: "a\nb\nc\n"),
        Case("socketmap:inet:127.0.0.1:1:nm", "k", []),
        Case("socketmap:unix:/nosuch/s:nm", "k", []),
        Case("socketmap:unix:/nosuch", "k", []), Case("socketmap:foo", "k", []),
        Case("socketmap:foo:bar:baz", "k", []), Case("socketmap:inet::x", "k", []),
      ])
  }

  // Source: memcache_table(5)
  @Test func `that speak memcache are understood as postmap does`() throws {
    let folder = try TemporaryFolder()
    try folder.write("b", Bytes("bk val\n"))
    let backup = "backup = texthash:\(folder.path)/b\n"
    func lines(_ texts: String...) -> FakeServer.Connection {
      .say(texts.map { Bytes($0.replacing("\n", with: "\r\n")) })
    }
    let end = lines("END\n")
    let cases: [(String, String, [FakeServer.Connection])] = [
      ("", "Key", [lines("VALUE key 0 3\nabc\nEND\n")]), ("", "k", [end]),
      ("", "k", [lines("ERROR\n"), lines("ERROR\n")]), ("", "k", [lines("VALUE k 0 0\n\nEND\n")]),
      ("", "k", [lines("SERVER_ERROR out of memory\n"), lines("SERVER_ERROR x\u{1}\n")]),
      ("", "a b", [end]), ("", "a\u{1}b", [end]),
      ("", "k", [.readAndClose, lines("VALUE k 0 1\nx\nEND\n")]),
      (
        "", "k",
        [lines("VALUE k 0 20000\n" + String(repeating: "x", count: 20000) + "\nEND\n"), end]
      ),
      ("", "k", [lines("VALUE k 0 3\nabc\nFOO\n")]),
      (backup + "key_format = pf:%s\nttl = 77\nflags = 5\n", "bk", [lines("END\n", "STORED\n")]),
      (backup, "none", [lines("END\n", "STORED\n")]),
      (backup, "bk", [lines("END\n", "ERROR\n"), lines("ERROR\n")]),
      ("key_format = %u-%d-%1\n", "u@d", [end]), ("key_format = %u-%d-%1\n", "u", [end]),
      ("key_format = %z\n", "u", [end]), ("domain = e\n", "u@d", [end]),
      ("max_try = 0\n", "k", [end]),
      ("memcache = inet:127.0.0.1:1\n", "k", []),
      (backup + "memcache = inet:127.0.0.1:1\n", "bk", []),
      ("memcache = foo:127.0.0.1:1\n", "k", []), ("backup = foo\n", "k", []),
    ]
    try compare(
      cases.enumerated().map { index, row in
        Case(
          "memcache:\(folder.path)/\(index).cf", row.1, row.2,
          file: "\(folder.path)/\(index).cf", text: "memcache = inet:127.0.0.1:PORT\n" + row.0)
      })
  }

  private struct Case: Sendable {
    let table: String
    let key: String
    let connections: [FakeServer.Connection]
    var input = ""
    var file = ""
    var text = ""

    init(
      _ table: String, _ key: String, _ connections: [FakeServer.Connection], input: String = "",
      file: String = "", text: String = ""
    ) {
      (self.table, self.key, self.connections) = (table, key, connections)
      (self.input, self.file, self.text) = (input, file, text)
    }

    /// What a program says and what the server heard.
    func play(_ program: String) -> String {
      let server = FakeServer(connections)
      func here(_ text: String) -> String { text.replacing("PORT", with: "\(server.port)") }
      if !file.isEmpty {
        try? here(text).write(toFile: file, atomically: true, encoding: .utf8)
        // What is younger than a second is read again and again by Postfix.
        var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
        utimes(file, &times)
      }
      let output = Programs.run(
        "/bin/bash", ["-c", "exec 2>&1; exec \"$0\" \"$@\"", program, "-q", key, here(table)],
        input: Array(input.utf8))
      let said = String(decoding: output.standardOutput, as: UTF8.self)
      return "\(said)rc=\(output.status)\nheard \(server.requests)"
        .replacing("\(server.port)", with: "PORT")
        .replacing(#/query error: [^\n]*/#, with: "query error")
        .replacing("A b%é\u{1}", with: "KEY")
    }
  }

  private func compare(_ cases: [Case]) throws {
    try #require(!cases.isEmpty)
    let results = Results(count: cases.count)
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = 64
    for (index, one) in cases.enumerated() {
      // One after the other: both read the same parameter file.
      queue.addOperation {
        results.set(index, one.play(Programs.installedPostmap), one.play(Programs.postmap))
      }
    }
    queue.waitUntilAllOperationsAreFinished()
    for (index, one) in cases.enumerated() {
      let (theirs, ours) = results.get(index)
      #expect(ours == theirs, "\(one.table) \(one.key) \(one.connections)")
    }
  }

  private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var pairs: [(String, String)]
    init(count: Int) { pairs = Array(repeating: ("", ""), count: count) }
    func set(_ index: Int, _ theirs: String, _ ours: String) {
      lock.withLock { pairs[index] = (theirs, ours) }
    }
    func get(_ index: Int) -> (String, String) { lock.withLock { pairs[index] } }
  }
}

/// Case F4 for servers: they hang, die, talk nonsense, never stop talking.
@Suite struct `A server that fails` {
  private static let faults: [(String, [FakeServer.Connection])] = [
    ("hangs", Array(repeating: .say([nil]), count: 20)),
    ("dies", Array(repeating: .readAndClose, count: 20)),
    ("closes", Array(repeating: .close, count: 20)),
    ("talks nonsense", Array(repeating: .say([Bytes(repeating: 0xFE, count: 300)]), count: 20)),
    ("never stops", Array(repeating: .flood(Bytes(repeating: 0x39, count: 1_000_000)), count: 20)),
    ("is gone", []),
  ]

  @Test(arguments: faults.map(\.0))
  func `gives a temporary error within its time`(fault: String) throws {
    let connections = try #require(Self.faults.first { $0.0 == fault }?.1)
    let folder = try TemporaryFolder()
    for type in tables {
      let server = FakeServer(connections)
      let table = try type.open(folder, server.port)
      let start = Date()
      let error = #expect(throws: LookupError.self, "\(type.name) \(fault)") {
        _ = try table.value(for: Bytes("key").span)
      }
      #expect(error?.kind == .temporary, "\(type.name) \(fault)")
      #expect(error?.messages.isEmpty == false, "\(type.name) \(fault)")
      #expect(error?.messages.allSatisfy { $0.utf8.count < 6000 } == true)
      #expect(Date().timeIntervalSince(start) < 8, "\(type.name) \(fault)")
    }
  }

  private struct Kind {
    let name: String
    let open: (TemporaryFolder, UInt16) throws -> any LookupTable
  }

  private var tables: [Kind] {
    func opening() -> TableOpening {
      TableOpening(
        options: TableOptions(smtputf8: true), warnings: TableWarnings(),
        proxymap: ProxymapClient(directory: "", service: "proxymap")
      ) { _ in preconditionFailure("no members") }
    }
    func file(_ name: String, _ type: String, _ text: String) -> Kind {
      Kind(name: name) { folder, port in
        try folder.write(name, Bytes(text.replacing("PORT", with: "\(port)")))
        let row = try #require(TableRegistry.type(named: type))
        return try row.open("\(folder.path)/\(name)", opening())
      }
    }
    var kinds = [
      Kind(name: "tcp") {
        TCPTable(name: "127.0.0.1:\($1)", opening: opening(), timeLimit: 1, pause: 0)
      },
      Kind(name: "socketmap") {
        try SocketmapTable(name: "inet:127.0.0.1:\($1):n", opening: opening(), timeLimit: 1)
      },
      file("memcache", "memcache", "memcache = inet:127.0.0.1:PORT\ntimeout = 1\n"),
    ]
    let sql = "dbname = x\nuser = x\nquery = SELECT '%s'\ntimeout = 2\n"
    #if PostgreSQL
      kinds.append(file("pgsql", "pgsql", "hosts = 127.0.0.1:PORT\n" + sql))
    #endif
    #if MySQL
      kinds.append(file("mysql", "mysql", "hosts = 127.0.0.1:PORT\n" + sql))
    #endif
    #if LDAP
      kinds.append(
        file(
          "ldap", "ldap", "server_host = ldap://127.0.0.1:PORT\nsearch_base = dc=x\ntimeout = 1\n"))
    #endif
    #if Redis
      kinds.append(file("redis", "redis", "hosts = 127.0.0.1:PORT\ntimeout = 1\n"))
    #endif
    _ = sql
    return kinds
  }
}
