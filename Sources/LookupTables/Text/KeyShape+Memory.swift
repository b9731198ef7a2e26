import RestrictionDSL

/// What folding and checking a key depends on, found in one pass, eight bytes at a time.
public struct KeyShape {
  /// An ASCII capital letter.
  public let hasUpperCase: Bool

  /// A byte outside ASCII.
  public let hasHighBytes: Bool

  public init(_ key: Span<UInt8>) {
    var high: UInt64 = 0
    var upper: UInt64 = 0
    func look(_ word: UInt64) {
      // In each byte: the high bit of the sum says "at least A", and "above Z".
      let low = word & 0x7F7F_7F7F_7F7F_7F7F
      let fromA = low &+ 0x3F3F_3F3F_3F3F_3F3F
      let aboveZ = low &+ 0x2525_2525_2525_2525
      upper |= fromA & ~aboveZ & ~word
      high |= word
    }
    key.withUnsafeBytes { bytes in
      guard bytes.count >= 8 else {
        var word: UInt64 = 0
        for byte in bytes { word = word << 8 | UInt64(byte) }
        return look(word)
      }
      var index = 0
      while index &+ 8 < bytes.count {
        look(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index &+= 8
      }
      // The last eight, of which some may have been looked at.
      look(bytes.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self))
    }
    hasUpperCase = upper & 0x8080_8080_8080_8080 != 0
    hasHighBytes = high & 0x8080_8080_8080_8080 != 0
  }
}
