import Foundation
import LookupTables
import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `Match list` {
  private static func list(
    _ text: String, _ style: MatchList.Style, parents: Bool = false,
    tables: TestTables = TestTables()
  ) -> MatchList {
    MatchList(
      parameter: "mynetworks", text: text, style: style, matchesParents: parents,
      tables: tables.open)
  }

  // Source: facts restrictions.md §8.
  @Test(arguments: [
    ("example.com", "EXAMPLE.com", true), ("example.com", "x.example.com", false),
    (".example.com", "x.example.com", false), ("!a.b, a.b", "a.b", false),
    ("!!a.b", "a.b", true), ("a.b,c.d", "c.d", true), ("inline:{c.d=1}", "C.d", true),
    ("inline:{c.d=1}", "x.c.d", false), ("", "a", false),
    ("BÜCHER.example", "bücher.example", true),
  ])
  func `compares text exactly`(text: String, name: String, isMatch: Bool) throws {
    var book = AnswerBook()
    let answer = try Self.list(text, .strings).matches(Bytes(name), book: &book)
    #expect(answer == isMatch)
  }

  @Test(arguments: [
    ("example.com", "x.example.com", true, true), ("example.com", "x.example.com", false, false),
    (".example.com", "x.example.com", false, true), (".example.com", "example.com", false, false),
    ("example.com", "xexample.com", true, false), ("inline:{c.d=1}", "x.c.d", true, true),
    ("inline:{c.d=1}", "x.c.d", false, false), ("inline:{.c.d=1}", "x.c.d", false, true),
    ("pattern:p", "x.c.d", true, false),
  ])
  func `compares domains with their parents`(
    text: String, name: String, parents: Bool, isMatch: Bool
  ) throws {
    var book = AnswerBook()
    let tables = TestTables(["pattern:p": ["c.d": "1"]])
    let list = Self.list(text, .domains, parents: parents, tables: tables)
    let answer = try list.matches(Bytes(name), book: &book)
    #expect(answer == isMatch)
  }

  // Scenario asked-list-folded: the list folds, whatever the table does.
  @Test(arguments: [MatchList.Style.strings, .domains, .clients])
  func `asks tables for the name in lower case`(style: MatchList.Style) throws {
    var book = AnswerBook()
    let tables = TestTables(["pattern:p": ["c.d": "1"], "pattern:q": ["A.B": "1"]])
    let list = Self.list("pattern:p, pattern:q", style, tables: tables)
    #expect(try list.matches(Bytes("C.d"), book: &book))
    #expect(try !list.matches(Bytes("A.B"), book: &book))
  }

  @Test(arguments: [
    ("127.0.0.0/8", "127.1.2.3", true), ("127.0.0.0/8", "128.0.0.1", false),
    ("[::1]/128", "::1", true), ("[2001:db8::]/32", "2001:db8::5", true),
    ("[2001:db8::/32]", "2001:db8:1::5", true), ("[::1]", "::1", true),
    ("[0:0:0:0:0:0:0:1]", "::1", true), ("1.2.3.4", "1.2.3.4", true), ("1.2.3", "1.2.3.4", false),
    ("!1.2.3.4, 1.2.3.0/24", "1.2.3.4", false), ("!1.2.3.4, 1.2.3.0/24", "1.2.3.5", true),
    ("1.2.3.0/24", "::1", false), ("client.example", "1.2.3.4", true),
    ("inline:{1.2.3.4=x}", "1.2.3.4", true), ("inline:{1.2.3=x}", "1.2.3.4", false),
  ])
  func `compares clients by name, then by address`(
    text: String, address: String, isMatch: Bool
  ) throws {
    var book = AnswerBook()
    let answer = try Self.list(text, .clients).matches(
      name: Bytes("client.example"), address: Bytes(address), ip: IPAddress(address), book: &book)
    #expect(answer == isMatch)
  }

  // Source: facts restrictions.md §8; the texts of `postmap -q 9.9.9.9 cidr:` of Postfix 3.7.11.
  @Test(arguments: [
    (
      "192.0.2.10/24",
      "non-null host address bits in \"192.0.2.10/24\", perhaps you should use \"192.0.2.0/24\" instead"
    ),
    ("127.0.0.0/40", "bad mask length in \"127.0.0.0/40\""),
    ("1.2.3/24", "bad network value in \"1.2.3/24\""),
    ("1.2.3.4/2a", "bad mask value in \"1.2.3.4/2a\""),
    ("1.2.3.4/", "bad mask value in \"1.2.3.4/\""),
    ("[1.2.3.4/8", "missing ']' character after \"[1.2.3.4/8\""),
    ("[1.2.3.4]/a/", "bad mask value in \"1.2.3.4/a/\""),
  ])
  func `a bad network fails when it is reached`(text: String, reason: String) {
    var book = AnswerBook()
    let list = Self.list("8.8.8.8 \(text)", .clients)
    #expect(throws: Suspension.failed(LookupError(.temporary, ["warning: mynetworks: \(reason)"])))
    {
      try list.matches(
        name: Bytes("n"), address: Bytes("9.9.9.9"), ip: IPAddress("9.9.9.9"), book: &book)
    }
    #expect(throws: Never.self) {
      try list.matches(
        name: Bytes("n"), address: Bytes("8.8.8.8"), ip: IPAddress("8.8.8.8"), book: &book)
    }
  }

  // Source: scenario config-error-missing-mynetworks.
  @Test func `a failing table is reported with the list`() {
    var book = AnswerBook()
    let list = Self.list("hash:x", .clients, tables: TestTables(failing: ["hash:x"]))
    let lines = [
      "warning: hash:x is unavailable. test", "warning: mynetworks: hash:x: table lookup problem",
    ]
    #expect(throws: Suspension.failed(LookupError(.temporary, lines))) {
      try list.matches(Bytes("a"), book: &book)
    }
    #expect(book.log == [])
  }

  @Test func `files are read line by line`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "list")
    try Data("# a comment\na.b c.d\n!e.f\n".utf8).write(to: file)
    var book = AnswerBook()
    let list = Self.list("\(file.path), e.f", .strings)
    let answers = try ["a.b", "c.d", "e.f", "comment"].map {
      try list.matches(Bytes($0), book: &book)
    }
    #expect(answers == [true, true, false, false])
    let negated = Self.list("!\(file.path) a.b", .strings)
    let other = try ["a.b", "e.f"].map { try negated.matches(Bytes($0), book: &book) }
    #expect(other == [false, true])
    #expect(list.openMessages == [])
  }

  // Source: facts restrictions.md §8 "A missing /file".
  @Test func `a missing file is a table that fails`() {
    var book = AnswerBook()
    let list = Self.list("/no/such/file", .strings)
    let reason = "open file /no/such/file: No such file or directory"
    #expect(list.openMessages == ["error: \(reason)"])
    let lines = [
      "warning: non-existent:/no/such/file is unavailable. \(reason)",
      "warning: mynetworks: non-existent:/no/such/file: table lookup problem",
    ]
    #expect(throws: Suspension.failed(LookupError(.temporary, lines))) {
      try list.matches(Bytes("a"), book: &book)
    }
  }

  @Test func `says what cannot be meant`() {
    #expect(Self.list("a !", .strings).openMessages == ["fatal: mynetworks: no pattern after '!'"])
    #expect(
      Self.list("a # b c", .strings).openMessages
        == ["warning: mynetworks: comment at end of line is not supported: # b c"])
  }

  // Source: postconf(5) inet_interfaces, proxy_interfaces, inet_protocols.
  @Test func `own addresses`() {
    let machine = ["127.0.0.1", "::1", "192.0.2.1", "::ffff:192.0.2.9"].compactMap { IPAddress($0) }
    func own(_ changes: [String: String]) -> OwnAddresses {
      OwnAddresses(settings: AddressFixtures.settings(changes), machine: machine) { name in
        name == "gate" ? [.v4(0x0102_0304)] : []
      }
    }
    #expect(
      own(["inet_interfaces": "all"]).interfaces.map(\.description)
        == ["127.0.0.1", "::1", "192.0.2.1", "192.0.2.9"])
    #expect(
      own(["inet_interfaces": "loopback-only", "inet_protocols": "ipv4"]).interfaces
        == [.v4(0x7F00_0001)])
    #expect(
      own(["inet_interfaces": "gate, [::1]", "proxy_interfaces": "9.9.9.9"])
        == OwnAddresses(
          interfaces: [.v4(0x0102_0304), .v6(0, 1)], proxies: [.v4(0x0909_0909)]))
  }
}
