import Glibc

/// Comparison of keys.
extension Span<UInt8> {
  /// Whether the byte occurs.
  func has(_ byte: UInt8) -> Bool {
    withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { memchr($0, CInt(byte), bytes.count) != nil } ?? false
    }
  }

  /// Index of the first such byte, from an index on.
  func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, start < bytes.count,
        let found = memchr(base + start, CInt(byte), bytes.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  /// Compares with a part of an array.
  ///
  /// - Precondition: the range lies in the array.
  func isEqual(to bytes: [UInt8], in range: Range<Int>) -> Bool {
    guard count == range.count else { return false }
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "bytes \(range)")
    return withUnsafeBufferPointer { key in
      bytes.withUnsafeBufferPointer { all in
        guard let left = key.baseAddress, let right = all.baseAddress else { return true }
        return memcmp(left, right + range.lowerBound, key.count) == 0
      }
    }
  }
}

extension [UInt8] {
  /// Takes other bytes in the place of the present ones, in the same memory where nobody else has it.
  mutating func replace(with bytes: Span<UInt8>) {
    removeAll(keepingCapacity: true)
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}
