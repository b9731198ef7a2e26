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

  /// Whether the bytes are the same; at once where they are in the same place.
  @inlinable public func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return withUnsafeBytes { left in
      other.withUnsafeBytes { right in
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        if first == second { return true }
        var index = 0
        if left.count >= 8 {
          // The last eight, of which some may have been compared.
          let last = left.count &- 8
          while index < last {
            guard
              first.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                == second.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index &+= 8
          }
          return first.loadUnaligned(fromByteOffset: last, as: UInt64.self)
            == second.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        }
        while index < left.count {
          guard left[index] == right[index] else { return false }
          index &+= 1
        }
        return true
      }
    }
  }

  /// Whether no byte is above 127.
  @inlinable public var isASCII: Bool {
    withUnsafeBytes { bytes in
      var all: UInt64 = 0
      var index = 0
      while index &+ 8 <= bytes.count {
        all |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        index &+= 8
      }
      while index < bytes.count {
        all |= UInt64(bytes[index])
        index &+= 1
      }
      return all & 0x8080_8080_8080_8080 == 0
    }
  }

  /// Whether these are the letters of a word of the program, in any case.
  @inlinable public func equalsIgnoringCase(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    return withUnsafeBufferPointer { bytes in
      for index in bytes.indices
      where bytes[index].asciiLowercased != word.utf8Start[index].asciiLowercased { return false }
      return true
    }
  }

  /// Whether the bytes are the same but for the case of ASCII letters.
  @inlinable public func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index].asciiLowercased != other[index].asciiLowercased {
      return false
    }
    return true
  }

  /// Both halves of the product of two words.
  @inlinable static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }
}

extension Array where Element == UInt8 {
  /// A copy of a piece of a buffer.
  @inlinable public init(copying span: Span<UInt8>) {
    self = span.withUnsafeBufferPointer { Array($0) }
  }
}
