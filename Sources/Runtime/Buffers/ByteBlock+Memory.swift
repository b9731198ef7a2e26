/// Questions about sixteen bytes at once.
///
/// Each byte of a vector is asked for itself: nothing is carried into the next one. The answer is bit 7 of
/// a byte, all other bits are noise.
typealias ByteBlock = SIMD16<UInt8>

extension SIMD16<UInt8> {
  @inline(__always)
  init(at place: UnsafePointer<UInt8>) {
    self = UnsafeRawPointer(place).loadUnaligned(as: ByteBlock.self)
  }

  /// Hits bytes below 14: CR, LF and what hardly ever occurs.
  @inline(__always)
  var lineEnds: ByteBlock { (self &- ByteBlock(repeating: 14)) & ~self }

  /// Hits all but printable ASCII.
  @inline(__always)
  var notPrintable: ByteBlock {
    (self &- ByteBlock(repeating: 0x20)) | self | (self &+ ByteBlock(repeating: 1))
  }

  /// Hits the first byte behind a header name: the colon, blanks, all but printable ASCII.
  @inline(__always)
  var notName: ByteBlock {
    (self &- ByteBlock(repeating: 0x21)) | self | (self &+ ByteBlock(repeating: 1))
      | hits(0x3A)
  }

  /// Hits one value, below 128.
  @inline(__always)
  func hits(_ value: UInt8) -> ByteBlock {
    let difference = self ^ ByteBlock(repeating: value)
    return (difference &- ByteBlock(repeating: 1)) & ~difference
  }

  /// Hits so many values from one on, at most 128.
  @inline(__always)
  func hits(_ first: UInt8, _ count: UInt8) -> ByteBlock {
    let distance = self &- ByteBlock(repeating: first)
    return (distance &- ByteBlock(repeating: count)) & ~distance
  }

  /// A bit for each byte that is hit, the first one lowest.
  @inline(__always)
  var bits: UInt64 {
    let words =
      unsafeBitCast(self, to: SIMD2<UInt64>.self) & SIMD2(repeating: 0x8080_8080_8080_8080)
    // The product gathers the eight bits in its highest byte.
    let low = ((words[0] &>> 7) &* 0x0102_0408_1020_4080) &>> 56
    let high = ((words[1] &>> 7) &* 0x0102_0408_1020_4080) &>> 56
    return low | (high &<< 8)
  }

  /// Whether there is a hit.
  @inline(__always)
  var isHit: Bool {
    let words = unsafeBitCast(self, to: SIMD2<UInt64>.self)
    return (words[0] | words[1]) & 0x8080_8080_8080_8080 != 0
  }

  /// Index of the first hit in two blocks, of which one has a hit.
  @inline(__always)
  static func firstHit(_ first: ByteBlock, _ second: ByteBlock) -> Int {
    let mask: UInt64 = 0x8080_8080_8080_8080
    let (ones, others) = (
      unsafeBitCast(first, to: SIMD2<UInt64>.self), unsafeBitCast(second, to: SIMD2<UInt64>.self)
    )
    var index = 0
    var word = ones[0] & mask
    if word == 0 {
      index = 8
      word = ones[1] & mask
    }
    if word == 0 {
      index = 16
      word = others[0] & mask
    }
    if word == 0 {
      index = 24
      word = others[1] & mask
    }
    return index &+ word.trailingZeroBitCount &>> 3
  }

  /// Index of the first hit.
  @inline(__always)
  var firstHit: Int? {
    let words =
      unsafeBitCast(self, to: SIMD2<UInt64>.self) & SIMD2(repeating: 0x8080_8080_8080_8080)
    guard words[0] | words[1] != 0 else { return nil }
    if words[0] != 0 { return words[0].trailingZeroBitCount &>> 3 }
    return words[1].trailingZeroBitCount &>> 3 &+ 8
  }
}

extension ByteBlock {
  /// Copies a line up to its CR LF.
  ///
  /// - Parameter count: bytes that are there; so many are written at most, the line and noise
  /// - Returns: length of the line without its end; `nil` where a bare CR or LF or the end of the bytes comes first
  @inline(__always)
  static func copyLine(
    from line: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) -> Int? {
    var index = 0
    while count &- index >= 2 &* ByteBlock.scalarCount {
      let first = ByteBlock(at: line + index)
      let second = ByteBlock(at: line + index + ByteBlock.scalarCount)
      let place = UnsafeMutableRawPointer(target + index)
      place.storeBytes(of: first, as: ByteBlock.self)
      place.storeBytes(of: second, toByteOffset: ByteBlock.scalarCount, as: ByteBlock.self)
      let (ends, others) = (first.lineEnds, second.lineEnds)
      guard (ends | others).isHit else {
        index &+= 2 &* ByteBlock.scalarCount
        continue
      }
      index &+= ByteBlock.firstHit(ends, others)
      switch line[index] {
      case 0x0D: return index &+ 1 < count && line[index &+ 1] == 0x0A ? index : nil
      case 0x0A: return nil
      default: index &+= 1
      }
    }
    // Less than two blocks are left; the last one overlaps what was looked at already.
    while index < count, count >= ByteBlock.scalarCount {
      let start = Swift.min(index, count &- ByteBlock.scalarCount)
      let block = ByteBlock(at: line + start)
      UnsafeMutableRawPointer(target + start).storeBytes(of: block, as: ByteBlock.self)
      if let hit = block.lineEnds.firstHit {
        index = Swift.max(index, start &+ hit)
        break
      }
      index = start &+ ByteBlock.scalarCount
    }
    while index < count {
      let byte = line[index]
      if byte == 0x0D { return index &+ 1 < count && line[index &+ 1] == 0x0A ? index : nil }
      if byte == 0x0A { return nil }
      target[index] = byte
      index &+= 1
    }
    return nil
  }
}

extension Span<UInt8> {
  /// Length of the first line without its end, where that is CR LF, and the line nothing but printable ASCII, a tab
  /// in front aside.
  ///
  /// - Parameter limit: so many bytes are looked at
  /// - Returns: `nil` where the first line is another one, or has no end yet
  @inline(__always)
  func plainLine(limit: Int) -> Int? {
    withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return nil }
      let count = Swift.min(bytes.count, limit)
      var index = count > 0 && base[0] == 0x09 ? 1 : 0
      while true {
        if count &- index >= 2 &* ByteBlock.scalarCount {
          let first = ByteBlock(at: base + index).notPrintable
          let second = ByteBlock(at: base + index + ByteBlock.scalarCount).notPrintable
          if (first | second).isHit {
            index &+= ByteBlock.firstHit(first, second)
            break
          }
          index &+= 2 &* ByteBlock.scalarCount
        } else if count &- index >= ByteBlock.scalarCount {
          if let hit = ByteBlock(at: base + index).notPrintable.firstHit {
            index &+= hit
            break
          }
          index &+= ByteBlock.scalarCount
        } else {
          while index < count, base[index] &- 0x20 < 0x5F { index &+= 1 }
          break
        }
      }
      guard index &+ 1 < count, base[index] == 0x0D, base[index &+ 1] == 0x0A else { return nil }
      return index
    }
  }
}
