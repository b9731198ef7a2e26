import RestrictionDSL

/// Keys that were seen, by their 64-bit hashes, with line and value of each.
///
/// Open addressing with linear probes; at most half of the slots are taken.
struct KeySet {
  private struct Slot {
    /// 0 marks a free slot.
    var hash: UInt64 = 0
    var value: UInt32 = 0
    var line: UInt32 = 0
  }

  private var slots: [Slot] = Array(repeating: Slot(), count: 1024)
  private var count = 0
  /// What was read by ``approach(_:)``, so that the reads are not left out.
  private var approached: UInt64 = 0

  /// The hash of a key; never 0.
  static func hash(_ key: Span<UInt8>) -> UInt64 { key.hash | 1 }

  /// Reads where keys will stand: of a large set the memory answers many requests at a time as fast as one.
  mutating func approach(_ hashes: [UInt64]) {
    reserve(hashes.count)
    for hash in hashes { approached ^= slots[home(of: hash)].hash }
  }

  /// - Returns: where the key was seen first, and whether with the same value; `nil` for a new key.
  mutating func insert(
    _ hash: UInt64, _ value: Span<UInt8>, _ line: Int
  ) -> (line: Int, isSame: Bool)? {
    reserve(1)
    let valueHash = UInt32(truncatingIfNeeded: value.hash >> 32)
    let index = place(of: hash)
    if slots[index].hash == hash {
      return (Int(slots[index].line), slots[index].value == valueHash)
    }
    slots[index] = Slot(hash: hash, value: valueHash, line: UInt32(clamping: line))
    count += 1
    return nil
  }

  func contains(_ key: Bytes) -> Bool {
    let hash = KeySet.hash(key.span)
    return slots[place(of: hash)].hash == hash
  }

  /// The lowest bit says nothing, and a larger set asks for higher ones: so entries move in their order.
  private func home(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash >> 24) & (slots.count - 1)
  }

  private func place(of hash: UInt64) -> Int {
    var index = home(of: hash)
    while slots[index].hash != 0 && slots[index].hash != hash {
      index = (index + 1) & (slots.count - 1)
    }
    return index
  }

  /// Makes room for new keys.
  private mutating func reserve(_ more: Int) {
    guard 2 * (count + more) > slots.count else { return }
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    for slot in old where slot.hash != 0 { slots[place(of: slot.hash)] = slot }
  }
}
