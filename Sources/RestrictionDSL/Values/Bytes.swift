/// Text as it travels through the server: bytes that are usually, but not always, ASCII or UTF-8.
public typealias Bytes = [UInt8]

extension UInt8 {
  /// The ASCII lower-case form; other bytes are unchanged.
  @inlinable public var asciiLowercased: UInt8 { self &- 65 < 26 ? self | 0x20 : self }

  /// The ASCII upper-case form; other bytes are unchanged.
  @inlinable public var asciiUppercased: UInt8 { self &- 97 < 26 ? self & 0xDF : self }

  /// An ASCII digit.
  @inlinable public var isASCIIDigit: Bool { self &- 48 < 10 }

  /// The value of a hexadecimal digit, in upper or lower case.
  public var hexadecimalValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x41 + 10
    case 0x61...0x66: self - 0x61 + 10
    default: nil
    }
  }

  /// An ASCII letter.
  @inlinable public var isASCIILetter: Bool { (self | 0x20) &- 97 < 26 }

  /// Blank, tab, LF, VT, FF or CR: what isspace(3) says in the C locale.
  @inlinable public var isASCIISpace: Bool { self == 32 || self &- 9 < 5 }

  /// 0x20…0x7E: what isprint(3) says in the C locale.
  @inlinable public var isASCIIPrintable: Bool { self &- 32 < 95 }
}

extension Array where Element == UInt8 {
  /// The UTF-8 bytes of a string.
  @inlinable public init(_ text: String) { self = Array(text.utf8) }

  /// ASCII letters in lower case; other bytes are unchanged.
  public var asciiLowercased: Bytes {
    var result = self
    for index in result.indices { result[index] = result[index].asciiLowercased }
    return result
  }

  /// Adds a word of the program: no array is made of it.
  @inlinable public mutating func append(_ word: StaticString) {
    word.withUTF8Buffer { append(contentsOf: $0) }
  }

  /// For people and logs: bytes that are not UTF-8 show as U+FFFD.
  public var text: String { String(decoding: self, as: UTF8.self) }
}

extension ArraySlice where Element == UInt8 {
  /// For people and logs: bytes that are not UTF-8 show as U+FFFD.
  public var text: String { String(decoding: self, as: UTF8.self) }
}

extension Collection where Element == UInt8 {
  /// ASCII case-insensitive comparison.
  @inlinable public func equalsIgnoringCase(_ other: some Collection<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return zip(self, other).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
  }

  /// ASCII case-insensitive comparison with a word of the program.
  ///
  /// - Complexity: no allocation.
  @inlinable public func equalsIgnoringCase(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { bytes in
      var position = startIndex
      for byte in bytes {
        if self[position].asciiLowercased != byte.asciiLowercased { return false }
        formIndex(after: &position)
      }
      return true
    }
  }

  /// Without ASCII white space at both ends.
  @inlinable public var trimmedASCIISpace: SubSequence {
    guard let first = firstIndex(where: { !$0.isASCIISpace }) else {
      return self[startIndex..<startIndex]
    }
    var end = endIndex
    var cursor = first
    while cursor != endIndex {
      let next = index(after: cursor)
      if !self[cursor].isASCIISpace { end = next }
      cursor = next
    }
    return self[first..<end]
  }
}
