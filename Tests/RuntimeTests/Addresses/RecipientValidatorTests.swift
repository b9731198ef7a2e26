import LookupTables
import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `Recipient validity` {
  private static func check(
    _ address: String, _ changes: [String: String], role: RecipientValidator.Role = .recipient,
    tables: TestTables = TestTables()
  ) throws -> AddressValidity {
    let resolver = AddressFixtures.resolver(changes, tables: tables)
    let validator = RecipientValidator(
      settings: AddressFixtures.settings(changes), resolver: resolver, tables: tables.open)
    var book = AnswerBook()
    return try validator.check(Bytes(address), role: role, book: &book)
  }

  private static func unknown(_ parameter: String, _ text: String, _ status: String = "5.1.1")
    -> AddressValidity
  {
    .unknown(
      UnknownAddress(code: .parameter(parameter), status: Bytes(status), text: Bytes(text)))
  }

  private static let maps = [
    "local_recipient_maps": "inline:{alice=1}",
    "relay_recipient_maps": "inline:{ok@relay.example=1}",
    "virtual_mailbox_maps": "inline:{ok@vm.example=1}",
    "virtual_alias_maps": "inline:{ok@va.example=x}",
  ]

  // Source: scenarios unlisted-*; facts restrictions.md §7.5.
  @Test(arguments: [
    "alice@example.com", "Alice", "ok@relay.example", "ok@vm.example", "ok@va.example",
    "x@other.test", "postmaster@example.com", "MAILER-DAEMON@localhost",
    "double-bounce@example.com",
  ])
  func `known recipients`(address: String) throws {
    let validity = try Self.check(address, Self.maps)
    #expect(validity == .valid)
  }

  @Test func `unknown recipients by class`() throws {
    let cases: [(String, String, String)] = [
      ("no@example.com", "unknown_local_recipient_reject_code", "local recipient"),
      ("no@relay.example", "unknown_relay_recipient_reject_code", "relay recipient"),
      ("no@vm.example", "unknown_virtual_mailbox_reject_code", "virtual mailbox"),
      ("no@va.example", "unknown_virtual_alias_reject_code", "virtual alias"),
    ]
    for (address, parameter, table) in cases {
      let named = try Self.check(address, Self.maps)
      #expect(named == Self.unknown(parameter, "User unknown in \(table) table"))
      let hidden = try Self.check(
        address, Self.maps.merging(["show_user_unknown_table_name": "no"]) { $1 })
      #expect(hidden == Self.unknown(parameter, "User unknown"))
      let open = try Self.check(
        address, table == "virtual alias" ? ["virtual_alias_maps": ""] : [:])
      #expect(open == (table == "virtual alias" ? named : .valid))
    }
  }

  @Test func `senders have another status`() throws {
    let validity = try Self.check("no@example.com", Self.maps, role: .sender)
    #expect(
      validity
        == Self.unknown(
          "unknown_local_recipient_reject_code", "User unknown in local recipient table", "5.1.0"))
  }

  // Source: scenario unlisted-transport-error.
  @Test(arguments: [
    ("x@rel.example", 550, "5.7.7", "closed forever"), ("x@ret.example", 450, "4.7.7", "back soon"),
    ("bob@example.com", 550, "5.1.1", "no dsn here"),
  ])
  func `error and retry transports`(address: String, code: Int, status: String, text: String) throws
  {
    let tables = TestTables([
      "hash:t": [
        "rel.example": "error:5.7.7 closed forever", "ret.example": "retry:4.7.7 back soon",
        "bob@example.com": "error:no dsn here",
      ]
    ])
    let validity = try Self.check(address, ["transport_maps": "hash:t"], tables: tables)
    #expect(
      validity
        == .unknown(
          UnknownAddress(code: .fixed(code), status: Bytes(status), text: Bytes(text))))
  }

  // Source: scenario unlisted-canonical; sender_canonical_maps counts for senders only.
  @Test func `rewriting tables make an address known`() throws {
    let maps = Self.maps.merging([
      "canonical_maps": "inline:{ghost@example.com=x}",
      "recipient_canonical_maps": "inline:{phantom@example.com=x}",
      "sender_canonical_maps": "inline:{spirit@example.com=x}",
    ]) { $1 }
    for address in ["ghost@example.com", "phantom@example.com"] {
      let validity = try Self.check(address, maps)
      #expect(validity == .valid)
    }
    let sender = try Self.check("spirit@example.com", maps, role: .sender)
    #expect(sender == .valid)
    let recipient = try Self.check("spirit@example.com", maps)
    #expect(
      recipient
        == Self.unknown(
          "unknown_local_recipient_reject_code", "User unknown in local recipient table"))
  }

  // Source: scenario unlisted-local-lookup-error.
  @Test func `a failing table`() throws {
    let validity = try Self.check("alice@example.com", ["local_recipient_maps": "fail:now"])
    #expect(
      validity
        == .failed(
          LookupError(
            .temporary,
            [
              "warning: fail:now is unavailable. test",
              "warning: fail:now lookup error for \"alice@example.com\"",
            ])))
  }

  @Test func `a resolver that fails`() throws {
    let validity = try Self.check("alice@example.com", ["transport_maps": "fail:now"])
    #expect(validity == .failed(LookupError(.temporary, [])))
  }

  // Source: facts restrictions.md §7.4 [R] "nobody+x@local.test, nobody@local.test, nobody+x, …".
  @Test(arguments: [
    (
      "nobody+x@example.com",
      ["nobody+x@example.com", "nobody@example.com", "nobody+x", "nobody", "@example.com"]
    ),
    ("nobody+x@other.test", ["nobody+x@other.test", "nobody@other.test", "@other.test"]),
    (
      "a b@example.com",
      ["\"a b\"@example.com", "a b@example.com", "\"a b\"", "a b", "@example.com"]
    ),
    ("owner-x@other.test", ["owner-x@other.test", "@other.test"]),
    ("+x@other.test", ["+x@other.test", "@other.test"]),
  ])
  func `keys`(address: String, keys: [String]) throws {
    let settings = AddressFixtures.settings(["recipient_delimiter": "+-", "myorigin": "mine"])
    let tables = TestTables()
    let list = TableList(
      parameter: "t", tables: [tables.open(TableSpec(type: "inline", name: "{}"))])
    let patterns = TableList(
      parameter: "t", tables: [tables.open(TableSpec(type: "pattern", name: "p"))])
    let finder = AddressFinder(settings: settings)
    var book = AnswerBook()
    let isLocal: (Span<UInt8>, inout AnswerBook) throws(Suspension) -> Bool = { domain, _ in
      Bytes(copying: domain).text == "example.com"
    }
    let found = try finder.find(Bytes(address), in: list, book: &book, isLocal: isLocal)
    #expect(found == nil)
    #expect(tables.probes == keys)
    let other = try finder.find(Bytes(address), in: patterns, book: &book, isLocal: isLocal)
    #expect(other == nil)
    #expect(tables.probes.count == keys.count + (address.contains(" ") ? 2 : 1))
  }

  @Test func `what a key left over`() throws {
    let settings = AddressFixtures.settings(["recipient_delimiter": "+"])
    let tables = TestTables(["hash:t": ["joe@x.y": "bare", "ann+q@x.y": "full"]])
    let list = TableList(parameter: "t", tables: [tables.open(TableSpec(type: "hash", name: "t"))])
    var book = AnswerBook()
    let finder = AddressFinder(settings: settings)
    let isLocal: (Span<UInt8>, inout AnswerBook) throws(Suspension) -> Bool = { _, _ in false
    }
    let bare = try finder.find(Bytes("joe+ext@x.y"), in: list, book: &book, isLocal: isLocal)
    let full = try finder.find(Bytes("ann+q@x.y"), in: list, book: &book, isLocal: isLocal)
    #expect(bare == AddressFinder.Match(value: Bytes("bare"), unmatchedExtension: Bytes("+ext")))
    #expect(full == AddressFinder.Match(value: Bytes("full"), unmatchedExtension: []))
  }
}
