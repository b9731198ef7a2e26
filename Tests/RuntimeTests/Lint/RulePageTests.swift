import Compiler
import Foundation
import LookupTables
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

/// The examples of the help pages are run as they stand: the bad one has the finding, the good one
/// has not.
@Suite struct `Page of a lint rule` {
  /// Ids whose examples need a file's age, its owner, or the network: tested below, one by one.
  static let elsewhere: Set<String> = Set(LintRegistry.pages.filter { $0.state != nil }.map(\.id))

  static let pages = LintRegistry.pages.filter { $0.state == nil }.map(\.id)

  @Test(arguments: pages)
  func `has an example that breaks the rule, and a twin that does not`(id: String) throws {
    let page = try #require(LintRegistry.page(id))
    var bad = page.bad
    // A missing file is what the page is about.
    if id == "table-unavailable" { bad.removeAll { $0.name == "clients" } }
    #expect(try LintDirectory(bad).ids().contains(id))
    #expect(try !LintDirectory(page.good).ids().contains(id))
  }

  @Test func `is there for every id, and for nothing else`() {
    let ids = LintRegistry.pages.map(\.id)
    #expect(Set(ids) == Set(LintRegistry.ids))
    #expect(ids.count == Set(ids).count)
    #expect(LintRegistry.ids.count == Set(LintRegistry.ids).count)
    for page in LintRegistry.pages {
      #expect(!page.why.isEmpty && !page.fix.isEmpty, "\(page.id)")
      #expect(
        page.text.contains("Bad:")
          && page.text.contains(LintRegistry.explanation(of: page.id).prefix(20)))
    }
  }

  // facts policy-analysis.md §3
  @Test func `covers every number of the facts`() {
    var wanted: [String] = []
    for (hundred, count) in [(1, 11), (2, 12), (3, 11), (4, 13), (5, 6), (6, 5), (7, 5)] {
      wanted += (1...count).map { "SP\(hundred * 100 + $0)" }
    }
    #expect(wanted.count == 63)
    let have = Set(LintRegistry.ids.compactMap { LintRegistry.number(of: $0) })
    #expect(wanted.filter { !have.contains($0) } == [])
    #expect(have.filter { !wanted.contains($0) } == [])
  }

  @Test func `is in the manual, which is up to date`() throws {
    let file = Fixtures.package.appending(path: "man/smtpd-lint.7")
    #expect(try String(contentsOf: file, encoding: .utf8) == LintRegistry.manual, "run make docs")
  }

  // MARK: What needs more than text

  private func index(_ type: String, in directory: LintDirectory) throws -> String {
    try directory.write("clients", "a.example REJECT\n")
    let table = TableSpec(type: type, name: directory.path + "/clients")
    try TableInspector.rebuild(table, options: TableOptions(smtputf8: true))
    return directory.path + "/clients." + (type == "lmdb" ? "lmdb" : "db")
  }

  private func directory(_ id: String) throws -> LintDirectory {
    try LintDirectory(#require(LintRegistry.page(id)).bad)
  }

  private func age(_ path: String, by seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path)
  }

  @Test func `stale-table: a source newer than its index, which --fix builds`() throws {
    let directory = try directory("stale-table")
    let index = try index("hash", in: directory)
    #expect(try !directory.ids().contains("stale-table"))
    try age(index, by: 5000)
    try age(directory.path + "/clients", by: 1000)
    let lint = try directory.lint()
    #expect(lint.diagnostics.map(\.id).contains("stale-table"))
    let writer = FixWriter(
      lint.diagnostics.filter { $0.id == "stale-table" }, files: lint.files,
      options: lint.tableOptions)
    #expect(writer.failures == [])
    #expect(writer.messages == ["built hash:\(directory.path)/clients"])
    #expect(try !directory.ids().contains("stale-table"))
  }

  @Test func `writable-table: an index of root that others may write`() throws {
    let directory = try directory("writable-table")
    let index = try index("hash", in: directory)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: directory.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: index)
    #expect(try !directory.ids().contains("writable-table"))
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: index)
    // Another user's index is no privilege to gain.
    #expect(try directory.ids().contains("writable-table") == (getuid() == 0))
  }

  @Test func `lmdb-format: a version that this library does not read`() throws {
    let directory = try directory("lmdb-format")
    let index = try index("lmdb", in: directory)
    #expect(try !directory.ids().contains("lmdb-format"))
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: index)))
    bytes[20] = 9
    try Data(bytes).write(to: URL(fileURLWithPath: index))
    #expect(try directory.ids().contains("lmdb-format"))
  }

  @Test(arguments: ["hash", "btree", "lmdb", "cdb"])
  func `damaged-table: a part of the index is not as it was written, with and without a source`(
    type: String
  ) throws {
    let directory = try directory("damaged-table")
    try directory.write(
      "main.cf", try directory.read("main.cf").replacing("cdb:", with: "\(type):"))
    let rows = (0..<400).map { "host\($0).example REJECT\n" }.joined()
    try directory.write("clients", rows)
    let table = TableSpec(type: type, name: directory.path + "/clients")
    try TableInspector.rebuild(table, options: TableOptions(smtputf8: true))
    let found: Set = ["damaged-table", "table-unavailable"]
    #expect(try directory.ids().intersection(found) == [])
    let index =
      directory.path + "/clients." + (type == "cdb" || type == "lmdb" ? type : "db")
    let whole = try Data(contentsOf: URL(fileURLWithPath: index))
    // Garbage in the second page, zeros there, and only the first two pages.
    for fill in [UInt8(0xA7), 0, nil] {
      var bytes = fill == nil ? whole.prefix(8192) : whole
      if let fill { for place in 4096..<8192 { bytes[place] = fill } }
      try FileManager.default.removeItem(atPath: index)
      try bytes.write(to: URL(fileURLWithPath: index))
      #expect(try directory.ids().intersection(found).count == 1, "\(String(describing: fill))")
    }
    try FileManager.default.removeItem(atPath: directory.path + "/clients")
    #expect(try directory.ids().intersection(found).count == 1)
    try FileManager.default.removeItem(atPath: index)
    try whole.write(to: URL(fileURLWithPath: index))
    #expect(try directory.ids().intersection(found) == [])
  }

  @Test func `text-table-changed: a text table newer than the start of Postfix`() throws {
    let directory = try directory("text-table-changed")
    try directory.write(
      "main.cf", try directory.read("main.cf") + "queue_directory = \(directory.path)\n")
    try FileManager.default.createDirectory(
      atPath: directory.path + "/pid", withIntermediateDirectories: true)
    try directory.write("pid/master.pid", "1\n")
    try age(directory.path + "/clients", by: 500)
    #expect(try !directory.ids().contains("text-table-changed"))
    try age(directory.path + "/pid/master.pid", by: 1000)
    #expect(try directory.ids().contains("text-table-changed"))
  }

  @Test func `leading-whitespace: as the first line`() throws {
    let directory = try directory("leading-whitespace")
    #expect(try directory.ids().contains("leading-whitespace"))
  }

  /// A DNS with records for these names only; no host has an address.
  private func dns(_ names: Set<String>) -> (Question) -> Answer? {
    { question in
      switch question {
      case .dns(let name, _):
        names.contains(name.text)
          ? Answer(.dns(.records([.address(.v4(0x7F00_0002), ttl: 1)])))
          : Answer(.dns(.noName))
      case .addresses: Answer(.host(.failed(temporary: false, reason: "Name or service not known")))
      default: nil
      }
    }
  }

  // RFC 5782 §5
  @Test func `asks lists for their test addresses`() throws {
    let healthy = dns(["2.0.0.127.dead.example"])
    let online: Set = ["dns-list-lists-everything", "dns-list-silent", "public-resolver"]
    let dead = try directory("dns-list-silent")
    #expect(try dead.ids(ask: healthy).intersection(online) == [])
    #expect(try dead.ids(ask: dns([])).intersection(online) == ["dns-list-silent"])
    #expect(
      try dead.ids(ask: dns(["1.0.0.127.dead.example"])).intersection(online)
        == ["dns-list-lists-everything"])
    #expect(try dead.ids().intersection(online) == [])
    let strict = try directory("public-resolver")
    #expect(
      try strict.ids(ask: dns(["2.0.0.127.zen.spamhaus.org"])).intersection(online)
        == ["public-resolver"])
    #expect(try directory("policy-host-unknown").ids(ask: dns([])).contains("policy-host-unknown"))
  }

  @Test func `tests every page that text cannot show`() {
    #expect(
      Self.elsewhere == [
        "stale-table", "writable-table", "lmdb-format", "damaged-table", "text-table-changed",
        "leading-whitespace",
        "dns-list-silent", "dns-list-lists-everything", "public-resolver", "policy-host-unknown",
        // PolicyChecksTests.
        "bad-tempfail-action",
      ])
  }
}
