import CLMDB
import Foundation
import Glibc
import RestrictionDSL
import TestSupport
import Testing

@testable import LookupTables

/// What goes wrong with indexed files behind the back of the server: each is a temporary error that names the
/// table, never a crash and never "no entry".
///
/// - Source: facts attack-and-fault-cases F4, restrictions §9
@Suite struct `Faults of indexed files` {
  static let types = ["hash", "btree", "lmdb", "cdb"]
  private static let suffixes = ["hash": ".db", "btree": ".db", "lmdb": ".lmdb", "cdb": ".cdb"]

  private func made(_ type: String, _ rows: Int = 300, in folder: TemporaryFolder) throws -> String
  {
    let text = (0..<rows).map { "key\($0) value \($0)\n" }.joined()
    try folder.write("table", Bytes(text))
    let build = Programs.run(
      Programs.postmap, ["\(type):table"], environment: folder.environment, directory: folder.path)
    try #require(build.status == 0)
    return folder.path + "/table"
  }

  private func file(_ path: String, _ type: String) -> String { path + (Self.suffixes[type] ?? "") }

  private func cache() -> TableCache { TableCache(options: TableOptions(smtputf8: true)) }

  /// The kinds of answers to all keys: value, none, error.
  private func answers(_ table: OpenTable, _ rows: Int) -> (
    found: Int, missing: Int, failed: [LookupError]
  ) {
    var result: (found: Int, missing: Int, failed: [LookupError]) = (0, 0, [])
    for row in 0..<rows {
      do throws(LookupError) {
        if try table.value(for: Bytes("key\(row)").span) == nil {
          result.missing += 1
        } else {
          result.found += 1
        }
      } catch { result.failed.append(error) }
    }
    return result
  }

  @Test(arguments: types)
  func `a file cut at any length fails`(type: String) throws {
    let folder = try TemporaryFolder()
    let path = try made(type, in: folder)
    let whole = try Data(contentsOf: URL(filePath: file(path, type)))
    // Every length up to the first page, then all around the ends of pages.
    var lengths = Array(stride(from: 1, to: 4096, by: 97)) + [0]
    for page in stride(from: 4096, to: whole.count, by: 4096) {
      lengths += [page - 1, page, page + 1, page + 2000]
    }
    var quiet: [Int] = []
    for length in lengths where length < whole.count {
      try whole.prefix(length).write(to: URL(filePath: file(path, type)))
      let cache = cache()
      let table = cache.open(TableSpec(type: type, name: path))
      let result = answers(table, 300)
      var isNoticed = result.missing == 0 && !result.failed.isEmpty
      // The file of a hash ends with a page that may be empty.
      if result.failed.isEmpty && result.found == 300 { isNoticed = true }
      if !isNoticed { quiet.append(length) }
      for error in result.failed {
        #expect(error.kind == .temporary)
        #expect(error.messages.allSatisfy { $0.contains("table") })
      }
    }
    #expect(quiet == [])
  }

