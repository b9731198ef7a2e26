import RestrictionDSL

/// Keeps each recipient out that is in the file already.
///
/// - Source: facts queue-file.md §4; postconf(5) duplicate_filter_limit, enable_original_recipient
struct RecipientFilter {
  /// A recipient as it is written.
  struct Entry {
    let address: Bytes
    let original: Bytes
    /// ORCPT.
    let envelope: Bytes
    let notify: Int

    /// Letters of both cases are the same.
    fileprivate func isSame(as other: Entry, comparesOriginals: Bool) -> Bool {
      guard address.equalsIgnoringCase(other.address) else { return false }
      if !comparesOriginals { return true }
      return notify == other.notify && original.equalsIgnoringCase(other.original)
        && envelope.equalsIgnoringCase(other.envelope)
    }

    /// The same for letters of both cases.
    fileprivate var hash: Int {
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for byte in address { hash = (hash ^ UInt64(byte | 0x20)) &* 0x100_0000_01B3 }
      return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
  }

  /// Most messages have one recipient.
  private var first: Entry?
  /// Those behind it.
  private var others: [Entry] = []
  /// Finds one of ``others`` by its hash, once they are many: its index plus one, 0 where there is
  /// none.
  ///
  /// At most half of the slots are taken; their number is a power of two.
  private var slots: [UInt32] = []

  /// So many are compared one by one.
  private static let fewLimit = 8

  /// Forgets all.
  mutating func clear() {
    first = nil
    if !others.isEmpty { others = [] }
    if !slots.isEmpty { slots = [] }
  }

  /// Notes a recipient.
  ///
  /// - Parameter limit: so many are remembered; a full filter still knows what is in it. 0 is no limit.
  /// - Returns: whether it was not there
  mutating func isNew(_ entry: Entry, comparesOriginals: Bool, limit: Int) -> Bool {
    guard let first else {
      first = entry
      return true
    }
    if first.isSame(as: entry, comparesOriginals: comparesOriginals) { return false }
    if slots.isEmpty {
      for other in others where other.isSame(as: entry, comparesOriginals: comparesOriginals) {
        return false
      }
    } else {
      var slot = entry.hash & (slots.count - 1)
      while slots[slot] != 0 {
        let other = others[Int(slots[slot]) - 1]
        if other.isSame(as: entry, comparesOriginals: comparesOriginals) { return false }
        slot = (slot + 1) & (slots.count - 1)
      }
    }
    if limit > 0 && others.count + 1 >= limit { return true }
    others.append(entry)
    if others.count > RecipientFilter.fewLimit { place() }
    return true
  }

  /// Files the last of ``others``, or all of them in a larger table.
  private mutating func place() {
    var unplaced = others.count - 1
    if 2 * others.count > slots.count {
      slots = Array(repeating: 0, count: slots.isEmpty ? 32 : slots.count * 2)
      unplaced = 0
    }
    for index in unplaced..<others.count {
      var slot = others[index].hash & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(index + 1)
    }
  }
}
