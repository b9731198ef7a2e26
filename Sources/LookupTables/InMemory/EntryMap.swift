import RestrictionDSL

/// Byte keys to byte values in one block of memory, asked by span without allocation.
///
/// Open addressing with linear probes; at most half of the slots are taken.
struct EntryMap {
  private struct Entry {
    var key: Range<Int>
    var value: Range<Int>
    var hash: UInt64
  }

  private var bytes: Bytes = []
  private var entries: [Entry] = []
  // Index of an entry plus one; 0 for an empty slot. The count is a power of two.
  private var slots: [UInt32] = Array(repeating: 0, count: 16)

  // A bit for the length of each key, the last one for all longer ones: short tables need no hash.
  private var lengths: UInt64 = 0

  /// Number of entries.
  var count: Int { entries.count }

  /// The value of a key; `nil` where there is none.
  func value(for key: Span<UInt8>) -> Bytes? {
    guard lengths &>> UInt64(min(key.count, 63)) & 1 == 1 else { return nil }
    guard let index = find(key, hash: key.hash) else { return nil }
    return Bytes(bytes[entries[index].value])
  }

  /// Adds an entry where the key is new.
  ///
  /// - Returns: `false` where the key was there; the old value stays unless `replacing`.
  mutating func insert(_ key: Bytes, _ value: Bytes, replacing: Bool = false) -> Bool {
    let hash = key.span.hash
    if let index = find(key.span, hash: hash) {
      if replacing { entries[index].value = store(value) }
      return false
    }
    if 2 * (entries.count + 1) > slots.count { grow() }
    lengths |= 1 &<< UInt64(min(key.count, 63))
    entries.append(Entry(key: store(key), value: store(value), hash: hash))
    place(entries.count - 1)
    return true
  }

  /// Every entry in the order of insertion.
  func forEach(_ visit: EntryVisitor) {
    let bytes = bytes.span
    for entry in entries { visit(bytes.extracting(entry.key), bytes.extracting(entry.value)) }
  }

  private mutating func store(_ part: Bytes) -> Range<Int> {
    let start = bytes.count
    bytes += part
    return start..<bytes.count
  }

  private func find(_ key: Span<UInt8>, hash: UInt64) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if entries[index].hash == hash && key.isEqual(to: bytes, in: entries[index].key) {
        return index
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for index in entries.indices { place(index) }
  }

  private mutating func place(_ index: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: entries[index].hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = UInt32(index + 1)
  }
}
