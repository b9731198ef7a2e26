import Foundation
import Glibc
import RestrictionDSL
import TestSupport
import Testing

@testable import LookupTables

/// All entries of Berkeley DB files, read without the library, are those that `db5.3_dump` prints, in its
/// order.
@Suite struct `Entries of Berkeley DB files` {
  struct Layout: CustomTestStringConvertible {
    let type: String
    let pageSize: Int
    let order: Int
    /// `duplicates`, `dupsort`, or empty.
    let duplicates: String
    var testDescription: String { "\(type) \(pageSize) \(order) \(duplicates)" }
  }

  static let layouts: [Layout] = ["hash", "btree"].flatMap { type in
    [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].flatMap { size in
      [1234, 4321].flatMap { order in
        ["", "duplicates", "dupsort"].map {
          Layout(type: type, pageSize: size, order: order, duplicates: $0)
        }
      }
    }
  }

  /// Keys and values of all sizes; with several values for some keys, few on the page and many off it.
  private static func text(_ layout: Layout) -> String {
    var random = SplitMix(state: 21)
    var lines: [String] = []
    func add(_ key: String, _ value: String) { lines += [key, value] }
    for number in 0..<1500 {
      let isLong = number % 40 == 0
      let key =
        "key\(number)" + String(repeating: "k", count: isLong ? Int(random.next() % 3000) : 0)
      add(key, "v\(number)" + String(repeating: "v", count: isLong ? Int(random.next() % 5000) : 3))
      // Not for the long ones: the library makes hash files of that which its own db5.3_verify refuses.
      guard !layout.duplicates.isEmpty, number % 10 == 0, !isLong else { continue }
      let count = number % 100 == 50 ? 400 : 3
      for copy in 0..<count {
        add(
          key,
          "copy \(copy)"
            + (number % 500 == 50 && copy % 50 == 49
              ? String(repeating: "c", count: layout.pageSize) : ""))
      }
    }
    // Nothing, and what fills a page of its own.
    add("empty", "")
    add("huge", String(repeating: "h", count: 2 * layout.pageSize + 5000))
    return lines.map { $0 + "\n" }.joined()
  }

  static func load(_ layout: Layout, _ text: String, in folder: TemporaryFolder) throws -> String {
    var settings = ["-c", "db_pagesize=\(layout.pageSize)", "-c", "db_lorder=\(layout.order)"]
    if !layout.duplicates.isEmpty { settings += ["-c", "duplicates=1"] }
    if layout.duplicates == "dupsort" { settings += ["-c", "dupsort=1"] }
    let made = Programs.run(
      "/usr/bin/db5.3_load", ["-T", "-t", layout.type] + settings + ["table.db"],
      input: Array(text.utf8), directory: folder.path)
    try #require(made.status == 0)
    return folder.path + "/table"
  }

  /// Key and value in turn, as hexadecimal digits.
  private func dump(_ folder: TemporaryFolder) throws -> [String] {
    let dumped = Programs.run("/usr/bin/db5.3_dump", ["table.db"], directory: folder.path)
    try #require(dumped.status == 0)
    let lines = String(decoding: dumped.standardOutput, as: UTF8.self).split(separator: "\n")
    return lines.filter { $0.hasPrefix(" ") }.map { String($0.dropFirst()) }
      + (lines.contains("DATA=END") ? [] : ["no end"])
  }

