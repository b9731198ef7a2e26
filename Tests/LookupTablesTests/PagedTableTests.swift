import Foundation
import Glibc
import RestrictionDSL
import TestSupport
import Testing

@testable import LookupTables

/// Berkeley DB files read page by page say what the library says.
///
/// The files are made by `db5.3_load`, so the library's own code laid them out.
@Suite struct `Pages of Berkeley DB` {
  struct Layout: CustomTestStringConvertible {
    let type: String
    let pageSize: Int
    let order: Int
    var testDescription: String { "\(type) \(pageSize) \(order)" }
  }

  static let layouts: [Layout] = ["hash", "btree"].flatMap { type in
    [512, 1024, 4096, 16_384, 65_536].flatMap { size in
      [1234, 4321].map { Layout(type: type, pageSize: size, order: $0) }
    }
  }

  /// Short and long keys, values that need pages of their own.
  private static func entries(_ count: Int) -> [String: String] {
    var random = SplitMix(state: 5)
    var entries: [String: String] = [:]
    for number in 0..<count {
      let isLong = number % 50 == 0
      let key =
        "user\(random.next() % 1_000_000)"
        + (isLong ? String(repeating: "k", count: Int(random.next() % 900)) : "@d\(number % 97).ex")
      entries[key] = String(
        repeating: "v\(number)", count: isLong ? Int(random.next() % 900) : 1 + number % 7)
    }
    // Keys that begin with each other: where length decides the order.
    for length in 1...60 { entries[String(repeating: "p", count: length)] = "\(length)" }
    return entries
  }

  private func load(_ layout: Layout, _ entries: [String: String], in folder: TemporaryFolder)
    throws -> CInt
  {
    let text = entries.map { "\($0.key)\n\($0.value)\n" }.joined()
    let made = Programs.run(
      "/usr/bin/db5.3_load",
      [
        "-T", "-t", layout.type, "-c", "db_pagesize=\(layout.pageSize)", "-c",
        "db_lorder=\(layout.order)", "table.db",
      ], input: Array(text.utf8), directory: folder.path)
    try #require(made.status == 0)
    let fd = open(folder.path + "/table.db", O_RDONLY | O_CLOEXEC)
    try #require(fd >= 0)
    return fd
  }

  @Test(arguments: layouts)
  func `hold every entry and nothing else`(layout: Layout) throws {
    let folder = try TemporaryFolder()
    let entries = Self.entries(4000)
    let fd = try load(layout, entries, in: folder)
    defer { close(fd) }
    let table = try PagedTable(fd: fd)
    var wrong: [String] = []
    for (key, value) in entries {
      if try table.value(for: Bytes(key).span) != Bytes(value) { wrong.append(key) }
      let other = key + "x"
      if entries[other] == nil, try table.value(for: Bytes(other).span) != nil {
        wrong.append(other)
      }
    }
    #expect(wrong == [])
  }

  @Test(arguments: ["hash", "btree"])
  func `are read anew after the file was rewritten in place`(type: String) throws {
    let folder = try TemporaryFolder()
    let layout = Layout(type: type, pageSize: 1024, order: 1234)
    let fd = try load(layout, ["a": "1"], in: folder)
    defer { close(fd) }
    let table = try PagedTable(fd: fd)
    #expect(try table.value(for: Bytes("a").span) == Bytes("1"))
    let other = try TemporaryFolder()
    close(try load(layout, Self.entries(500).merging(["a": "2"]) { $1 }, in: other))
    let content = try Data(contentsOf: URL(filePath: other.path + "/table.db"))
    let writer = try FileHandle(forWritingTo: URL(filePath: folder.path + "/table.db"))
    try writer.truncate(atOffset: 0)
    try writer.write(contentsOf: content)
    try writer.close()
    #expect(try table.value(for: Bytes("a").span) == Bytes("2"))
  }

  // Nothing that a file says may lead outside of it, or round in a ring for ever.
  @Test(arguments: ["hash", "btree"])
  func `that are damaged give errors or answers, nothing worse`(type: String) throws {
    let folder = try TemporaryFolder()
    let entries = Self.entries(300)
    let fd = try load(Layout(type: type, pageSize: 512, order: 1234), entries, in: folder)
    close(fd)
    let whole = try Data(contentsOf: URL(filePath: folder.path + "/table.db"))
    var random = SplitMix(state: 11)
    var errors = 0
    let path = folder.path + "/damaged.db"
    for round in 0..<400 {
      var bytes = whole
      if round % 4 == 0 {
        bytes = bytes.prefix(Int(random.next() % UInt64(bytes.count)))
      } else {
        for _ in 0..<20 {
          // Headers and offset tables are where damage hurts.
          let page = Int(random.next() % UInt64(bytes.count / 512))
          bytes[page * 512 + Int(random.next() % 80)] = UInt8(truncatingIfNeeded: random.next())
        }
      }
      try bytes.write(to: URL(filePath: path))
      let fd = open(path, O_RDONLY | O_CLOEXEC)
      defer { close(fd) }
      do throws(PageError) {
        let table = try PagedTable(fd: fd)
        for key in entries.keys { _ = try table.value(for: Bytes(key).span) }
      } catch {
        errors += 1
      }
    }
    #expect(errors > 100)
  }
}
