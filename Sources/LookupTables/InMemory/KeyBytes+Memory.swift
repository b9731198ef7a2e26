import Glibc

/// Hash and comparison of keys, eight bytes at a time.
///
/// Loads are unaligned and stay inside the span.
extension Span<UInt8> {
  /// The same for equal bytes; every bit depends on every byte.
  public var hash: UInt64 {
    withUnsafeBytes { bytes in
      var hash = UInt64(truncatingIfNeeded: bytes.count) ^ 0xCBF2_9CE4_8422_2325
      var index = 0
      while index &+ 8 <= bytes.count {
        hash = Self.mixed(hash, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index &+= 8
      }
      var rest: UInt64 = 0
      while index < bytes.count {
        rest = rest << 8 | UInt64(bytes[index])
        index &+= 1
      }
      return Self.mixed(hash, rest)
    }
  }

  /// Whether the byte occurs.
  func has(_ byte: UInt8) -> Bool {
    withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { memchr($0, CInt(byte), bytes.count) != nil } ?? false
    }
  }

  /// Both halves of the product of two words.
  private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  /// Whether the bytes are the same.
  func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return withUnsafeBufferPointer { left in
      other.withUnsafeBufferPointer { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        return memcmp(left, right, count) == 0
      }
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
