import Glibc
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
/// Every access is checked against the page: what a damaged file says is never followed outside. The memory
/// is taken once and filled again: a lookup reads a page or two, and an array for each would cost more than
/// the search.
///
/// - Source: Berkeley DB 5.3, format of hash version 9 and btree version 9 files
final class Page {
  /// - Unit: bytes
  let count: Int
  private let isSwapped: Bool
  /// Invariant: `count` bytes of a file, once `fill` has returned.
  private let memory: UnsafeMutableRawPointer

  /// The bytes of a file from `start` on.
  ///
  /// - Throws: ``PageError``
  init(of fd: CInt, at start: Int, count: Int, isSwapped: Bool) throws(PageError) {
    self.count = count
    self.isSwapped = isSwapped
    memory = .allocate(byteCount: count, alignment: 8)
    try fill(from: fd, at: start)
  }

  deinit { memory.deallocate() }

  /// Takes other bytes in the place of the present ones.
  ///
  /// - Throws: ``PageError``; the page must not be looked at then
  func fill(from fd: CInt, at start: Int) throws(PageError) {
    var length = 0
    while length < count {
      let got = pread(fd, memory + length, count - length, off_t(start + length))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .unreadable(errno: errno) }
      guard got > 0 else { throw .damaged }
      length += got
    }
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
    try half(at: Page.headerSize &+ 2 &* index)
  }

  /// The bytes of an item of a hash, its type in front: items grow down from the end of the page.
  @inline(__always)
  func hashRange(_ index: Int) throws(PageError) -> Range<Int> {
    let start = try offset(ofItem: index)
    let end = index == 0 ? count : try offset(ofItem: index - 1)
    guard start < end, end <= count else { throw .damaged }
    return start..<end
  }

  @inline(__always)
  func byte(at offset: Int) throws(PageError) -> UInt8 {
    guard offset >= 0, offset < count else { throw .damaged }
    return memory.load(fromByteOffset: offset, as: UInt8.self)
  }

  /// Sixteen bits.
  @inline(__always)
  func half(at offset: Int) throws(PageError) -> Int {
    guard offset >= 0, offset < count - 1 else { throw .damaged }
    let half = memory.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    return Int(isSwapped ? half.byteSwapped : half)
  }

  /// Thirty-two bits.
  func word(at offset: Int) throws(PageError) -> UInt32 {
    guard offset >= 0, offset < count - 3 else { throw .damaged }
    let word = memory.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return isSwapped ? word.byteSwapped : word
  }

  /// A part of the page.
  @inline(__always)
  func range(_ start: Int, count length: Int) throws(PageError) -> Range<Int> {
    guard start >= 0, length >= 0, start <= count, length <= count - start else { throw .damaged }
    return start..<start + length
  }

  /// The bytes of a part.
  ///
  /// - Precondition: the part lies on the page.
  func bytes(_ part: Range<Int>) -> Bytes {
    precondition(part.lowerBound >= 0 && part.upperBound <= count, "bytes \(part)")
    return Bytes(UnsafeRawBufferPointer(start: memory + part.lowerBound, count: part.count))
  }

  /// Lends the bytes of a part for the time of a call.
  ///
  /// Sound because the page outlives the call, and is filled again by nobody who does not hold it alone.
  ///
  /// - Precondition: the part lies on the page.
  @inline(__always)
  func lend(_ part: Range<Int>, _ body: (Span<UInt8>) -> Void) {
    precondition(part.lowerBound >= 0 && part.upperBound <= count, "bytes \(part)")
    withExtendedLifetime(self) {
      let bytes = UnsafeRawBufferPointer(start: memory + part.lowerBound, count: part.count)
      body(Span(_unsafeElements: bytes.bindMemory(to: UInt8.self)))
    }
  }

  /// Compares a key with an item of a btree: byte by byte, then by length.
  ///
  /// - Parameter headerSize: what stands in front of the bytes, their number first and the type behind it
  /// - Returns: below, equal to or above 0, as the key stands before, at or behind the item; `nil` where the
  ///   item is not plain
  @inline(__always)
  func order(
    of key: Span<UInt8>, toItem index: Int, headerSize: Int
  ) throws(PageError) -> Int? {
    let start = try offset(ofItem: index)
    guard start <= count &- headerSize else { throw .damaged }
    guard memory.load(fromByteOffset: start &+ 2, as: UInt8.self) == ItemType.plain else {
      return nil
    }
    let length = try half(at: start)
    let bytes = start &+ headerSize
    guard length <= count &- bytes else { throw .damaged }
    let order = key.bytes.firstDifference(
      from: memory + bytes, count: Swift.min(key.count, length))
    return order != 0 ? order : key.count &- length
  }

  /// Compares a key with an item of a hash: byte by byte; a key stands behind the longer ones that begin
  /// with it (seen with db5.3_dump -da).
  ///
  /// - Returns: below, equal to or above 0, as the key stands before, at or behind the item; `nil` where the
  ///   item is not plain
  @inline(__always)
  func order(of key: Span<UInt8>, toHashItem index: Int) throws(PageError) -> Int? {
    let item = try hashRange(index)
    guard memory.load(fromByteOffset: item.lowerBound, as: UInt8.self) == ItemType.plain else {
      return nil
    }
    let length = item.count &- 1
    let order = key.bytes.firstDifference(
      from: memory + item.lowerBound + 1, count: Swift.min(key.count, length))
    return order != 0 ? order : length &- key.count
  }
}

extension RawSpan {
  /// Compares the first bytes with others, eight at a time: the keys of a page begin alike and are short.
  ///
  /// - Precondition: there are as many here and there.
  @inline(__always)
  fileprivate func firstDifference(from other: UnsafeMutableRawPointer, count: Int) -> Int {
    func difference(at offset: Int) -> Int {
      let left = unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
      let right = other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      // The first byte counts most.
      return left == right ? 0 : UInt64(bigEndian: left) < UInt64(bigEndian: right) ? -1 : 1
    }
    var offset = 0
    while offset <= count - 8 {
      let order = difference(at: offset)
      if order != 0 { return order }
      offset += 8
    }
    // Bytes that are known to be equal once more, rather than the rest one by one.
    if offset < count, count >= 8 { return difference(at: count - 8) }
    while offset < count {
      let left = unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt8.self)
      let right = other.load(fromByteOffset: offset, as: UInt8.self)
      if left != right { return Int(left) - Int(right) }
      offset += 1
    }
    return 0
  }
}

extension Range<Int> {
  func dropFirst(_ count: Int) -> Range<Int> {
    Swift.min(lowerBound + count, upperBound)..<upperBound
  }
}
