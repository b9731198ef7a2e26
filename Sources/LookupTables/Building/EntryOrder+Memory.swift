import RestrictionDSL

/// Sorts the entries of a batch by key, eight bytes at a time.
///
/// Keys hold no NUL, so a key that ends counts as padded with NUL and sorts before its extensions.
/// Rows of one prefix are ordered by the next eight bytes, and so on. All memory is allocated here
/// and freed on return; indices come from the batch and stay below its count.
struct EntryOrder {
  private struct Row {
    var prefix: UInt64
    var index: UInt32
  }

  /// Fewer rows are sorted by comparison.
  private static let radixThreshold = 512

  /// Entry numbers in ascending order of keys.
  static func sorted(_ batch: borrowing EntryBatch) -> [UInt32] {
    let count = batch.count
    guard count > 0 else { return [] }
    let rows = UnsafeMutableBufferPointer<Row>.allocate(capacity: count)
    let spare = UnsafeMutableBufferPointer<Row>.allocate(capacity: count)
    defer {
      rows.deallocate()
      spare.deallocate()
    }
    for index in 0..<count { rows[index] = Row(prefix: 0, index: UInt32(index)) }
    spare.update(repeating: Row(prefix: 0, index: 0))
    batch.bytes.withUnsafeBytes { bytes in
      sort(rows, spare, 0..<count, depth: 0) { index, depth in
        let key = batch.ranges(index).key
        return prefix(bytes, key, at: depth)
      }
    }
    return rows.map(\.index)
  }

  /// Entry numbers in the order of the buckets that Berkeley DB puts them into.
  ///
  /// - Parameter extra: bytes behind the key that belong to it
  static func byBucket(_ batch: borrowing EntryBatch, extra: Int) -> [UInt32] {
    let count = batch.count
    guard count > 1 else { return Array(0..<UInt32(count)) }
    let rows = UnsafeMutableBufferPointer<Row>.allocate(capacity: count)
    let spare = UnsafeMutableBufferPointer<Row>.allocate(capacity: count)
    defer {
      rows.deallocate()
      spare.deallocate()
    }
    // As many buckets as there may be: where there are fewer, neighbours stay neighbours.
    let mask = UInt32(truncatingIfNeeded: (1 << (64 - (count / 16).leadingZeroBitCount)) - 1)
    var index = 0
    _ = batch.forEach(in: nil) { item in
      let key = UnsafeRawBufferPointer(start: item.key, count: item.keyLength + extra)
      var hash: UInt32 = 0
      for byte in key { hash = hash &* 16_777_619 ^ UInt32(byte) }
      rows.initializeElement(at: index, to: Row(prefix: UInt64(hash & mask), index: UInt32(index)))
      index += 1
      return 0
    }
    spare.initialize(repeating: Row(prefix: 0, index: 0))
    radixSort(rows, spare, 0..<count)
    return rows.map(\.index)
  }

  private static func sort(
    _ rows: UnsafeMutableBufferPointer<Row>, _ spare: UnsafeMutableBufferPointer<Row>,
    _ range: Range<Int>, depth: Int, prefix: (Int, Int) -> UInt64
  ) {
    for position in range {
      rows[position].prefix = prefix(Int(rows[position].index), depth)
    }
    if range.count < radixThreshold {
      rows[range].sort { $0.prefix < $1.prefix }
    } else {
      radixSort(rows, spare, range)
    }
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start + 1
      while end < range.upperBound && rows[end].prefix == rows[start].prefix { end += 1 }
      // A last byte of zero is the end of the key: keys differ, so there is one row only.
      if end - start > 1 { sort(rows, spare, start..<end, depth: depth + 8, prefix: prefix) }
      start = end
    }
  }

  /// Least significant byte first; a byte that is the same in all rows costs one look.
  private static func radixSort(
    _ rows: UnsafeMutableBufferPointer<Row>, _ spare: UnsafeMutableBufferPointer<Row>,
    _ range: Range<Int>
  ) {
    var counts = [Int](repeating: 0, count: 8 * 256)
    for position in range {
      let prefix = rows[position].prefix
      for digit in 0..<8 { counts[digit << 8 | Int(prefix >> UInt64(8 * digit) & 255)] += 1 }
    }
    // Each pass goes from one block to the other.
    var (from, to) = (rows, spare)
    for digit in 0..<8 {
      let shift = UInt64(8 * digit)
      let first = Int(from[range.lowerBound].prefix >> shift & 255)
      if counts[digit << 8 | first] == range.count { continue }
      var next = range.lowerBound
      for value in 0..<256 {
        let count = counts[digit << 8 | value]
        counts[digit << 8 | value] = next
        next += count
      }
      for position in range {
        let row = from[position]
        let slot = digit << 8 | Int(row.prefix >> shift & 255)
        to[counts[slot]] = row
        counts[slot] += 1
      }
      swap(&from, &to)
    }
    guard from.baseAddress != rows.baseAddress else { return }
    for position in range { rows[position] = from[position] }
  }

  /// Eight bytes of a key from `depth` on, the first in the highest place.
  private static func prefix(
    _ bytes: UnsafeRawBufferPointer, _ key: Range<Int>, at depth: Int
  ) -> UInt64 {
    let start = key.lowerBound + depth
    let count = key.upperBound - start
    if count >= 8 {
      return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    guard count > 0 else { return 0 }
    var prefix: UInt64 = 0
    for offset in 0..<count { prefix = prefix << 8 | UInt64(bytes[start + offset]) }
    return prefix << UInt64(8 * (8 - count))
  }
}