  // No key is silently missing from hash, btree and lmdb; cdb has nothing in it that could be checked.
  @Test(arguments: types)
  func `garbage in any page never ends the program`(type: String) throws {
    let folder = try TemporaryFolder()
    let path = try made(type, 3000, in: folder)
    let whole = try Data(contentsOf: URL(filePath: file(path, type)))
    var random = SystemRandomNumberGenerator()
    var quiet: [Int] = []
    for page in 1..<(whole.count / 4096) {
      var damaged = whole
      let fill: UInt8? = [0xFF, 0x00, nil][page % 3]
      for index in (4096 * page)..<(4096 * page + 4096) {
        damaged[index] = fill ?? random.next()
      }
      // A new file: what is mapped stays whole.
      try FileManager.default.removeItem(atPath: file(path, type))
      try damaged.write(to: URL(filePath: file(path, type)))
      let table = cache().open(TableSpec(type: type, name: path))
      let result = answers(table, 3000)
      // A page of zeros is one that a hash has not used yet.
      if result.missing > 0 && !(type == "hash" && fill == 0) { quiet.append(page) }
      _ = try? table.inspect()
      try? table.listable?.forEachEntry { _, _ in }
    }
    if type != "cdb" { #expect(quiet == []) }
  }

  /// Whether opening or inspecting says that a file is damaged.
  private func isFound(_ type: String, _ path: String) -> Bool {
    let table = cache().open(TableSpec(type: type, name: path))
    if table.openFailure != nil { return true }
    do throws(LookupError) { try table.inspect() } catch { return true }
    return false
  }

  @Test(arguments: types, [UInt8(0xFF), 0x00, 0x5A])
  func `garbage in any page is found by lint`(type: String, fill: UInt8) throws {
    let folder = try TemporaryFolder()
    let path = try made(type, 1500, in: folder)
    let whole = try Data(contentsOf: URL(filePath: file(path, type)))
    #expect(!isFound(type, path))
    var random = SplitMix(state: UInt64(fill) + 1)
    var quiet: [Int] = []
    for page in 0..<(whole.count / 4096) {
      var damaged = whole
      for index in (4096 * page)..<(4096 * page + 4096) {
        damaged[index] = fill == 0x5A ? UInt8(truncatingIfNeeded: random.next()) : fill
      }
      try FileManager.default.removeItem(atPath: file(path, type))
      try damaged.write(to: URL(filePath: file(path, type)))
      // A page that is not in use may say what it likes.
      if isFound(type, path) { continue }
      let table = cache().open(TableSpec(type: type, name: path))
      if answers(table, 1500).found < 1500 { quiet.append(page) }
    }
    #expect(quiet == [])
  }

  // Each record of a cdb file has its hash in the file: no byte of a key, of a length or of what leads to it
  // can be wrong. The other types have no such witness for the bytes of a key that still fits where it stands.
  @Test func `a wrong byte that hides a key of a cdb file is found by lint`() throws {
    let folder = try TemporaryFolder()
    let path = try made("cdb", 500, in: folder)
    let whole = try Data(contentsOf: URL(filePath: path + ".cdb"))
    var hidden = 0
    for place in stride(from: 3, to: whole.count, by: 61) {
      var damaged = whole
      damaged[place] ^= 0x10
      try FileManager.default.removeItem(atPath: path + ".cdb")
      try damaged.write(to: URL(filePath: path + ".cdb"))
      guard answers(cache().open(TableSpec(type: "cdb", name: path)), 500).missing > 0 else {
        continue
      }
      hidden += 1
      #expect(isFound("cdb", path), "\(place)")
    }
    #expect(hidden > 50)
  }

  // What is replaced in a source of more than one batch stays in the file, without a key.
  @Test func `a cdb file with replaced records is sound`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/table"
    var options = WriteOptions(.create, options: TableOptions(smtputf8: true))
    options.replaces = true
    let writer = try TableStorage.cdb.writer(name: path, options: options)
    for value in ["old", "new"] {
      var batch = EntryBatch()
      for number in 0..<100 where value == "old" || number % 3 == 0 {
        _ = batch.insert(Bytes("key\(number)"), Bytes("\(value) \(number)")[...], replacing: true)
      }
      try writer.write(batch, isWhole: false)
    }
    try writer.finish()
    #expect(!isFound("cdb", path))
    let table = cache().open(TableSpec(type: "cdb", name: path))
    for number in 0..<100 {
      let value = try table.value(for: Bytes("key\(number)").span)
      #expect(value == Bytes("\(number % 3 == 0 ? "new" : "old") \(number)"))
    }
  }

  // The library would go round and round while the table is opened.
  @Test func `a tree whose root is below itself ends`() throws {
    let folder = try TemporaryFolder()
    let path = try made("btree", 1500, in: folder)
    var bytes = try Data(contentsOf: URL(filePath: path + ".db"))
    // The number of the root stands on the first page; an item of the root has that of a child behind 4 bytes.
    let root = Int(bytes[88]) | Int(bytes[89]) << 8
    let page = 4096 * root
    try #require(bytes[page + 25] == 3)
    let items = Int(bytes[page + 20])
    for item in 0..<items {
      let start = page + Int(bytes[page + 26 + 2 * item]) + Int(bytes[page + 27 + 2 * item]) << 8
      bytes[start + 4] = UInt8(root & 255)
      bytes[start + 5] = UInt8(root >> 8)
    }
    try FileManager.default.removeItem(atPath: path + ".db")
    try bytes.write(to: URL(filePath: path + ".db"))
    #expect(isFound("btree", path))
    let result = answers(cache().open(TableSpec(type: "btree", name: path)), 100)
    #expect(result.failed.count == 100)
  }

