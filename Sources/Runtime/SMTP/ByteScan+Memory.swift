import RestrictionDSL

/// Search for a byte, eight at a time.
///
/// Loads are unaligned and stay inside the array: the last seven bytes are looked at one by one.
enum ByteScan {
  /// Index of the first `byte` in `range`.
  ///
  /// - Precondition: `range` is inside `bytes`.
  /// - Complexity: no allocation.
  static func firstIndex(of byte: UInt8, in bytes: Bytes, range: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { memory in
      let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
      var index = range.lowerBound
      let end = min(range.upperBound, memory.count)
      while end - index >= 8 {
        let word = memory.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ pattern
        let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
        if zeros != 0 { return index + UInt64(littleEndian: zeros).trailingZeroBitCount / 8 }
        index += 8
      }
      while index < end {
        if memory[index] == byte { return index }
        index += 1
      }
      return nil
    }
  }
}

extension UTF8Validity {
  /// Length of a prefix without bytes above 127: whole words, then single bytes.
  static func asciiPrefix(_ bytes: Span<UInt8>) -> Int {
    bytes.withUnsafeBytes { memory in
      var index = 0
      while memory.count - index >= 8,
        memory.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        index += 8
      }
      while index < memory.count, memory[index] < 0x80 { index += 1 }
      return index
    }
  }
}
