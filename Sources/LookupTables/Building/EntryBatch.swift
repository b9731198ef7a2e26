import RestrictionDSL

/// Entries on their way into a table: one block of memory, duplicates found at once.
///
/// Key and value are stored with a NUL behind each, so that a writer can take either form where
/// it lies. Open addressing over 32-bit positions: 24 bytes for an entry beside its text.
public struct EntryBatch {
  struct Entry {
    var offset: UInt32
    var keyLength: UInt32
    var valueLength: UInt32
    var hash: UInt32
  }

  private(set) var bytes: Bytes = []
  private var entries: [Entry] = []
  // Index of an entry plus one; 0 for an empty slot. The count is a power of two.
  private var slots: [UInt32] = Array(repeating: 0, count: 1024)

  /// - Parameter textSize: about as many bytes of text are to come; 0 where nobody knows
  init(textSize: Int = 0) {
    let expected = min(textSize, EntryBatch.sizeLimit)
    bytes.reserveCapacity(expected)
    // Lines are rarely shorter: too few slots cost time, too many cost memory.
    while slots.count < expected / 20 { slots.append(contentsOf: slots) }
  }

  /// Number of entries.
  public var count: Int { entries.count }

  /// Bytes of text at which a batch is written: far below what a 32-bit position reaches.
  static let sizeLimit = 96 << 20

  /// Whether the batch should be written before more is added.
  var isFull: Bool { bytes.count >= EntryBatch.sizeLimit }

  /// Adds an entry where the key is new.
  ///
  /// - Returns: `false` where the key was there; the old value stays unless `replacing`.
  mutating func insert(_ key: Bytes, _ value: ArraySlice<UInt8>, replacing: Bool) -> Bool {
    let hash = EntryBatch.hash(key)
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if entries[index].hash == hash && isKey(index, key) {
        if replacing { entries[index] = store(key, value, hash) }
        return false
      }
      slot = (slot + 1) & mask
    }
    entries.append(store(key, value, hash))
    slots[slot] = UInt32(entries.count)
    if 2 * entries.count > slots.count { grow() }
    return true
  }

  /// Key and value of an entry as ranges of ``bytes``, without the NUL behind each.
  func ranges(_ index: Int) -> (key: Range<Int>, value: Range<Int>) {
    let entry = entries[index]
    let start = Int(entry.offset)
    let middle = start + Int(entry.keyLength)
    return (start..<middle, (middle + 1)..<(middle + 1 + Int(entry.valueLength)))
  }

  /// Entry numbers in ascending order of keys.
  func sortedIndices() -> [UInt32] { EntryOrder.sorted(self) }

  func withEntries<Result>(_ body: (UnsafeBufferPointer<Entry>) -> Result) -> Result {
    entries.withUnsafeBufferPointer(body)
  }

  /// Forgets the entries, keeps the memory.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    for slot in slots.indices { slots[slot] = 0 }
  }

  private mutating func store(
    _ key: Bytes, _ value: ArraySlice<UInt8>, _ hash: UInt32
  ) -> Entry {
    let offset = bytes.count
    bytes += key
    bytes.append(0)
    bytes += value
    bytes.append(0)
    return Entry(
      offset: UInt32(offset), keyLength: UInt32(key.count), valueLength: UInt32(value.count),
      hash: hash)
  }

  private func isKey(_ index: Int, _ key: Bytes) -> Bool {
    let range = ranges(index).key
    return key.span.isEqual(to: bytes, in: range)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for index in entries.indices {
      var slot = Int(entries[index].hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(index + 1)
    }
  }

  private static func hash(_ key: Bytes) -> UInt32 {
    UInt32(truncatingIfNeeded: key.span.hash)
  }
}