  // The twin: what both programs leave behind, however it came about, is sound.
  @Test(arguments: types, [Programs.postmap, Programs.installedPostmap])
  func `what was built, added to and removed from is sound`(type: String, program: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/table"
    func run(_ words: [String], _ text: String? = nil) throws {
      let done = Programs.run(
        program, words + ["\(type):table"], input: text.map { Array($0.utf8) },
        environment: folder.environment, directory: folder.path)
      try #require(done.status == 0)
    }
    func rows(_ numbers: Range<Int>, _ value: String) -> String {
      numbers.map {
        "key\($0)\($0 % 50 == 0 ? String(repeating: "k", count: type == "lmdb" ? 400 : 3000) : "") "
          + "\(value)\($0 % 30 == 0 ? String(repeating: "v", count: 9000) : "")\n"
      }.joined()
    }
    for count in [0, 1, 2, 3, 5, 17, 100, 999] {
      try folder.write("table", Bytes(rows(0..<count, "v")))
      try run([])
      #expect(!isFound(type, path), "\(count)")
    }
    try folder.write("table", Bytes(rows(0..<500, "a") + rows(100..<300, "b")))
    try run(["-r"])
    #expect(!isFound(type, path))
    try run(["-n", "-w"])
    #expect(!isFound(type, path))
    guard type != "cdb" else { return }
    try run([])
    try run(["-i", "-r"], rows(200..<700, "other"))
    #expect(!isFound(type, path))
    for start in [0, 1] {
      let keys = stride(from: start, to: 700, by: 2).map { "key\($0)\n" }.joined()
      try run(["-d", "-"], keys)
      #expect(!isFound(type, path))
    }
    try run(["-i"], rows(900..<1000, "last"))
    #expect(!isFound(type, path))
  }

  // Before the check of the meta pages liblmdb, or what we computed with its numbers, ended the program for 16 of these.
  @Test(arguments: [UInt8(0xFF), 0x00, 0x08], [[0], [1], [0, 1]])
  func `garbage in a number of a meta page never ends the program`(fill: UInt8, pages: [Int]) throws
  {
    let folder = try TemporaryFolder()
    let path = try made("lmdb", 20, in: folder)
    let whole = try Data(contentsOf: URL(filePath: file(path, "lmdb")))
    var unharmed = 0
    for offset in stride(from: 16, to: 152, by: 8) {
      var damaged = whole
      for page in pages {
        for index in 0..<8 {
          damaged[4096 * page + offset + index] = fill == 8 && index > 0 ? 0 : fill
        }
      }
      try FileManager.default.removeItem(atPath: file(path, "lmdb"))
      try damaged.write(to: URL(filePath: file(path, "lmdb")))
      let table = cache().open(TableSpec(type: "lmdb", name: path))
      if answers(table, 20).found == 20 { unharmed += 1 }
      _ = try? table.inspect()
      try? table.listable?.forEachEntry { _, _ in }
    }
    // The magic number of what is looked at first cannot be missed.
    #expect(unharmed < 17)
  }

  // Down to nothing, as cp(1) over a file that is there begins.
  @Test(arguments: types, [8192, 4096, 100, 0])
  func `a file cut while it is open fails and is found by lint`(type: String, length: Int) throws {
    let folder = try TemporaryFolder()
    let path = try made(type, 3000, in: folder)
    let cache = cache()
    let table = cache.open(TableSpec(type: type, name: path))
    #expect(try table.value(for: Bytes("key1").span) == Bytes("value 1"))
    #expect(throws: Never.self) { try table.inspect() }
    try #require(truncate(file(path, type), off_t(length)) == 0)
    let result = answers(table, 3000)
    #expect(result.missing == 0)
    #expect(result.failed.count > 2000)
    #expect(throws: LookupError.self) { try table.inspect() }
  }

  @Test(arguments: types)
  func `a file nobody may read says so`(type: String) throws {
    let folder = try TemporaryFolder()
    let path = try made(type, in: folder)
    try FileManager.default.removeItem(atPath: file(path, type))
    // Root may read everything: a directory is what it cannot.
    try FileManager.default.createDirectory(
      atPath: file(path, type), withIntermediateDirectories: false)
    let cache = cache()
    let table = cache.open(TableSpec(type: type, name: path))
    #expect(answers(table, 2).failed.count == 2)
    #expect(cache.openMessages.count == 1)
    #expect(cache.openMessages[0].contains(file(path, type)))
  }

  @Test func `an LMDB file of another format version says so`() throws {
    let folder = try TemporaryFolder()
    let path = try made("lmdb", in: folder)
    var bytes = try Data(contentsOf: URL(filePath: path + ".lmdb"))
    // The version stands behind the magic number, on both meta pages.
    for page in [0, 4096] { bytes[page + 20] = 99 }
    try bytes.write(to: URL(filePath: path + ".lmdb"))
    let cache = cache()
    let table = cache.open(TableSpec(type: "lmdb", name: path))
    #expect(answers(table, 2).failed.count == 2)
    let reason =
      "open database \(path).lmdb: MDB_VERSION_MISMATCH: Database environment version mismatch"
    #expect(cache.openMessages == ["error: \(reason)"])
    // Source: the installed postmap says the same.
    let theirs = Programs.run(
      "/bin/sh", ["-c", "\(Programs.installedPostmap) -q key1 lmdb:\(path) 2>&1"],
      environment: folder.environment)
    #expect(String(decoding: theirs.standardOutput, as: UTF8.self) == "postmap: fatal: \(reason)\n")
  }

