import RestrictionDSL

/// Why a page cannot be used.
enum PageError: Error, Hashable {
  /// The bytes contradict themselves, or the file ends before them.
  case damaged
  /// Something that the library has to read: checksums, encryption, an old format, duplicates.
  case unsupported
  /// The file was written to since the lookup began: begin again.
  case changed
  /// read(2) failed.
  case unreadable(errno: Int32)
}

/// One page of a Berkeley DB file, with its numbers in the byte order of the file.
///
/// Every access is checked against the page: what a damaged file says is never followed outside.
///
/// - Source: Berkeley DB 5.3, format of hash version 9 and btree version 9 files
final class Page {
  let bytes: Bytes
  private let isSwapped: Bool

  init(_ bytes: Bytes, isSwapped: Bool) {
    self.bytes = bytes
    self.isSwapped = isSwapped
  }

  /// The kinds of pages.
  enum Kind {
    static let unsortedHash: UInt8 = 2
    static let btreeInternal: UInt8 = 3
    static let btreeLeaf: UInt8 = 5
    static let overflow: UInt8 = 7
    static let hashMeta: UInt8 = 8
    static let btreeMeta: UInt8 = 9
    static let sortedHash: UInt8 = 13
  }

  /// Where the table of offsets begins.
  static let headerSize = 26

  var next: UInt32 { get throws(PageError) { try word(at: 16) } }
  /// Number of items: a key and a value are two.
  var entries: Int { get throws(PageError) { try half(at: 20) } }
  /// Of an overflow page: bytes of data on it.
  var overflowLength: Int { get throws(PageError) { try half(at: 22) } }
  var kind: UInt8 { get throws(PageError) { try byte(at: 25) } }

  /// Where an item begins.
  @inline(__always)
  func offset(ofItem index: Int) throws(PageError) -> Int {
    try half(at: Page.headerSize + 2 * index)
  }

  @inline(__always)
  func byte(at offset: Int) throws(PageError) -> UInt8 {
    guard offset >= 0, offset < bytes.count else { throw .damaged }
    return bytes[offset]
  }

  /// Sixteen bits.
  @inline(__always)
  func half(at offset: Int) throws(PageError) -> Int {
    guard offset >= 0, let half = bytes.half(at: offset) else { throw .damaged }
    return Int(isSwapped ? half.byteSwapped : half)
  }

  /// Thirty-two bits.
  func word(at offset: Int) throws(PageError) -> UInt32 {
    let (first, second) = (UInt32(try half(at: offset)), UInt32(try half(at: offset + 2)))
    return isSwapped == (1 == 1.littleEndian) ? first << 16 | second : second << 16 | first
  }

  /// A part of the page.
  func range(_ start: Int, count: Int) throws(PageError) -> Range<Int> {
    guard start >= 0, count >= 0, start + count <= bytes.count else { throw .damaged }
    return start..<start + count
  }
}
