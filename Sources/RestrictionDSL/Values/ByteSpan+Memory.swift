/// Hash and comparison of many bytes at once.
///
/// Loads are unaligned and stay inside the span.
extension Span<UInt8> {
  /// The same for equal bytes; every bit depends on every byte.
  @inlinable public var hash: UInt64 {
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

  /// Whether the bytes are the same.
  @inlinable public func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return withUnsafeBytes { left in
      other.withUnsafeBytes { right in
        var index = 0
        while index &+ 8 <= left.count {
          guard
            left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
              == right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          else { return false }
          index &+= 8
        }
        while index < left.count {
          guard left[index] == right[index] else { return false }
          index &+= 1
        }
        return true
      }
    }
  }

  /// Both halves of the product of two words.
  @inlinable static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }
}