  // Postfix opens LMDB without its lock file, so there is no table of readers that could be full; a file that
  // another program opened with one does not disturb.
  @Test func `a full reader table of other programs does not matter`() throws {
    let folder = try TemporaryFolder()
    let path = try made("lmdb", in: folder)
    var environment: OpaquePointer?
    try #require(mdb_env_create(&environment) == 0)
    defer { mdb_env_close(environment) }
    mdb_env_set_maxreaders(environment, 1)
    try #require(
      mdb_env_open(
        environment, path + ".lmdb", UInt32(MDB_NOSUBDIR | MDB_RDONLY | MDB_NOTLS), 0o644) == 0)
    var first: OpaquePointer?
    var second: OpaquePointer?
    try #require(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &first) == 0)
    #expect(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &second) == MDB_READERS_FULL)
    let table = cache().open(TableSpec(type: "lmdb", name: path))
    #expect(answers(table, 300).found == 300)
    mdb_txn_abort(first)
  }

  @Test func `a map that a writer made larger is taken over`() throws {
    let folder = try TemporaryFolder()
    try folder.write("main.cf", Bytes("compatibility_level=3.6\nlmdb_map_size=65536\n"))
    let path = try made("lmdb", 100, in: folder)
    var options = TableOptions(smtputf8: true)
    options.lmdbMapSize = 65_536
    let cache = TableCache(options: options)
    let table = cache.open(TableSpec(type: "lmdb", name: path))
    #expect(answers(table, 100).found == 100)
    _ = try made("lmdb", 30_000, in: folder)
    #expect(answers(table, 30_000).found == 30_000)
    #expect(cache.changedTable() == nil)
  }

  // Old and new entries lie beside each other until the commit; the list of what is free then needs pages, too.
  @Test func `a table larger than the map is built again and again`() throws {
    let folder = try TemporaryFolder()
    try folder.write("main.cf", Bytes("compatibility_level=3.6\nlmdb_map_size=65536\n"))
    let value = String(repeating: "v", count: 1000)
    try folder.write("table", Bytes((0..<5000).map { "key\($0) \(value)\n" }.joined()))
    for _ in 1...3 {
      let build = Programs.run(
        Programs.postmap, ["lmdb:table"], environment: folder.environment, directory: folder.path)
      #expect(build.status == 0)
      let table = cache().open(TableSpec(type: "lmdb", name: folder.path + "/table"))
      #expect(answers(table, 5000).found == 5000)
    }
  }

  @Test(arguments: types)
  func `a file that was replaced while open keeps its answers until it is opened anew`(type: String)
    throws
  {
    let folder = try TemporaryFolder()
    let path = try made(type, in: folder)
    let cache = cache()
    let table = cache.open(TableSpec(type: type, name: path))
    #expect(answers(table, 300).found == 300)
    let other = try TemporaryFolder()
    let otherPath = try made(type, 10, in: other)
    try #require(rename(file(otherPath, type), file(path, type)) == 0)
    #expect(answers(table, 300).found == 300)
    #expect(cache.changedTable() == "\(type):\(path)(0,lock|fold_fix|utf8_request)")
    #expect(cache.reopenChangedTables().count == 1)
    #expect(answers(table, 300).found == 10)
  }

  @Test(arguments: types)
  func `a source that is newer is warned about`(type: String) throws {
    let folder = try TemporaryFolder()
    let path = try made(type, in: folder)
    let now = Int(time(nil))
    let old = [timespec(tv_sec: now - 3000, tv_nsec: 0), timespec(tv_sec: now - 3000, tv_nsec: 0)]
    let newer = [timespec(tv_sec: now - 200, tv_nsec: 0), timespec(tv_sec: now - 200, tv_nsec: 0)]
    try #require(utimensat(AT_FDCWD, file(path, type), old, 0) == 0)
    try #require(utimensat(AT_FDCWD, path, newer, 0) == 0)
    let cache = cache()
    _ = cache.open(TableSpec(type: type, name: path))
    #expect(
      cache.openMessages == [
        "warning: database \(file(path, type)) is older than source file \(path)"
      ])
  }
}
