import Foundation
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

@Suite struct `Address resolution` {
  /// What differs from the defaults of ``AddressFixtures``, for each configuration of the table.
  static let configurations: [String: [String: String]] = [
    "default": [:],
    "dotdomain": ["append_dot_mydomain": "yes"],
    "percent-off": ["allow_percent_hack": "no", "swap_bangpath": "no"],
    "null-domain": [
      "resolve_null_domain": "yes", "resolve_numeric_domain": "yes", "allow_min_user": "yes",
    ],
    "no-dequote": ["resolve_dequoted_address": "no", "append_at_myorigin": "no"],
    "no-utf8": ["smtputf8_enable": "no"],
    "transport": [
      "transport_maps": "hash:transport", "recipient_delimiter": "+",
      "relayhost": "[relay.host]:587",
      "relocated_maps":
        "inline:{{moved@example.com = new@else.where}, {@gone.example = x y}}",
    ],
    "sender": senderMaps, "sender-null": senderMaps,
    "sender-dunno": [
      "relayhost": "rh", "default_transport": "foo:bar", "virtual_transport": "lmtp:unix:x",
      "relay_transport": "relay:rr",
      "sender_dependent_default_transport_maps": "inline:{x@example.com=DUNNO}",
      "sender_dependent_relayhost_maps": "inline:{@example.com=dunno}",
    ],
  ]

  static let senderMaps = [
    "sender_dependent_default_transport_maps": "inline:{boss@example.com=fast:hop, <>=nul:}",
    "sender_dependent_relayhost_maps": "inline:{@example.com=[ex.relay], <>=[null.relay]}",
  ]

  static let senders = ["sender": "boss@example.com", "sender-dunno": "x@example.com"]

  static func tables() -> TestTables {
    TestTables([
      "hash:transport": [
        "x.y": "smtp:[mx.x.y]", ".dot.example": "error:5.7.7 closed", "dot2.example": "retry:",
        "joe@example.com": ":hop", "bob@example.com": "error:", "ann@example.com": "slow:",
        "*": ":[any]", "va.example": "smtp:no",
      ]
    ])
  }

  // Source: Tests/Facts/resolved-addresses.tsv, recorded from trivial-rewrite(8) 3.7.11.
  @Test(arguments: configurations.keys.sorted())
  func `rewrites and resolves as trivial-rewrite does`(configuration: String) throws {
    let path = ProcessInfo.processInfo.environment["RESOLVED_ADDRESSES"] ?? "resolved-addresses.tsv"
    let rows = try Fixtures.table(path).filter { $0["configuration"] == configuration }
    try #require(!rows.isEmpty)
    let changes = try #require(Self.configurations[configuration])
    let resolver = AddressFixtures.resolver(changes, tables: Self.tables())
    let sender = Bytes(Self.senders[configuration] ?? "")
    for row in rows {
      let address = Bytes(row["address"] ?? "")
      #expect(
        resolver.forms.rewrite(external: address, for: .local).text == row["local"],
        "local form of \(address.text)")
      #expect(
        resolver.forms.rewrite(external: address, for: .remote).text == row["remote"],
        "remote form of \(address.text)")
      var book = AnswerBook()
      let resolved = try resolver.resolveAnew(address, sender: sender, &book)
      #expect(Outcome(resolved) == Outcome(row: row), "\(address.text)")
    }
  }

  /// What the service answers about an address; the text of an error carries no route.
  struct Outcome: Hashable {
    let recipient: String
    let flags: Int
    let route: String

    init(_ resolved: ResolvedAddress) {
      recipient = resolved.address.text
      let classes = [256, 512, 1024, 2048, 4096]
      flags =
        classes[Int(resolved.addressClass.rawValue)] + (resolved.isRouted ? 2 : 0)
        + (resolved.hasSyntaxError ? 4 : 0) + (resolved.hasFailed ? 8 : 0)
      route = resolved.hasSyntaxError ? "" : "\(resolved.transport.text):\(resolved.nextHop.text)"
    }

    init(row: [String: String]) {
      recipient = row["recipient"] ?? ""
      flags = Int(row["flags"] ?? "") ?? 0
      route = flags & 4 != 0 ? "" : "\(row["transport"] ?? ""):\(row["nextHop"] ?? "")"
    }
  }

  // Source: facts restrictions.md §7.2 "result address lower-cased", postfix-ipc.md §4 (rewrite first).
  @Test func `completes and folds the address`() throws {
    let resolver = AddressFixtures.resolver()
    var book = AnswerBook()
    let resolved = try resolver.resolve(Bytes("JOE"), book: &book).value
    #expect(
      resolved
        == ResolvedAddress(
          address: Bytes("joe@example.com"), addressClass: .local, transport: Bytes("local"),
          nextHop: Bytes("mail.example.com")))
  }

  @Test func `asks the tables once for the same address`() throws {
    let tables = TestTables()
    let resolver = AddressFixtures.resolver(["relay_domains": "inline:{x.y=1}"], tables: tables)
    var book = AnswerBook()
    let first = try resolver.resolve(Bytes("a@x.y"), book: &book).value
    let count = tables.probes.count
    let second = try resolver.resolve(Bytes("a@x.y"), book: &book).value
    #expect(first == second)
    #expect(first.addressClass == .relay)
    #expect(tables.probes.count == count)
    #expect(count == 1)
  }

  // Source: scenario unlisted-resolve-tempfail: no line of smtpd, 451 with the address.
  @Test func `a failing table makes resolution fail and logs under its own name`() throws {
    let log = LinesSink()
    let resolver = AddressFixtures.resolver(["transport_maps": "fail:now"], log: log)
    var book = AnswerBook()
    let resolved = try resolver.resolve(Bytes("alice@example.com"), book: &book).value
    #expect(resolved == ResolvedAddress(address: [], hasFailed: true))
    #expect(book.log == [])
    #expect(
      log.lines == [
        "warning: fail:now is unavailable. test",
        "warning: fail:now lookup error for \"alice@example.com\"",
        "warning: transport_maps lookup failure",
      ])
  }

  // Source: facts restrictions.md §7.1: logged by the resolver, not by smtpd.
  @Test func `a domain in two lists is reported by the resolver`() throws {
    let log = LinesSink()
    let resolver = AddressFixtures.resolver(["virtual_mailbox_domains": "example.com"], log: log)
    var book = AnswerBook()
    let resolved = try resolver.resolve(Bytes("alice@example.com"), book: &book).value
    #expect(resolved.addressClass == .local)
    #expect(book.log == [])
    #expect(
      log.lines == [
        "warning: do not list domain example.com in BOTH mydestination and virtual_mailbox_domains"
      ])
  }

  // Source: facts smtp-session.md §5: "a domain that is not ASCII without SMTPUTF8".
  @Test(arguments: [
    ("a@bücher.example", true, true), ("a@bücher.example", false, false),
    ("ü@example.com", false, true), ("a@x..y", true, false), ("", false, true),
  ])
  func `accepts addresses`(address: String, smtputf8: Bool, isAccepted: Bool) throws {
    var book = AnswerBook()
    let resolver = AddressFixtures.resolver()
    let answer = try resolver.accepts(Bytes(address), smtputf8: smtputf8, book: &book)
    #expect(answer == isAccepted)
  }
}

/// Keeps lines.
final class LinesSink: LogSink {
  private(set) var lines: [String] = []
  func write(_ line: Span<UInt8>) { lines.append(Bytes(copying: line).text) }
}
