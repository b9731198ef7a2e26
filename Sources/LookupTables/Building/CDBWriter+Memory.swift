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
  private let replaces: Bool
  private var fd: CInt
  private var records: [Record] = []
  private var position = 2048
  // Output that is not written yet: `used` bytes of it.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
  private var used = 0
  // Records of the batches that are written already, by hash: index plus one, 0 for an empty slot. Four
  // bytes a slot, at most half of them used; the count is a power of two, or 0 while nothing is written.
  private var slots: [UInt32] = []
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
    replaces = options.replaces
    fd = -1
    fd = try CDBWriter.openLocked(temporary)
    // Room for the header, which is known last.
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    used = 2048
  }

  deinit {
    buffer.deallocate()
    if fd >= 0 { close(fd) }
  }

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
    guard !slots.isEmpty else { return false }
    var hash: UInt32 = 5381
    for index in key.indices { hash = (hash &<< 5 &+ hash) ^ UInt32(key[index]) }
    if withNUL { hash = hash &<< 5 &+ hash }
    let mask = slots.count - 1
    var slot = CDBWriter.slot(hash) & mask
    // Nearly always no record has the hash of a new key.
    while slots[slot] != 0 {
      if records[Int(slots[slot]) - 1].hash == hash {
        return try record(with: (Bytes(copying: key) + (withNUL ? [0] : []))[...]) != nil
      }
      slot = (slot + 1) & mask
    }
    return false
  }

  func write(_ batch: EntryBatch, isWhole: Bool) throws(BuildError) {
    let known = records.count
    records.reserveCapacity(records.count + batch.count)
    for index in 0..<batch.count {
      let ranges = batch.ranges(index)
      let extra = withNUL ? 1 : 0
      let key = ranges.key.lowerBound..<(ranges.key.upperBound + extra)
      let value = ranges.value.lowerBound..<(ranges.value.upperBound + extra)
      if replaces, !isWhole, let old = try record(with: batch.bytes[key]) {
        try blank(records[old])
        isRemoved.insert(old)
      }
      try append(batch.bytes, key, value)
    }
    if !isWhole { index(from: known) }
  }

  /// Takes the key of a record that has no slot any more: its bytes belong to the value then.
  private func blank(_ record: Record) throws(BuildError) {
    try flush()
    var lengths = Bytes(repeating: 0, count: 8)
    guard readDescriptor(fd, into: &lengths, at: Int(record.position)) == 8 else {
      throw failure(errno)
    }
    let key = lengths[..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let value = lengths[4...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    for index in 0..<4 {
      lengths[index] = 0
      lengths[4 + index] = UInt8(truncatingIfNeeded: (key &+ value) >> UInt32(8 * index))
    }
    let place = off_t(record.position)
    guard lengths.withUnsafeBytes({ pwrite(fd, $0.baseAddress, 8, place) }) == 8 else {
      throw failure(errno)
    }
  }

  /// Makes the records from a number on known to ``record(with:)``.
  private func index(from start: Int) {
    var first = start
    if 2 * records.count > slots.count {
      var count = max(slots.count, 1 << 20)
      while count < 2 * records.count { count *= 2 }
      slots = Array(repeating: 0, count: count)
      first = 0
    }
    let mask = slots.count - 1
    for number in first..<records.count {
      var slot = CDBWriter.slot(records[number].hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(number + 1)
    }
  }

  /// The hash of the format keeps neighbours together; slots want them apart.
  private static func slot(_ hash: UInt32) -> Int { Int((hash &* 0x9E37_79B1) ^ hash >> 15) }

  private func append(
    _ bytes: Bytes, _ key: Range<Int>, _ value: Range<Int>
  ) throws(BuildError) {
    let length = 8 + key.count + value.count
    // The tables behind the records take 16 bytes for each.
    guard position + length <= Int(UInt32.max) - 16 * (records.count + 1) else {
      throw BuildError("error writing \(temporary): \(SystemErrno(ENOMEM).text)")
    }
    var hash: UInt32 = 5381
    for index in key { hash = (hash &<< 5 &+ hash) ^ UInt32(bytes[index]) }
    records.append(Record(hash: hash, position: UInt32(position)))
    try reserve(8)
    store(UInt32(key.count))
    store(UInt32(value.count))
    try append(bytes, key)
    try append(bytes, value)
    position += length
  }

  /// Copies bytes to the buffer, or past it where they are many.
  private func append(_ bytes: Bytes, _ range: Range<Int>) throws(BuildError) {
    guard range.count <= buffer.count else {
      try flush()
      guard writeDescriptor(fd, Bytes(bytes[range])) else { throw failure(errno) }
      return
    }
    try reserve(range.count)
    bytes.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(rebasing: buffer[used...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    used += range.count
  }

  /// The record of a key in the batches that are written.
  private func record(with key: ArraySlice<UInt8>) throws(BuildError) -> Int? {
    guard !slots.isEmpty else { return nil }
    let hash = CDBWriter.hash(key)
    let mask = slots.count - 1
    var slot = CDBWriter.slot(hash) & mask
    while slots[slot] != 0 {
      let candidate = Int(slots[slot]) - 1
      slot = (slot + 1) & mask
      guard records[candidate].hash == hash, !isRemoved.contains(candidate) else { continue }
      if try holds(records[candidate], key) { return candidate }
    }
    return nil
  }

  /// Whether a record that is written has this key.
  private func holds(_ record: Record, _ key: ArraySlice<UInt8>) throws(BuildError) -> Bool {
    try flush()
    var stored = Bytes(repeating: 0, count: 8 + key.count)
    let count = pread(fd, &stored, stored.count, off_t(record.position))
    guard count >= 0 else { throw failure(errno) }
    guard count == stored.count else { return false }
    let length = stored[0..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
    return length == key.count && stored[8...].elementsEqual(key)
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
    var header: [(position: Int, slots: Int)] = []
    for table in 0..<256 {
      header.append((position, 2 * counts[table]))
      try writeSlots(sorted[starts[table]..<starts[table + 1]], 2 * counts[table])
    }
    try flush()
    guard lseek(fd, 0, SEEK_SET) == 0 else { throw failure(errno) }
    for pair in header {
      store(UInt32(pair.position))
      store(UInt32(pair.slots))
    }
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
      try reserve(8)
      store(slot.hash)
      store(slot.position)
    }
    position += 8 * size
  }

  /// Four bytes, little endian; the caller made room.
  private func store(_ value: UInt32) {
    buffer.storeBytes(of: value.littleEndian, toByteOffset: used, as: UInt32.self)
    used += 4
  }

  private func reserve(_ count: Int) throws(BuildError) {
    if used + count > buffer.count { try flush() }
  }

  private func flush() throws(BuildError) {
    var done = 0
    while done < used {
      let count = Glibc.write(fd, buffer.baseAddress.map { $0 + done }, used - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(errno) }
      done += count
    }
    used = 0
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
