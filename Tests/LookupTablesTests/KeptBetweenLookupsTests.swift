import CSystem
import Glibc
import RestrictionDSL
import TestSupport
import Testing

@testable import LookupTables

/// What indexed tables keep from one lookup to the next: answers about domains, and the read lock of a turn.
@Suite struct `Between lookups` {
  /// An indexed file in memory that counts what it is asked.
  private final class Counted: LookupTable {
    let kind = TableKind.fixed
    let isIndexed = true
    var entries: [String: String] = [:]
    private(set) var probes: [String] = []

    func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
      let text = Bytes(copying: key).text
      probes.append(text)
      return entries[text].map { Bytes($0) }
    }
  }

  private let counted = Counted()
  private let period = LookupPeriod()

  private func table(isVolatile: Bool = false) -> OpenTable {
    OpenTable(
      spec: TableSpec(type: "hash", name: "x"), table: counted, isRemote: false,
      isVolatile: isVolatile, options: TableOptions(smtputf8: true), warnings: nil, period: period)
  }

  /// Asks as access tables do; -> the value and the keys that came to the file.
  private func ask(_ address: String, _ table: OpenTable) throws -> (value: String?, keys: [String])
  {
    let before = counted.probes.count
    let mail = Bytes(address)
    let known = MailShape(mail.span)
    let shape = try #require(known)
    let keys = AccessKeys(settings: Settings.forTesting())
    let value = try keys.mail(mail.span, shape, in: table) { key throws(LookupError) in
      try table.value(for: key)
    }
    return (value?.text, Array(counted.probes[before...]))
  }

  @Test func `a domain without entry is asked for once in a period`() throws {
    let table = table()
    #expect(try ask("a@b.example", table).keys == ["a@b.example", "b.example", "example", "a@"])
    #expect(try ask("c@b.example", table).keys == ["c@b.example", "c@"])
    #expect(try ask("c@d.example", table).keys == ["c@d.example", "d.example", "c@"])
    period.end()
    #expect(try ask("c@b.example", table).keys == ["c@b.example", "b.example", "example", "c@"])
  }

  @Test func `a domain or parent with an entry is found each time`() throws {
    counted.entries = ["example": "REJECT", "x.test": "OK"]
    let table = table()
    for name in ["a", "c"] {
      #expect(try ask("\(name)@b.example", table).value == "REJECT")
      #expect(try ask("\(name)@x.test", table).value == "OK")
      #expect(try ask("\(name)@y.test", table).value == nil)
    }
  }

  @Test func `a table that was replaced is asked again, a volatile one always`() throws {
    let replaced = table()
    _ = try ask("a@b.example", replaced)
    replaced.replace(with: counted)
    #expect(try ask("c@b.example", replaced).keys.count == 4)
    let volatile = table(isVolatile: true)
    _ = try ask("a@b.example", volatile)
    #expect(try ask("c@b.example", volatile).keys.count == 4)
  }

  // MARK: Locks

  private func made(_ text: String, in folder: TemporaryFolder) throws -> TableSpec {
    try folder.write("table", Bytes(text))
    let build = Programs.run(
      Programs.postmap, ["lmdb:table"], environment: folder.environment, directory: folder.path)
    try #require(build.status == 0)
    return TableSpec(type: "lmdb", name: folder.path + "/table")
  }

  /// Whether a writer could begin now.
  private func isFree(_ spec: TableSpec) throws -> Bool {
    let fd = smtpd_open(spec.name + ".lmdb", O_RDWR | O_CLOEXEC, 0)
    try #require(fd >= 0)
    defer { close(fd) }
    return setFileLock(fd, F_WRLCK, wait: false) == 0
  }

  @Test func `an lmdb file is locked from the first lookup of a turn to its end`() throws {
    let folder = try TemporaryFolder()
    let spec = try made("a 1\n", in: folder)
    let locks = HeldLocks()
    let held = TableCache(options: TableOptions(smtputf8: true), locks: locks).open(spec)
    let plain = TableCache(options: TableOptions(smtputf8: true)).open(spec)
    #expect(try isFree(spec))
    #expect(try plain.value(for: Bytes("a").span) == Bytes("1"))
    #expect(try isFree(spec))
    for key in ["a", "b", "a"] { _ = try held.value(for: Bytes(key).span) }
    #expect(try !isFree(spec))
    locks.giveBack()
    #expect(try isFree(spec))
  }

  @Test func `what was written between two turns is found in the second`() throws {
    let folder = try TemporaryFolder()
    let spec = try made("a 1\n", in: folder)
    let locks = HeldLocks()
    let table = TableCache(options: TableOptions(smtputf8: true), locks: locks).open(spec)
    for turn in 1...5 {
      #expect(try table.value(for: Bytes("a").span) == Bytes("\(turn)"))
      #expect(try table.value(for: Bytes("b").span) == nil)
      locks.giveBack()
      _ = try made("a \(turn + 1)\n", in: folder)
    }
  }

  @Test func `a file that is cut within a turn is an error, and lets the lock go`() throws {
    let folder = try TemporaryFolder()
    let spec = try made((0..<2000).map { "key\($0) value\n" }.joined(), in: folder)
    let locks = HeldLocks()
    let table = TableCache(options: TableOptions(smtputf8: true), locks: locks).open(spec)
    #expect(try table.value(for: Bytes("key7").span) == Bytes("value"))
    #expect(truncate(spec.name + ".lmdb", 8192) == 0)
    #expect(throws: LookupError.self) { _ = try table.value(for: Bytes("key7").span) }
    #expect(try isFree(spec))
    locks.giveBack()
  }
}
