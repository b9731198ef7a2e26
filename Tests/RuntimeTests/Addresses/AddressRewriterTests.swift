import Foundation
import LookupTables
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

@Suite struct `Address rewriting` {
  static let configurations: [String: [String: String]] = [
    "plain": [:],
    "dotdomain": ["append_dot_mydomain": "yes"],
    "canonical": [
      "recipient_delimiter": "+",
      "canonical_maps":
        "inline:{{joe@example.com = Joe.User@corp.example}, {ann@example.com = @other.example}, "
        + "{@x.y = all@x.y}, {loop@example.com = loop2@example.com}, "
        + "{loop2@example.com = loop@example.com}, {bob = robert}, {multi@example.com = a, b}, "
        + "{q@example.com=\"quoted user\"@example.com}}",
      "sender_canonical_maps": "inline:{{joe@example.com=sjoe}}",
      "recipient_canonical_maps": "inline:{{carol@example.com=rcarol@x.z}}",
    ],
    "masquerade": [
      "masquerade_domains": "!keep.corp.example, corp.example, other",
      "masquerade_exceptions": "root, postmaster",
      "masquerade_classes":
        "envelope_sender, envelope_recipient, header_sender, header_recipient",
    ],
    "virtual": [
      "recipient_delimiter": "+",
      "virtual_alias_maps":
        "inline:{{joe@example.com = j1, j2@x.y}, {j1@example.com = j3@x.y joe@example.com}, "
        + "{ann@example.com = @other.example}, {self@example.com = self@example.com}, "
        + "{selfplus@example.com = selfplus@example.com, copy@x.y}, {@va.example = all}, "
        + "{a@c.x=b@c.x}, {b@c.x=a@c.x}, {list@example.com = l1@x.y l2@x.y l3@x.y l1@X.Y}, "
        + "{bob = robert, \"b o b\"@x.y}, {grp = g: m1, m2;}, {q@example.com=Joe <z@x.y>}, "
        + "{loop@d.x=loop@d.x, other@d.x},{other@d.x=loop@d.x,last@d.x}}",
    ],
    "virtual-nopropagate": [
      "recipient_delimiter": "+", "propagate_unmatched_extensions": "",
      "virtual_alias_maps": "inline:{{joe@example.com = j1}, {ann@example.com = @other.example}}",
      "canonical_maps": "inline:{{c@example.com=d@x.y},{e@example.com=@x.z}}",
    ],
    "virtual-limits": [
      "recipient_delimiter": "+", "virtual_alias_expansion_limit": "3",
      "virtual_alias_recursion_limit": "3", "virtual_alias_address_length_limit": "20",
      "virtual_alias_maps":
        "inline:{{big@x.y = a@x.y, b@x.y, c@x.y, d@x.y}, {three@x.y = a@x.y, b@x.y, c@x.y}, "
        + "{n0@x.y=n1@x.y}, {n1@x.y=n2@x.y},{n2@x.y=n3@x.y},{n3@x.y=n4@x.y},{m1@x.y=m2@x.y},"
        + "{m2@x.y=m3@x.y},{m3@x.y=m4@x.y}, {long@x.y=abcdefghijklmnopqrstuvwxyz@x.y}}",
    ],
  ]

  private static func rewriter(_ changes: [String: String]) -> AddressRewriter {
    let settings = AddressFixtures.settings(changes)
    let tables = TestTables()
    return AddressRewriter(
      settings: settings, classes: AddressFixtures.resolver(changes).classes, tables: tables.open)
  }

  // Source: Tests/Facts/rewritten-addresses.tsv, recorded from cleanup(8) 3.7.11.
  @Test(arguments: configurations.keys.sorted())
  func `rewrites as cleanup does`(configuration: String) throws {
    let rows = try Fixtures.table("rewritten-addresses.tsv").filter {
      $0["configuration"] == configuration
    }
    try #require(!rows.isEmpty)
    let rewriter = Self.rewriter(try #require(Self.configurations[configuration]))
    for row in rows {
      let kind = try #require(row["kind"])
      let input = Bytes(Self.unescaped(row["input"] ?? ""))
      let output = try Self.output(rewriter, kind, input)
      #expect(output == Self.unescaped(row["output"] ?? ""), "\(kind) \(input.text)")
    }
  }

  private static func output(
    _ rewriter: AddressRewriter, _ kind: String, _ input: Bytes
  ) throws -> String {
    var book = AnswerBook()
    switch kind {
    case "sender": return try rewriter.sender(input, queueID: [], book: &book).text
    case "rcpt":
      let address = AddressParser.parse(
        ([0x3C] + input + [0x3E]).span, isStrict: false, allowsEmpty: false)
      return try expanded(rewriter, try #require(address))
    default:
      let header = Bytes("\(kind): ") + input
      let new = try rewriter.header(
        header, nameLength: kind.utf8.count,
        place: kind == "To" ? .headerRecipient : .headerSender, context: .local,
        queueID: [], book: &book)
      return (new ?? header).text
    }
  }

  /// The recipients that are stored; the queue writer drops repeated ones.
  private static func expanded(_ rewriter: AddressRewriter, _ address: Bytes) throws -> String {
    var book = AnswerBook()
    let recipient = try rewriter.recipient(address, queueID: [], book: &book)
    let all: [Bytes]
    do {
      all = try rewriter.aliases(of: recipient, queueID: [], book: &book)
    } catch {
      guard case .unreasonable = error else { throw error }
      return "451 4.6.0 Alias expansion error"
    }
    var seen: Set<Bytes> = []
    return all.filter { seen.insert($0.asciiLowercased).inserted }.map(\.text)
      .joined(separator: ", ")
  }

  private static func unescaped(_ text: String) -> String {
    var result = ""
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        result.unicodeScalars.append(scalar == "n" ? "\n" : scalar == "t" ? "\t" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
