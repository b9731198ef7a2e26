import Foundation
import LookupTables
import RestrictionDSL
import Testing

/// A table written by one side is read by the other without a difference.
@Suite struct `indexed files` {
  private static let storages = ["hash", "btree", "lmdb", "cdb"]

  // Made once: eight round trips use them.
  private static let manyEntries = GeneratedEntries(count: 100_000, seed: 42)

  @Test(arguments: storages)
  func `of ours are read by the installed postmap`(type: String) throws {
    try roundTrip(type, builder: Programs.postmap, reader: Programs.installedPostmap)
  }

  @Test(arguments: storages)
  func `of the installed postmap are read by ours`(type: String) throws {
    try roundTrip(type, builder: Programs.installedPostmap, reader: Programs.postmap)
  }

  @Test(arguments: storages)
  func `answer every key through the table cache`(type: String) throws {
    let folder = try TemporaryFolder()
    let entries = GeneratedEntries(count: 20_000, seed: 7)
    try folder.write("table", entries.source)
    let build = Programs.run(
      Programs.installedPostmap, ["-w", "\(type):table"], environment: folder.environment,
      directory: folder.path)
    #expect(build.status == 0)
    let cache = TableCache(options: TableOptions(smtputf8: true))
    let table = cache.open(TableSpec(type: type, name: folder.path + "/table"))
    #expect(cache.openMessages == [])
    var wrong = 0
    for (key, value) in entries.expected {
      if try table.value(for: key.span) != value { wrong += 1 }
      if try table.value(for: (key + Bytes("?")).span) != nil { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  private func roundTrip(_ type: String, builder: String, reader: String) throws {
    let folder = try TemporaryFolder()
    let entries = `indexed files`.manyEntries
    try folder.write("table", entries.source)
    let build = Programs.run(
      builder, ["-w", "\(type):table"], environment: folder.environment, directory: folder.path)
    #expect(build.status == 0)
    #expect(build.standardOutput == [])
    var keys: Bytes = []
    var answers: Bytes = []
    for (key, value) in entries.expected {
      keys += key + [0x0A] + key + Bytes("?\n")
      answers += key + [0x09] + value + [0x0A]
    }
    let query = Programs.run(
      reader, ["-q", "-", "\(type):table"], input: keys, environment: folder.environment,
      directory: folder.path)
    #expect(query.status == 0)
    // Not the whole texts in the message: they are megabytes.
    let isEqual = query.standardOutput == answers
    #expect(isEqual)
  }
}

/// Keys and values with all that a source may hold.
struct GeneratedEntries {
  let source: Bytes
  /// Folded key and value, the first of each key, in the order of the source.
  let expected: [(Bytes, Bytes)]

  init(count: Int, seed: UInt64) {
    var random = SplitMix(state: seed)
    let domains = ["example.com", "Example.ORG", "müller.example", "ΣΊΣΥΦΟΣ.example", "x.y.z"]
    var source: Bytes = []
    var expected: [(Bytes, Bytes)] = []
    var known: Set<Bytes> = []
    for _ in 0..<count {
      let number = random.next() % UInt64(count)
      var key = "user\(number)@\(domains[Int(random.next() % 5)])"
      // LMDB holds keys of up to 511 bytes, NUL included.
      if number % 97 == 0 { key = String(repeating: "k", count: Int(number % 400)) + key }
      if number % 89 == 0 { key = "\"quoted \(number)\"@example.com" }
      var value = "REJECT \(number)"
      if number % 101 == 0 { value = String(repeating: "long ", count: 1 + Int(number % 2000)) }
      if number % 103 == 0 { value = "Grüße an \(number)" }
      source += Bytes("\(key) \(value)\n")
      let folded = CaseFolding.fold(Bytes(key), unicode: true)
      if known.insert(folded).inserted {
        expected.append((folded, Bytes(Bytes(value).trimmedASCIISpace)))
      }
    }
    self.source = source
    self.expected = expected
  }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// A folder with a main.cf, removed with the value.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "tables-\(getpid())-\(UInt32.random(in: 0...(.max)))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write("main.cf", Bytes("compatibility_level=3.6\nsmtputf8_enable=yes\n"))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// For the programs: main.cf of this folder.
  var environment: [String: String] {
    ["MAIL_CONFIG": path, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
  }

  func write(_ name: String, _ bytes: Bytes) throws {
    try Data(bytes).write(to: URL(filePath: path).appending(path: name))
  }
}