  @Test(arguments: layouts)
  func `are what the library dumps`(layout: Layout) throws {
    let folder = try TemporaryFolder()
    let path = try Self.load(layout, Self.text(layout), in: folder)
    let fd = open(path + ".db", O_RDONLY | O_CLOEXEC)
    defer { close(fd) }
    var found: [String] = []
    let digits = Array("0123456789abcdef".utf8)
    func hex(_ bytes: Bytes) -> String {
      String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
    var entries = try PagedEntries(fd: fd)
    try entries.forEach { found += [hex(Bytes(copying: $0)), hex(Bytes(copying: $1))] }
    let isSame = try dump(folder) == found
    #expect(found.count > 3000)
    #expect(isSame)
    #expect(throws: Never.self) { try PagedEntries.check(fd: fd) }
  }

  @Test(arguments: ["hash", "btree"])
  func `of a table that postmap made are its entries`(type: String) throws {
    let folder = try TemporaryFolder()
    // Few entries in a file that was made for many: most of its pages were never written.
    try folder.write("table", Bytes("a 1\nb 2\nexample.com REJECT\n"))
    let made = Programs.run(
      Programs.installedPostmap, ["\(type):table"], environment: folder.environment,
      directory: folder.path)
    try #require(made.status == 0)
    let table = try BerkeleyPages.open(
      TableSpec(type: type, name: folder.path + "/table"), options: TableOptions(smtputf8: true))
    var found: [String: String] = [:]
    try table.forEachEntry { found[$0.text] = $1.text }
    #expect(found == ["a": "1", "b": "2", "example.com": "REJECT"])
    #expect(try table.value(for: Bytes("b").span) == Bytes("2"))
    for number in 0..<300 { #expect(try table.value(for: Bytes("no\(number)").span) == nil) }
    let other = TableSpec(type: type == "hash" ? "btree" : "hash", name: folder.path + "/table")
    #expect(throws: OpenFailure("open database \(folder.path)/table.db: Invalid argument")) {
      _ = try BerkeleyPages.open(other, options: TableOptions(smtputf8: true))
    }
  }

  @Test func `with several values answer with the first, as the library does`() throws {
    let folder = try TemporaryFolder()
    let layout = Layout(type: "btree", pageSize: 512, order: 1234, duplicates: "duplicates")
    let path = try Self.load(layout, "a\nfirst\na\nsecond\nb\n1\n", in: folder)
    let spec = TableSpec(type: "btree", name: path)
    let table = try BerkeleyPages.open(spec, options: TableOptions(smtputf8: true))
    #expect(try table.value(for: Bytes("a").span) == Bytes("first"))
    let opened = TableCache(options: TableOptions(smtputf8: true)).open(spec)
    #expect(try opened.value(for: Bytes("a").span) == Bytes("first"))
  }

  // A file cut anywhere and bytes changed anywhere: an error or fewer entries, and an end.
  @Test(arguments: ["hash", "btree"], ["", "duplicates"])
  func `that are damaged end`(type: String, duplicates: String) throws {
    let folder = try TemporaryFolder()
    let layout = Layout(type: type, pageSize: 512, order: 1234, duplicates: duplicates)
    let text = (0..<60).map { "k\($0 % 40)\nv\($0)\(String(repeating: "x", count: $0 * 9))\n" }
      .joined()
    let path = try Self.load(layout, text, in: folder)
    let whole = try Data(contentsOf: URL(filePath: path + ".db"))
    let damaged = folder.path + "/damaged.db"
    var random = SplitMix(state: 3)
    var errors = 0
    func read(_ bytes: Data) throws {
      try bytes.write(to: URL(filePath: damaged))
      let fd = open(damaged, O_RDONLY | O_CLOEXEC)
      defer { close(fd) }
      var visited = 0
      do throws(PageError) {
        var entries = try PagedEntries(fd: fd)
        try entries.forEach { _, _ in visited += 1 }
      } catch { errors += 1 }
      #expect(visited <= bytes.count)
    }
    for length in stride(from: 0, to: whole.count, by: 61) { try read(whole.prefix(length)) }
    let truncated = errors
    #expect(truncated > whole.count / 61 / 2)
    for _ in 0..<600 {
      var bytes = whole
      for _ in 0..<6 {
        let page = Int(random.next() % UInt64(bytes.count / 512))
        bytes[page * 512 + Int(random.next() % 100)] = UInt8(truncatingIfNeeded: random.next())
      }
      try read(bytes)
    }
    #expect(errors > truncated + 100)
  }
}
