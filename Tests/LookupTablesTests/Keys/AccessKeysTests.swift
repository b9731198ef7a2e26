import LookupTables
import RestrictionDSL
import Testing

@Suite struct `Keys of access tables` {
  private static func keys(withDot: Bool = false, delimiter: String = "+") -> AccessKeys {
    AccessKeys(
      parentsWithDot: withDot,
      delimiter: RecipientDelimiter(
        characters: Bytes(delimiter), doubleBounceSender: Bytes("double-bounce"),
        ownerRequestSpecial: true))
  }

  private enum Family { case host, address, mail }

  private static func all(
    _ text: String, _ family: Family, kind: TableKind = .fixed, keys: AccessKeys = keys()
  ) -> [String] {
    var seen: [String] = []
    let bytes = Bytes(text)
    func probe(_ key: Span<UInt8>) -> Bool? {
      seen.append(Bytes(copying: key).text)
      return nil
    }
    switch family {
    case .host: _ = keys.host(bytes.span, kind: kind, probe)
    case .address: _ = keys.address(bytes.span, kind: kind, probe)
    case .mail: _ = keys.mail(bytes.span, kind: kind, probe)
    }
    return seen
  }

  // Source: facts restrictions.md §6.2, §6.3 [R].
  @Test(arguments: [
    ("a.b.c", ["a.b.c", "b.c", "c"]), ("[192.0.2.7]", ["[192.0.2.7]", "0.2.7]", "2.7]", "7]"]),
    ("a.b.c.", ["a.b.c.", "b.c.", "c."]), ("192.0.2.7", ["192.0.2.7"]), ("unknown", ["unknown"]),
  ])
  func `host names`(name: String, keys: [String]) {
    #expect(Self.all(name, .host) == keys)
    #expect(Self.all(name, .host, kind: .pattern) == [name])
  }

  @Test func `host names with dotted parents`() {
    #expect(Self.all("a.b.c", .host, keys: Self.keys(withDot: true)) == ["a.b.c", ".b.c", ".c"])
  }

  // Source: facts restrictions.md §6.2 [R].
  @Test(arguments: [
    ("192.0.2.10", ["192.0.2.10", "192.0.2", "192.0", "192"]),
    (
      "2001:db8:1::25:1",
      [
        "2001:db8:1::25:1", "2001:db8:1::25", "2001:db8:1:", "2001:db8:1", "2001:db8", "2001",
      ]
    ),
  ])
  func `addresses`(address: String, keys: [String]) {
    #expect(Self.all(address, .address) == keys)
    #expect(Self.all(address, .address, kind: .pattern) == [address])
  }

  // Source: facts restrictions.md §6.4 [R].
  @Test(arguments: [
    (
      "plus+x y+z@local.test",
      [
        "\"plus+x y+z\"@local.test", "plus+x y+z@local.test", "plus@local.test", "local.test",
        "test", "\"plus+x y+z\"@", "plus+x y+z@", "plus@",
      ]
    ),
    ("a@[192.0.2.1]", ["a@[192.0.2.1]", "[192.0.2.1]", "0.2.1]", "2.1]", "1]", "a@"]),
    ("+x@d", ["+x@d", "d", "+x@"]),
    ("postmaster+x@d", ["postmaster+x@d", "postmaster@d", "d", "postmaster+x@", "postmaster@"]),
  ])
  func `mail addresses`(address: String, keys: [String]) {
    #expect(Self.all(address, .mail) == keys)
  }

  @Test func `mail addresses in pattern tables`() {
    #expect(Self.all("a b+c@d.e", .mail, kind: .pattern) == ["\"a b+c\"@d.e", "a b+c@d.e"])
    #expect(Self.all("no-at", .mail) == [])
  }

  @Test func `the first answer ends the search`() {
    let bytes = Bytes("joe+x@a.b")
    var count = 0
    let found = Self.keys().mail(bytes.span, kind: .fixed) { key -> Int? in
      count += 1
      return key.count == 3 ? 7 : nil
    }
    #expect(found == 7)
    #expect(count == 3)
  }

  // Source: facts restrictions.md §6.4.
  @Test(
    arguments: [
      ("joe+x", "+", 3), ("joe-x+y", "+-", 3), ("+x", "+", nil), ("postmaster", "o", nil),
      ("MAILER-DAEMON", "-", nil), ("double-bounce", "-", nil), ("owner-list", "-", nil),
      ("list-request", "-", nil), ("owner-list", "+", nil), ("x-request", "-", nil),
      ("joe", "", nil),
      ("-request", "-", nil), ("owner", "-", nil), ("list-requests", "-", 4),
    ] as [(String, String, Int?)])
  func `extension`(local: String, delimiter: String, index: Int?) {
    #expect(Self.keys(delimiter: delimiter).delimiter.split(Bytes(local).span) == index)
  }
}
