import CSystem
import Compiler
import Glibc
import LookupTables
import RestrictionDSL

/// Files whose change is noticed: one stat(2) each per look.
struct FileWatch {
  /// What changes with a file; `nil` where there is none.
  private struct Stamp: Hashable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  private var files: [String]
  /// At the last look.
  private var seen: [Stamp?]
  /// When something was last done about a change.
  private var settled: [Stamp?]

  init(_ files: [String]) {
    self.files = files
    seen = files.map(FileWatch.stamp)
    settled = seen
  }

  /// Watches other files; those that stay are compared with what was seen of them.
  mutating func replace(_ other: [String]) {
    let before = Dictionary(zip(files, seen), uniquingKeysWith: { first, _ in first })
    files = other
    seen = other.map { before[$0] ?? FileWatch.stamp($0) }
    settled = seen
  }

  /// The files that changed since the last change that was told; empty while they go on changing.
  ///
  /// A file being written is left alone until two looks find the same.
  mutating func look() -> [String] {
    let now = files.map(FileWatch.stamp)
    defer { seen = now }
    guard now != settled, now == seen else { return [] }
    let changed = files.indices.filter { now[$0] != settled[$0] }.map { files[$0] }
    settled = now
    return changed
  }

  /// A reload begins: what changed before it needs no other one.
  mutating func settle() {
    seen = files.map(FileWatch.stamp)
    settled = seen
  }

  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Stamp(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }
}

/// The files that a configuration is made of.
enum ConfigurationFiles {
  /// main.cf, master.cf, list files, table sources and their indexes.
  static func paths(_ directory: String, _ services: [Settings]) -> [String] {
    var paths = [directory + "/main.cf", directory + "/master.cf"]
    for settings in services {
      for list in PolicySource(settings: settings).allLists {
        for element in list.elements { add(element.text, &paths) }
      }
      for parameter in ParameterCatalog.all {
        switch parameter.kind {
        case .maps, .list:
          for element in settings.elements(of: parameter.name) { add(element.text, &paths) }
        default: continue
        }
      }
    }
    var seen: Set<String> = []
    return paths.filter { seen.insert($0).inserted }
  }

  /// A word of a list: a file, a table, a table of tables.
  private static func add(_ word: String, _ paths: inout [String]) {
    let word = word.drop { $0 == "!" }
    if word.hasPrefix("/") { return paths.append(String(word)) }
    // Tables of tables: unionmap:{type:name, …}, proxy:type:name.
    let parts = word.split { "{}, ".contains($0) }
    if parts.count > 1 {
      for part in parts { add(String(part), &paths) }
      return
    }
    guard let spec = TableSpec(String(word)), TableRegistry.type(named: spec.type) != nil else {
      return
    }
    guard spec.name.hasPrefix("/") else {
      if spec.name.contains(":") { add(spec.name, &paths) }
      return
    }
    paths.append(spec.name)
    switch TableRegistry.type(named: spec.type)?.storage {
    case .hash, .btree: paths.append(spec.name + ".db")
    case .lmdb: paths.append(spec.name + ".lmdb")
    case .cdb: paths.append(spec.name + ".cdb")
    case nil: break
    }
  }
}
