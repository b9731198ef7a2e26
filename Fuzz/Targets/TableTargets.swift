import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// A folder for the one file that a target writes again and again.
final class FuzzTableFile {
  let name: String
  private let path: String

  init(suffix: String) throws(FuzzFinding) {
    var template = Array("/tmp/fuzz-table-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FuzzFinding("no folder: errno \(errno)") }
    let folder = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    name = folder + "/table"
    path = name + suffix
  }

  deinit {
    unlink(path)
    rmdir(String(name.dropLast("/table".count)))
  }

  func write(_ bytes: Bytes) throws(FuzzFinding) {
    // A new file each time: what is mapped stays whole.
    unlink(path)
    let fd = smtpd_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw FuzzFinding("open: errno \(errno)") }
    defer { close(fd) }
    let count = bytes.withUnsafeBytes { Glibc.write(fd, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw FuzzFinding("write: errno \(errno)") }
  }
}

/// The reader of Berkeley DB pages: it ends, whatever it says, and so does the look for damage.
final class BerkeleyTarget: FuzzTarget {
  private let file: FuzzTableFile
  private let options = TableOptions(smtputf8: true)

  init() throws { file = try FuzzTableFile(suffix: ".db") }

  func run(_ input: Bytes) throws(FuzzFinding) {
    try file.write(input)
    for type in ["hash", "btree"] {
      do {
        let table = try BerkeleyPages.open(TableSpec(type: type, name: file.name), options: options)
        var keys: [Bytes] = []
        do { try table.forEachEntry { key, _ in if keys.count < 20 { keys.append(key) } } } catch {}
        for key in keys + [Bytes("a"), []] { _ = try? table.value(for: key.span) }
        try? table.inspect()
      } catch { continue }
    }
  }
}

/// A file of rules in one of the pattern types: it opens, and no question ends the program.
class RuleTarget: FuzzTarget {
  private let file: FuzzTableFile
  private let type: String

  init(type: String) throws {
    self.type = type
    file = try FuzzTableFile(suffix: "")
  }

  required init() throws {
    type = "cidr"
    file = try FuzzTableFile(suffix: "")
  }

  func run(_ input: Bytes) throws(FuzzFinding) {
    try file.write(input)
    let cache = TableCache(options: TableOptions(smtputf8: true))
    let table = cache.open(TableSpec(type: type, name: file.name))
    let keys = ["", "a", "192.0.2.1", "2001:db8::1", "user@example.com", "aaaaaaaaaaaaaaaaaaaaaab"]
    for key in keys { _ = try? table.uncheckedValue(for: Bytes(key).span) }
    _ = try? table.uncheckedValue(for: Bytes(input.prefix(100)).span)
    _ = table.shape
  }
}

final class CIDRTarget: RuleTarget {
  required init() throws { try super.init(type: "cidr") }
}

final class RegexpTarget: RuleTarget {
  required init() throws { try super.init(type: "regexp") }
}

final class PCRETarget: RuleTarget {
  required init() throws { try super.init(type: "pcre") }
}

/// A whole table file of some type, cut where the input says: every key has its value or an error.
///
/// The first byte chooses the type, the next three where the file ends; what follows is text of entries.
final class CutTarget: FuzzTarget {
  private let files: [FuzzTableFile]
  private let types: [(name: String, suffix: String)] = [
    ("hash", ".db"), ("btree", ".db"), ("lmdb", ".lmdb"), ("cdb", ".cdb"),
  ]

  init() throws {
    files = [
      try FuzzTableFile(suffix: ".db"), try FuzzTableFile(suffix: ".db"),
      try FuzzTableFile(suffix: ".lmdb"),
      try FuzzTableFile(suffix: ".cdb"),
    ]
  }

  func run(_ input: Bytes) throws(FuzzFinding) {
    guard input.count > 4 else { return }
    let index = Int(input[0] & 3)
    let type = types[index]
    let name = files[index].name
    unlink(name + type.suffix)
    let entries = input[4...].split(separator: 0x0A).filter { !$0.isEmpty }.prefix(200)
    let options = TableOptions(smtputf8: false)
    var known: [Bytes: Bytes] = [:]
    do {
      guard let storage = TableRegistry.type(named: type.name)?.storage else { return }
      let writer = try storage.writer(name: name, options: WriteOptions(.create, options: options))
      var builder = TableBuilder(writer, mode: .create, duplicates: .ignore)
      for entry in entries {
        let key = Bytes(entry.prefix(40).filter { $0 > 0x20 && !(0x41...0x5A).contains($0) })
        guard !key.isEmpty, known[key] == nil else { continue }
        let value = Bytes(repeating: 0x76, count: entry.count * 7 + 1)
        known[key] = value
        _ = try builder.add(key, value[...])
      }
      try builder.finish()
    } catch { throw FuzzFinding("build: \(error)") }
    var status = stat()
    guard stat(name + type.suffix, &status) == 0 else { throw FuzzFinding("no file") }
    let cut = (Int(input[1]) << 16 | Int(input[2]) << 8 | Int(input[3])) % (Int(status.st_size) + 1)
    guard truncate(name + type.suffix, off_t(cut)) == 0 else { throw FuzzFinding("truncate") }
    let table = TableCache(options: options).open(TableSpec(type: type.name, name: name))
    let isWhole = cut == Int(status.st_size)
    do { try table.inspect() } catch  where isWhole {
      throw FuzzFinding("\(type.name): whole, and damaged")
    } catch {}
    for (key, value) in known {
      guard let found = try? Optional(table.uncheckedValue(for: key.span)) else { continue }
      guard found == value else {
        let place = "\(type.name) cut at \(cut) of \(status.st_size)"
        throw FuzzFinding("\(place): \(key.text) is \(found?.text ?? "missing")")
      }
    }
  }
}
