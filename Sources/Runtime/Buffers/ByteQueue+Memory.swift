import Glibc
import RestrictionDSL

/// Bytes that wait to be consumed at the front, while others come in at the end.
///
/// The bytes live in one malloc(3) block that only this file touches: `start` ≤ `end` ≤ `capacity`, and
/// the one owner frees the block. An empty queue may have no block at all.
public struct ByteQueue: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutablePointer<UInt8>?
  private var capacity = 0
  private var start = 0
  private var end = 0

  public init() { base = nil }

  deinit { base?.deallocate() }

  /// Number of bytes not consumed.
  public var count: Int { end &- start }
  public var isEmpty: Bool { start == end }

  /// Bytes for which there is memory.
  var reserved: Int { capacity }

  // MARK: At the end

  /// Makes room for more bytes.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity &- end < more { makeRoom(more) }
  }

  @inline(never)
  private mutating func makeRoom(_ more: Int) {
    let count = end - start
    // Consumed bytes make room where they are more than the others.
    if let base, start > count, capacity - count >= more {
      memmove(base, base + start, count)
    } else {
      let size = max(more + count, min(2 * capacity, more + count + (1 << 20)), 256)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
      if let base {
        memcpy(larger, base + start, count)
        base.deallocate()
      }
      base = larger
      capacity = size
    }
    start = 0
    end = count
  }

  @inline(__always)
  mutating func append(_ bytes: Span<UInt8>) {
    reserve(bytes.count)
    guard let base else { return }
    bytes.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { memcpy(base + end, first, source.count) }
    }
    end &+= bytes.count
  }

  public mutating func append(_ bytes: Bytes) { append(bytes.span) }

  /// Appends text known at compile time; ASCII.
  mutating func append(_ text: StaticString) {
    let size = text.utf8CodeUnitCount
    reserve(size)
    guard let base else { return }
    memcpy(base + end, text.utf8Start, size)
    end &+= size
  }

  /// Lets a C function write behind the last byte.
  ///
  /// - Parameter room: bytes that it may write
  /// - Parameter write: gets the place and the room; returns how many bytes it wrote, or an error below 0
  /// - Returns: what `write` returned
  mutating func fill(
    _ room: Int, _ write: (UnsafeMutablePointer<UInt8>, Int) -> Int
  ) -> Int {
    reserve(max(room, 1))
    guard let base else { return 0 }
    let count = write(base + end, room)
    precondition(count <= room, "\(count) bytes in a room of \(room)")
    if count > 0 { end += count }
    return count
  }

  // MARK: At the front

  /// Removes bytes at the front.
  public mutating func consume(_ count: Int) {
    precondition(count >= 0 && count <= self.count, "consume \(count)")
    start &+= count
    if start == end {
      start = 0
      end = 0
    }
  }

  /// Lends the bytes that are not consumed; indices count from 0.
  @inline(__always)
  func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(
      Span(
        _unsafeElements: UnsafeBufferPointer(
          start: base.map { UnsafePointer($0 + start) }, count: count)))
  }

  /// Lends the bytes to a C function, which gets them and their number.
  func withPointer<Result>(_ body: (UnsafePointer<UInt8>?, Int) -> Result) -> Result {
    body(base.map { UnsafePointer($0 + start) }, count)
  }

  /// A copy of the bytes that are not consumed.
  public var bytes: Bytes {
    Bytes(UnsafeBufferPointer(start: base.map { $0 + start }, count: count))
  }

  /// A copy of some of them.
  func bytes(in range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range)")
    return Bytes(
      UnsafeBufferPointer(start: base.map { $0 + start + range.lowerBound }, count: range.count))
  }

  // MARK: Memory

  /// Gives the memory back; only for an empty queue.
  public mutating func release() {
    guard isEmpty else { return }
    base?.deallocate()
    base = nil
    capacity = 0
  }
}
