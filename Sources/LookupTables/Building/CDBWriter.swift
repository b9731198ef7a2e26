import CSystem
import Glibc
import RestrictionDSL

/// Writes `cdb:` files beside the old one and renames.
///
/// Our own encoder: records follow each other behind a header of 256 pairs (position, slots);
/// each pair is a hash table of (hash, position) with twice as many slots as records.
///
/// - Source: cdb(5); facts postmap §7 and §8
final class CDBWriter: TableWriter {
  private struct Record {
    let hash: UInt32
    let position: UInt32
  }

  private let path: String
  private let temporary: String
  private let name: String
  private let withNUL: Bool
  private var fd: CInt
  private var records: [Record] = []
  private var position = 2048
  private var buffer: Bytes
  // Keys of the batches that are written already: hash to the records that have it.
  private var written: [UInt32: [Int]] = [:]
  private var isRemoved: Set<Int> = []

  init(name: String, options: WriteOptions) throws(BuildError) {
    guard options.mode == .create else {
      throw BuildError(
        "dict_cdb_open: inappropriate open flags for cdb database - specify O_RDONLY or "
          + "O_WRONLY|O_CREAT|O_TRUNC")
    }
    self.name = name
    path = name + ".cdb"
    temporary = path + ".tmp"
    // Postfix's default for this type is without NUL.
    withNUL = options.keyForm == .withNUL
    buffer = Bytes(repeating: 0, count: 2048)
    fd = -1
    fd = try CDBWriter.openLocked(temporary)
  }

  deinit { if fd >= 0 { close(fd) } }

  var duplicateName: String { name }
  var ownName: String { "cdb:\(path)" }

  /// Opens and locks; where another writer renamed the file meanwhile, begins again.
  private static func openLocked(_ path: String) throws(BuildError) -> CInt {
    while true {
      let fd = smtpd_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard fd >= 0 else {
        throw BuildError("open database \(path): \(SystemErrno(errno).text)")
      }
      guard setFlock(fd, LOCK_EX) == 0 else {
        let error = errno
        close(fd)
        throw BuildError("lock \(path): \(SystemErrno(error).text)")
      }
      var open = stat()
      var named = stat()
      if fstat(fd, &open) == 0, stat(path, &named) == 0, open.st_ino == named.st_ino,
        open.st_dev == named.st_dev, named.st_nlink == 1
      {
        guard open.st_size == 0 || ftruncate(fd, 0) == 0 else {
          let error = errno
          close(fd)
          throw BuildError("truncate \(path): \(SystemErrno(error).text)")
        }
        return fd
      }
      close(fd)
    }
  }

  func contains(_ key: Span<UInt8>) throws(BuildError) -> Bool {
    var text = Bytes()
    for index in key.indices { text.append(key[index]) }
    if withNUL { text.append(0) }
    return try record(with: text[...]) != nil
  }

  func write(_ batch: EntryBatch, isWhole: Bool) throws(BuildError) {
    records.reserveCapacity(records.count + batch.count)
    var key = Bytes()
    for index in 0..<batch.count {
      let ranges = batch.ranges(index)
      key.removeAll(keepingCapacity: true)
      key += batch.bytes[ranges.key]
      if withNUL { key.append(0) }
      if !isWhole, let old = try record(with: key[...]) { isRemoved.insert(old) }
      try append(key, batch.bytes[ranges.value])
      if !isWhole { written[records[records.count - 1].hash, default: []].append(records.count - 1) }
    }
  }

  private func append(_ key: Bytes, _ value: ArraySlice<UInt8>) throws(BuildError) {
    let valueLength = value.count + (withNUL ? 1 : 0)
    let length = 8 + key.count + valueLength
    guard position + length <= Int(UInt32.max) - 16 * (records.count + 1) else {
      throw BuildError("error writing \(temporary): \(SystemErrno(ENOMEM).text)")
    }
    records.append(Record(hash: CDBWriter.hash(key), position: UInt32(position)))
    put(UInt32(key.count))
    put(UInt32(valueLength))
    buffer += key
    buffer += value
    if withNUL { buffer.append(0) }
    position += length
    if buffer.count > 1 << 16 { try flush() }
  }

  /// The record of a key in the batches that are written.
  private func record(with key: ArraySlice<UInt8>) throws(BuildError) -> Int? {
    guard let candidates = written[CDBWriter.hash(key)] else { return nil }
    try flush()
    for candidate in candidates where !isRemoved.contains(candidate) {
      var stored = Bytes(repeating: 0, count: 8 + key.count)
      let start = off_t(records[candidate].position)
      let count = pread(fd, &stored, stored.count, start)
      guard count >= 0 else { throw failure(errno) }
      guard count == stored.count else { continue }
      let length = stored[0..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
      if length == key.count && stored[8...].elementsEqual(key) { return candidate }
    }
    return nil
  }

  func delete(_ key: Span<UInt8>) throws(BuildError) -> Bool { false }

  func finish() throws(BuildError) {
    var counts = [Int](repeating: 0, count: 256)
    for (index, record) in records.enumerated() where !isRemoved.contains(index) {
      counts[Int(record.hash & 255)] += 1
    }
    var starts = [Int](repeating: 0, count: 257)
    for table in 0..<256 { starts[table + 1] = starts[table] + counts[table] }
    var sorted = [Record](repeating: Record(hash: 0, position: 0), count: starts[256])
    var next = starts
    for (index, record) in records.enumerated() where !isRemoved.contains(index) {
      sorted[next[Int(record.hash & 255)]] = record
      next[Int(record.hash & 255)] += 1
    }
    var header = Bytes()
    for table in 0..<256 {
      let size = 2 * counts[table]
      CDBWriter.put(UInt32(position), to: &header)
      CDBWriter.put(UInt32(size), to: &header)
      try writeSlots(sorted[starts[table]..<starts[table + 1]], size)
    }
    try flush()
    guard lseek(fd, 0, SEEK_SET) == 0 else { throw failure(errno) }
    buffer = header
    try flush()
    guard fsync(fd) == 0 else { throw failure(errno) }
    guard rename(temporary, path) == 0 else {
      throw BuildError("rename database from \(temporary) to \(path): \(SystemErrno(errno).text)")
    }
    close(fd)
    fd = -1
  }

  private func writeSlots(_ records: ArraySlice<Record>, _ size: Int) throws(BuildError) {
    guard size > 0 else { return }
    var slots = [Record](repeating: Record(hash: 0, position: 0), count: size)
    for record in records {
      var slot = Int(record.hash >> 8) % size
      while slots[slot].position != 0 { slot = (slot + 1) % size }
      slots[slot] = record
    }
    for slot in slots {
      put(slot.hash)
      put(slot.position)
    }
    position += 8 * size
    if buffer.count > 1 << 16 { try flush() }
  }

  private func put(_ value: UInt32) { CDBWriter.put(value, to: &buffer) }

  /// Little endian.
  private static func put(_ value: UInt32, to bytes: inout Bytes) {
    bytes.append(UInt8(truncatingIfNeeded: value))
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value >> 16))
    bytes.append(UInt8(truncatingIfNeeded: value >> 24))
  }

  private func flush() throws(BuildError) {
    guard !buffer.isEmpty else { return }
    guard writeDescriptor(fd, buffer) else { throw failure(errno) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func failure(_ code: CInt) -> BuildError {
    BuildError("error writing \(temporary): \(SystemErrno(code).text)")
  }

  private static func hash(_ key: some Sequence<UInt8>) -> UInt32 {
    var hash: UInt32 = 5381
    for byte in key { hash = (hash &<< 5 &+ hash) ^ UInt32(byte) }
    return hash
  }
}
