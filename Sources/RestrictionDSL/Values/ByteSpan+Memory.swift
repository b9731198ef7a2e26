/// Hash and comparison of many bytes at once.
///
/// Loads are unaligned and stay inside the span.
extension Span<UInt8> {
  /// The same for equal bytes; every bit depends on every byte.
  @inlinable public var hash: UInt64 {
    withUnsafeBytes { bytes in
      let count = bytes.count
      var hash = UInt64(truncatingIfNeeded: count) ^ 0xCBF2_9CE4_8422_2325
      guard let first = bytes.baseAddress, count > 0 else { return Self.mixed(hash, 0) }
      // The last load takes some bytes a second time.
      if count > 8 {
        let last = count &- 8
        var index = 0
        while index < last {
          hash = Self.mixed(hash, first.loadUnaligned(fromByteOffset: index, as: UInt64.self))
          index &+= 8
        }
        return Self.mixed(hash, first.loadUnaligned(fromByteOffset: last, as: UInt64.self))
      }
      if count >= 4 {
        let low = first.loadUnaligned(as: UInt32.self)
        let high = first.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
        return Self.mixed(hash, UInt64(high) &<< 32 | UInt64(low))
      }
      let ends = UInt64(bytes[0]) &<< 16 | UInt64(bytes[count &- 1])
      return Self.mixed(hash, ends | UInt64(bytes[count &>> 1]) &<< 8)
    }
  }

  /// Whether the bytes are the same; at once where they are in the same place.
  @inlinable @inline(__always) public func isEqual(to other: Span<UInt8>) -> Bool {
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

  /// Index of the last such byte.
  @inlinable public func lastIndex(of byte: UInt8) -> Int? {
    withUnsafeBufferPointer { bytes in
      var index = bytes.count
      while index > 0 {
        index &-= 1
        if bytes[index] == byte { return index }
      }
      return nil
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
      let letters = word.utf8Start
      var index = 0
      while index < bytes.count {
        let (left, right) = (bytes[index], letters[index])
        if left != right, left ^ right != 0x20 || !left.isASCIILetter { return false }
        index &+= 1
      }
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
