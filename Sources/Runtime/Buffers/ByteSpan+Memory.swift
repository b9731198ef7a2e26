import Glibc
import RestrictionDSL

/// Questions about many bytes at once.
///
/// Loads are unaligned and stay inside the span: the last word overlaps the one before it.
extension Span<UInt8> {
  /// Whether all bytes are printable ASCII.
  var isPrintable: Bool {
    // Bit 7 of each byte: above 127, below 32, equal to 127. Borrows reach only bytes behind a hit.
    !containsWord { word in
      let delete = word ^ Self.repeated(0x7F)
      return word | ((word &- Self.repeated(0x20)) & ~word)
        | ((delete &- Self.repeated(1)) & ~delete)
    }
  }

  /// Whether all bytes are printable ASCII but for a tab in front: nothing to be cleaned, no UTF-8.
  var isPlain: Bool {
    count > 0 && self[0] == 9 ? extracting(1..<count).isPrintable : isPrintable
  }

  /// Whether a byte above 127 occurs.
  var hasHighBit: Bool { containsWord { $0 } }

  private static func repeated(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }

  /// Asks eight bytes at a time.
  ///
  /// - Parameter hits: sets bit 7 of a byte that is looked for; blanks must not be hits
  @inline(__always)
  private func containsWord(_ hits: (UInt64) -> UInt64) -> Bool {
    withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      let count = bytes.count
      var found: UInt64 = 0
      if count < 8 {
        var word = Self.repeated(0x20)
        memcpy(&word, base, count)
        found = hits(word)
      } else {
        var index = 0
        let last = count &- 8
        while index < last {
          found |= hits(base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
          index &+= 8
        }
        found |= hits(base.loadUnaligned(fromByteOffset: last, as: UInt64.self))
      }
      return found & Self.repeated(0x80) != 0
    }
  }

  /// Index of the first such byte, from an index on.
  @inline(__always)
  func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, start < bytes.count,
        let found = memchr(base + start, CInt(byte), bytes.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  /// Whether the byte occurs.
  @inline(__always)
  func has(_ byte: UInt8) -> Bool { firstIndex(of: byte, from: 0) != nil }

  /// Index of the first byte that is more than a part of a word, from an index on: white space and `" : < > \`.
  ///
  /// - Returns: the number of bytes where there is none.
  func endOfPlainWord(from start: Int) -> Int {
    withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return bytes.count }
      // Tab, LF, VT, FF, CR, blank, `"`, `:`, `<`, `>`: one bit each.
      let special: UInt64 = 0x5400_0005_0000_3E00
      var index = start
      while index < bytes.count {
        let byte = base[index]
        if byte < 0x40 ? special &>> UInt64(byte) & 1 != 0 : byte == 0x5C { break }
        index &+= 1
      }
      return index
    }
  }

  /// Index of the first byte, from an index on, that is special in an address: controls, blank, DEL,
  /// `!"%(),.:;<>@[\]`; the count where there is none.
  func firstSpecial(from start: Int) -> Int {
    // A bit for each byte.
    let special: InlineArray<4, UInt64> = [0x5C00_5327_FFFF_FFFF, 0x8000_0000_3800_0001, 0, 0]
    return withUnsafeBufferPointer { bytes in
      var index = start
      while index < bytes.count {
        let byte = bytes[index]
        if special[Int(byte &>> 6)] &>> UInt64(byte & 63) & 1 != 0 { break }
        index &+= 1
      }
      return index
    }
  }

  /// Number of bytes in front that may be in a header name: printable, no blank, no colon.
  var nameLength: Int {
    withUnsafeBufferPointer { bytes in
      var index = 0
      if let base = bytes.baseAddress, bytes.count >= ByteBlock.scalarCount {
        if let hit = ByteBlock(at: base).notName.firstHit { return hit }
        index = ByteBlock.scalarCount
      }
      while index < bytes.count, bytes[index] &- 0x21 < 0x5E, bytes[index] != 0x3A { index &+= 1 }
      return index
    }
  }

  /// Whether it begins with a name in lower case; letters of both cases are the same.
  ///
  /// - Parameter name: letters and hyphens
  /// - Precondition: it is at least as long as the name, and its first bytes are no control characters.
  func begins(withName name: StaticString) -> Bool {
    let length = name.utf8CodeUnitCount
    precondition(count >= length, "\(name)")
    return withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return length == 0 }
      let other = UnsafeRawPointer(name.utf8Start)
      // Only letters become letters by this bit, and only the hyphen a hyphen.
      if length < 8 {
        for index in 0..<length
        where base.load(fromByteOffset: index, as: UInt8.self) | 0x20
          != other.load(fromByteOffset: index, as: UInt8.self)
        { return false }
        return true
      }
      // The last word overlaps the one before it.
      var index = 0
      while true {
        let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if word | Self.repeated(0x20) != other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        {
          return false
        }
        if index == length &- 8 { return true }
        index = Swift.min(index &+ 8, length &- 8)
      }
    }
  }
}

extension Bytes {
  /// Whether these are the bytes of the span.
  @inline(__always)
  func hasSameBytes(as other: Span<UInt8>) -> Bool { span.isEqual(to: other) }

  /// A word of the program and more bytes behind it.
  init(_ word: StaticString, followedBy rest: Span<UInt8>) {
    let length = word.utf8CodeUnitCount
    // One array made of a buffer at once; to fill one piece by piece takes twice the steps.
    self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length + rest.count) { all in
      word.withUTF8Buffer { _ = all.initialize(fromContentsOf: $0) }
      rest.withUnsafeBufferPointer {
        _ = all.extracting(length..<all.count).initialize(fromContentsOf: $0)
      }
      return Array(UnsafeBufferPointer(all))
    }
  }

  /// Appends the bytes of a span.
  mutating func append(bytesOf span: Span<UInt8>) {
    span.withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}

/// ASCII bytes that are looked for.
struct ByteSet: Sendable {
  fileprivate let low: UInt64
  fileprivate let high: UInt64

  /// Control characters, DEL, and those of a word of the program.
  init(controlsAnd word: StaticString) {
    var (low, high) = (UInt64(0xFFFF_FFFF), UInt64(1) << 63)
    for index in 0..<word.utf8CodeUnitCount {
      let byte = word.utf8Start[index]
      if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
    }
    (self.low, self.high) = (low, high)
  }
}

extension Span<UInt8> {
  /// Whether a byte of the set occurs.
  func hasByte(in set: ByteSet) -> Bool {
    withUnsafeBufferPointer { bytes in
      for byte in bytes where byte < 128 {
        if (byte < 64 ? set.low : set.high) &>> UInt64(byte & 63) & 1 == 1 { return true }
      }
      return false
    }
  }
}
