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

    fileprivate func key(comparesOriginals: Bool) -> Bytes {
      var key = address.asciiLowercased
      guard comparesOriginals else { return key }
      key.append(0)
      key += original.asciiLowercased
      key.append(0)
      key.append(UInt8(truncatingIfNeeded: notify))
      key += envelope.asciiLowercased
      return key
    }
  }

  /// Most messages have one recipient.
  private var first: Entry?
  /// Those that are compared one by one.
  private var few: [Entry] = []
  /// All, once they are many.
  private var keys: Set<Bytes> = []

  /// So many are compared one by one.
  private static let fewLimit = 8

  /// Notes a recipient.
  ///
  /// - Parameter limit: so many are remembered; a full filter still knows what is in it. 0 is no limit.
  /// - Returns: whether it was not there
  mutating func isNew(_ entry: Entry, comparesOriginals: Bool, limit: Int) -> Bool {
    guard let first else {
      first = entry
      return true
    }
    if !keys.isEmpty { return isNewKey(entry, comparesOriginals, limit) }
    if first.isSame(as: entry, comparesOriginals: comparesOriginals) { return false }
    for other in few where other.isSame(as: entry, comparesOriginals: comparesOriginals) {
      return false
    }
    if limit > 0 && few.count + 1 >= limit { return true }
    if few.count < RecipientFilter.fewLimit {
      few.append(entry)
      return true
    }
    keys = [first.key(comparesOriginals: comparesOriginals)]
    for other in few { keys.insert(other.key(comparesOriginals: comparesOriginals)) }
    return isNewKey(entry, comparesOriginals, limit)
  }

  private mutating func isNewKey(_ entry: Entry, _ comparesOriginals: Bool, _ limit: Int) -> Bool {
    let key = entry.key(comparesOriginals: comparesOriginals)
    if limit > 0 && keys.count >= limit { return !keys.contains(key) }
    return keys.insert(key).inserted
  }
}
