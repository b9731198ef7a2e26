import CSystem
import Glibc
import RestrictionDSL

/// Writes the entries of an indexed table into one of another type beside it, and compares both.
///
/// The new file gets mode and owner of the old one, and its time where that is older than the source, so
/// that nobody takes an old table for a new one.
struct TableCopy {
  /// Why there is no copy.
  struct Failure: Error {
    let message: String
  }

  let from: TableSpec
  let to: TableSpec
  let storage: TableStorage
  let options: TableOptions

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// - Returns: the number of entries
  func run(warn: (String) -> Void) throws(Failure) -> Int {
    let old = try open(from)
    if let line = old.messages.first(where: { $0.hasPrefix("warning: ") }) { warn(line) }
    let count = try copy(old.table, warn: warn)
    let new = try open(to)
    try compare(old.table, new.table, count)
    return count
  }

  private func open(_ spec: TableSpec) throws(Failure) -> (
    table: any EntryTable, messages: [String]
  ) {
    let opening = TableOpening(
      options: options, warnings: TableWarnings(),
      proxymap: ProxymapClient(
        directory: options.queueDirectory, service: options.proxymapService)
    ) { spec in
      OpenTable(spec: spec, table: FailTable(), foldsUnicode: false)
    }
    do throws(OpenFailure) {
      let table: any LookupTable
      switch spec.type {
      // Without the library: the same in every build.
      case "hash": table = try PagedDatabase(name: spec.name, format: .hash, opening: opening)
      case "btree": table = try PagedDatabase(name: spec.name, format: .btree, opening: opening)
      default:
        guard let type = TableRegistry.type(named: spec.type) else {
          throw OpenFailure("unsupported dictionary type: \(spec.type)")
        }
        table = try type.open(spec.name, opening)
      }
      guard let entries = table as? any EntryTable else {
        throw OpenFailure("\(spec): entries cannot be listed")
      }
      return (entries, opening.messages)
    } catch {
      throw Failure(message: error.reason)
    }
  }

  private func copy(_ table: any EntryTable, warn: (String) -> Void) throws(Failure) -> Int {
    var before = stat()
    guard stat(from.name + from.suffix, &before) == 0 else {
      throw Failure(message: "open \(from.name)\(from.suffix): \(SystemErrno(errno).text)")
    }
    var count = 0
    var problem: BuildError?
    do throws(BuildError) {
      var write = WriteOptions(.create, options: options)
      write.sourceSize = Int(before.st_size)
      let writer = try storage.writer(name: to.name, options: write)
      var builder = TableBuilder(
        writer, mode: .create, duplicates: .warn, sourceSize: write.sourceSize)
      do throws(LookupError) {
        try table.forEachEntry { key, value in
          guard problem == nil else { return }
          do throws(BuildError) {
            if let line = try builder.add(key, value[...]) {
              warn("warning: \(line)")
            } else {
              count += 1
            }
          } catch { problem = error }
        }
      } catch {
        throw BuildError(error.messages.first ?? "error reading \(from)")
      }
      if let problem { throw problem }
      try builder.finish()
    } catch {
      throw Failure(message: error.message)
    }
    try keepAttributes(before)
    return count
  }

  private func keepAttributes(_ before: stat) throws(Failure) {
    let path = to.name + to.suffix
    var source = stat()
    let isStale =
      stat(from.name, &source) == 0 && source.st_mtim.tv_sec > before.st_mtim.tv_sec
    guard chmod(path, before.st_mode & 0o7777) == 0,
      geteuid() != 0 || chown(path, before.st_uid, before.st_gid) == 0
    else { throw Failure(message: "\(path): \(SystemErrno(errno).text)") }
    guard isStale else { return }
    let times = [before.st_atim, before.st_mtim]
    guard utimensat(AT_FDCWD, path, times, 0) == 0 else {
      throw Failure(message: "\(path): \(SystemErrno(errno).text)")
    }
  }

  /// Every entry of the old table is in the new one with its value, and there are no others.
  private func compare(
    _ old: any EntryTable, _ new: any EntryTable, _ count: Int
  ) throws(Failure) {
    var difference: String?
    var others = 0
    do throws(LookupError) {
      var seen: Set<Bytes> = []
      try old.forEachEntry { key, value in
        // Of several values of a key only the first counts.
        guard difference == nil, seen.insert(key).inserted else { return }
        if (try? new.value(for: key.span)) != value { difference = "'\(key.text)' differs" }
      }
      try new.forEachEntry { _, _ in others += 1 }
    } catch {
      throw Failure(message: error.messages.first ?? "error reading \(to)")
    }
    if others != count { difference = "\(count) entries became \(others)" }
    if let difference { throw Failure(message: "\(to) is not \(from): \(difference)") }
  }
}

extension TableSpec {
  /// What stands behind the name of the file.
  var suffix: String {
    switch type {
    case "hash", "btree": ".db"
    case "lmdb": ".lmdb"
    case "cdb": ".cdb"
    default: ""
    }
  }
}
