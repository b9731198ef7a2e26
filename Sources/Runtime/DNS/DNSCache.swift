import RestrictionDSL

/// Answers that may still be used, bounded in number.
///
/// - Complexity: O(1) amortised; the oldest entry goes where a new one does not fit.
struct DNSCache {
  struct Key: Hashable {
    /// In lower case.
    let name: Bytes
    let type: DNSType
  }

  private struct Entry {
    let answer: DNSAnswer
    let expires: UInt64
    /// Number of the insertion, to tell a replaced entry in ``order``.
    let serial: Int
  }

  private var entries: [Key: Entry] = [:]
  private var order: [(key: Key, serial: Int)] = []
  private var first = 0
  private var serial = 0
  private let capacity: Int

  init(capacity: Int = 4096) { self.capacity = capacity }

  var count: Int { entries.count }

  /// - Parameter now: in milliseconds
  mutating func answer(to key: Key, now: UInt64) -> DNSAnswer? {
    guard let entry = entries[key] else { return nil }
    guard now < entry.expires else {
      entries[key] = nil
      return nil
    }
    return entry.answer
  }

  /// Keeps an answer; a temporary error or a time of 0 is not kept.
  ///
  /// - Parameter seconds: cut to an hour, so that a mistake in a zone does not last
  mutating func keep(_ answer: DNSAnswer, to key: Key, seconds: UInt32, now: UInt64) {
    switch answer {
    case .records, .noName, .noData: break
    case .temporary, .malformed: return
    }
    guard seconds > 0 else { return }
    serial += 1
    entries[key] = Entry(
      answer: answer, expires: now + UInt64(min(seconds, 3600)) * 1000, serial: serial)
    order.append((key, serial))
    while entries.count > capacity || order.count - first > 2 * capacity {
      let oldest = order[first]
      first += 1
      if entries[oldest.key]?.serial == oldest.serial { entries[oldest.key] = nil }
    }
    if first > capacity {
      order.removeFirst(first)
      first = 0
    }
  }

  mutating func clear() { self = DNSCache(capacity: capacity) }
}
