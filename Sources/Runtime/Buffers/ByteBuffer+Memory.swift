import Glibc
import RestrictionDSL

/// Bytes that grow at the end and keep their memory: what lines and records are put together in.
///
/// The bytes live in one malloc(3) block that only this file touches: every write is preceded by
/// ``reserve(_:)``, `count` never exceeds `capacity`, and the one owner frees the block.
struct ByteBuffer: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  /// - Parameter capacity: bytes that fit before the first growth; at least one
  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  var isEmpty: Bool { count == 0 }

  /// Bytes for which there is memory.
  var reserved: Int { capacity }

  /// Whether it has grown beyond a size.
  func isLarger(than size: Int) -> Bool { capacity > size }

  // MARK: Appending

  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity &- count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    var size = capacity
    while size - count < more { size *= 2 }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    memcpy(larger, base, count)
    base.deallocate()
    base = larger
    capacity = size
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count &+= 1
  }

  @inline(__always)
  mutating func append(_ bytes: Span<UInt8>) {
    reserve(bytes.count)
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { memcpy(base + count, start, source.count) }
    }
    count &+= bytes.count
  }

  @inline(__always)
  mutating func append(_ bytes: Bytes) { append(bytes.span) }

  /// Appends text known at compile time; ASCII.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    let size = text.utf8CodeUnitCount
    reserve(size)
    memcpy(base + count, text.utf8Start, size)
    count &+= size
  }

  /// Appends decimal digits.
  mutating func append(decimal value: UInt64) {
    var digits = 1
    var probe = value
    while probe >= 10 {
      probe /= 10
      digits &+= 1
    }
    reserve(digits)
    count &+= digits
    var place = base + count
    var rest = value
    for _ in 0..<digits {
      place -= 1
      place.pointee = 0x30 | UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// Appends a number in another base, most significant digit first.
  ///
  /// - Parameter digits: at least `radix` of them
  mutating func append(_ value: UInt64, radix: UInt64, digits: StaticString, width: Int) {
    precondition(radix >= 2 && digits.utf8CodeUnitCount >= Int(radix), "radix \(radix)")
    reserve(64 + width)
    let start = count
    var rest = value
    repeat {
      base[count] = digits.utf8Start[Int(rest % radix)]
      count &+= 1
      rest /= radix
    } while rest > 0
    while count - start < width {
      base[count] = 0x30
      count &+= 1
    }
    var (first, last) = (start, count - 1)
    while first < last {
      swap(&base[first], &base[last])
      first += 1
      last -= 1
    }
  }

  /// Appends a record for each line that ends in CR LF and has no other CR.
  ///
  /// A record is a type, the length in seven bits a byte, the line without its end. It is at most one
  /// byte longer than the line for each 128 bytes of it: so much is reserved at once.
  ///
  /// - Parameter limit: a line of as many bytes, its CR included, ends the work
  /// - Parameter escapesDots: so does a line with a dot in front
  /// - Returns: how many bytes of the text are appended
  mutating func append(
    linesOf text: Span<UInt8>, as type: UInt8, limit: Int, escapesDots: Bool
  ) -> Int {
    reserve(text.count + text.count / 64 + 16)
    return text.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return 0 }
      let end = first + source.count
      var line = first
      while line < end, !(escapesDots && line.pointee == 0x2E) {
        guard
          let found = memchr(line, 0x0A, min(end - line, limit)),
          case let length = UnsafeRawPointer(found) - UnsafeRawPointer(line) - 1, length >= 0,
          line[length] == 0x0D, memchr(line, 0x0D, length) == nil
        else { break }
        base[count] = type
        count &+= 1
        var rest = length
        while rest >= 0x80 {
          base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
          count &+= 1
          rest >>= 7
        }
        base[count] = UInt8(truncatingIfNeeded: rest)
        memcpy(base + count + 1, line, length)
        count &+= length &+ 1
        line += length + 2
      }
      return line - first
    }
  }

  /// Appends as many bytes of the same value.
  mutating func append(repeating byte: UInt8, count more: Int) {
    guard more > 0 else { return }
    reserve(more)
    memset(base + count, CInt(byte), more)
    count &+= more
  }

  // MARK: Changing

  /// Forgets the content, keeps the memory.
  mutating func clear() { count = 0 }

  /// Forgets what stands behind the first bytes.
  mutating func truncate(to length: Int) {
    precondition(length >= 0 && length <= count, "truncate to \(length)")
    count = length
  }

  /// Forgets the first bytes.
  mutating func removeFirst(_ length: Int) {
    precondition(length >= 0 && length <= count, "remove \(length)")
    count -= length
    memmove(base, base + length, count)
  }

  /// One byte; its place must have been appended.
  subscript(index: Int) -> UInt8 {
    get {
      precondition(index >= 0 && index < count, "byte \(index)")
      return base[index]
    }
    set {
      precondition(index >= 0 && index < count, "byte \(index)")
      base[index] = newValue
    }
  }

  /// Writes a number right-aligned.
  ///
  /// - Precondition: the columns hold blanks, or a number with no more digits, and are wide enough.
  mutating func set(decimal value: UInt64, at offset: Int, width: Int) {
    precondition(offset >= 0 && width > 0 && offset + width <= count, "number at \(offset)")
    var index = offset + width
    var rest = value
    repeat {
      index -= 1
      precondition(index >= offset, "\(value) in \(width) columns")
      base[index] = 0x30 | UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
  }

  // MARK: Reading

  /// A copy.
  var bytes: Bytes { Bytes(UnsafeBufferPointer(start: base, count: count)) }

  /// A copy of a range.
  func bytes(in range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range)")
    return Bytes(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// Copies a range over an array, into its memory where nobody else has it.
  func copy(_ range: Range<Int>, to array: inout Bytes) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range)")
    guard array.count == range.count else {
      array = bytes(in: range)
      return
    }
    array.withUnsafeMutableBufferPointer { target in
      if let first = target.baseAddress { memcpy(first, base + range.lowerBound, range.count) }
    }
  }

  /// Lends the bytes of a range.
  @inline(__always)
  func withSpan<Result>(
    in range: Range<Int>, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range)")
    return body(
      Span(_unsafeElements: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    )
  }

  /// Lends all bytes.
  @inline(__always)
  func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(Span(_unsafeElements: UnsafeBufferPointer(start: base, count: count)))
  }

  /// Lends the bytes to a C function, which gets them and their number.
  ///
  /// - Parameter range: no end means all that are there
  @inline(__always)
  func withPointer<Result>(
    from start: Int = 0, _ body: (UnsafePointer<UInt8>, Int) -> Result
  ) -> Result {
    precondition(start >= 0 && start <= count, "bytes from \(start)")
    return body(base + start, count - start)
  }

  /// Lends a text that ends in NUL to a C function.
  @inline(__always)
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    precondition(count > 0 && base[count - 1] == 0, "no C string")
    return UnsafeRawPointer(base).withMemoryRebound(to: CChar.self, capacity: count, body)
  }
}
