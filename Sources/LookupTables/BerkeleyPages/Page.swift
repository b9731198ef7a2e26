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
    /// Never written to: a bucket that no key was put into.
    static let unused: UInt8 = 0
    static let unsortedHash: UInt8 = 2
    static let btreeInternal: UInt8 = 3
    static let recordInternal: UInt8 = 4
    static let btreeLeaf: UInt8 = 5
    static let recordLeaf: UInt8 = 6
    static let overflow: UInt8 = 7
    static let hashMeta: UInt8 = 8
    static let btreeMeta: UInt8 = 9
    static let duplicateLeaf: UInt8 = 12
    static let sortedHash: UInt8 = 13
  }

  /// What an item is; hash files have more forms than btree files.
  enum ItemType {
    static let plain: UInt8 = 1
    /// In a hash several values of a key, in a btree the root of a tree of them.
    static let duplicates: UInt8 = 2
    static let offPage: UInt8 = 3
    /// Hash: the root of a tree of values.
    static let offPageDuplicates: UInt8 = 4
    /// Btree: a flag beside the type.
    static let deleted: UInt8 = 0x80
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

  /// The bytes of an item of a hash, its type in front: items grow down from the end of the page.
  @inline(__always)
  func hashRange(_ index: Int) throws(PageError) -> Range<Int> {
    let start = try offset(ofItem: index)
    let end = index == 0 ? bytes.count : try offset(ofItem: index - 1)
    guard start < end else { throw .damaged }
    return try range(start, count: end - start)
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
