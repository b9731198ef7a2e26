import Glibc
import RestrictionDSL

/// The unwritten end of a queue file.
///
/// The bytes live in one malloc(3) block that only this file touches: every write is preceded by
/// ``reserve(_:)``, and `count` never exceeds `capacity`. Used by one thread at a time: it moves with
/// its message from the loop to a worker and comes back through the pool.
final class RecordBuffer: @unchecked Sendable {
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  /// Above this many bytes the message writes the buffer to the file.
  static let limit = 65_536

  init() {
    capacity = 4096
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  /// Number of bytes that one record takes.
  @inline(__always)
  static func size(_ length: Int) -> Int {
    length < 128
      ? length + 2
      : length < 16_384
        ? length + 3
        : length < 2_097_152
          ? length + 4
          : length + 6
  }

  /// Appends a record.
  func append(_ kind: QueueRecord.Kind, _ data: Span<UInt8>) {
    begin(kind, length: data.count)
    data.withUnsafeBufferPointer { put($0) }
  }

  /// Appends a record whose data is `prefix` and `data` together.
  func append(_ kind: QueueRecord.Kind, _ prefix: Span<UInt8>, _ data: Span<UInt8>) {
    begin(kind, length: prefix.count + data.count)
    prefix.withUnsafeBufferPointer { put($0) }
    data.withUnsafeBufferPointer { put($0) }
  }

  /// Appends an attribute record, `name=value`.
  func append(attribute name: String, _ value: Span<UInt8>) {
    var name = name
    name.withUTF8 { name in
      begin(.attribute, length: name.count + 1 + value.count)
      put(name)
      bytes[count] = 0x3D
      count += 1
    }
    value.withUnsafeBufferPointer { put($0) }
  }

  /// Appends a record.
  func append(_ kind: QueueRecord.Kind, _ data: Bytes) { append(kind, data.span) }

  /// Appends an attribute record, `name=value`.
  func append(attribute name: String, _ value: Bytes) { append(attribute: name, value.span) }

  /// Appends a record without data.
  func append(_ kind: QueueRecord.Kind) { begin(kind, length: 0) }

  private func begin(_ kind: QueueRecord.Kind, length: Int) {
    reserve(length + 8)
    bytes[count] = kind.rawValue
    count += 1
    var rest = length
    while rest >= 0x80 {
      bytes[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      count += 1
      rest >>= 7
    }
    bytes[count] = UInt8(rest)
    count += 1
  }

  private func put(_ data: UnsafeBufferPointer<UInt8>) {
    guard let base = data.baseAddress else { return }
    memcpy(bytes + count, base, data.count)
    count += data.count
  }

  private func reserve(_ more: Int) {
    guard capacity - count < more else { return }
    var size = capacity
    while size - count < more { size *= 2 }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    memcpy(larger, bytes, count)
    bytes.deallocate()
    bytes = larger
    capacity = size
  }

  /// Replaces bytes that are still here.
  func replace(at offset: Int, with data: Bytes) {
    precondition(offset >= 0 && offset + data.count <= count, "replace at \(offset)")
    data.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { memcpy(bytes + offset, base, source.count) }
    }
  }

  /// Writes everything to a descriptor and empties the buffer.
  ///
  /// - Throws: errno in a ``SystemError``; part of the bytes may have been written.
  func write(to fd: CInt, _ name: @autoclosure () -> String) throws(SystemError) {
    var start = 0
    while start < count {
      let written = Glibc.write(fd, bytes + start, count - start)
      if written < 0 {
        if errno == EINTR { continue }
        throw .last("write", name())
      }
      start += written
    }
    count = 0
  }

  /// Forgets the content.
  ///
  /// A buffer that has grown far is made small again by its pool.
  func clear() { count = 0 }

  /// Whether it has grown beyond what a pool should keep.
  var isLarge: Bool { capacity > 2 * RecordBuffer.limit }
}

extension Span<UInt8> {
  /// Whether a byte above 127 occurs.
  var hasHighBit: Bool {
    withUnsafeBufferPointer { bytes in
      // No early exit: so the loop is done sixteen bytes at a time.
      var all: UInt8 = 0
      for byte in bytes { all |= byte }
      return all > 127
    }
  }

  /// Whether the byte occurs.
  func has(_ byte: UInt8) -> Bool {
    withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      return memchr(base, CInt(byte), bytes.count) != nil
    }
  }
}

extension Bytes {
  /// Appends the bytes of a span.
  mutating func append(bytesOf span: Span<UInt8>) {
    span.withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}
