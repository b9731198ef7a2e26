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

  @inline(__always)
  mutating func append(_ other: borrowing ByteBuffer) { append(other, from: 0, to: other.count) }

  /// Appends a part of another buffer.
  @inline(__always)
  mutating func append(_ other: borrowing ByteBuffer, from start: Int, to end: Int) {
    precondition(start >= 0 && start <= end && end <= other.count, "\(start) to \(end)")
    reserve(end &- start)
    memcpy(base + count, other.base + start, end &- start)
    count &+= end &- start
  }

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
    append(decimal: value, width: ByteBuffer.digits(of: value))
  }

  /// The number of decimal digits.
  @inline(__always)
  static func digits(of value: UInt64) -> Int {
    var digits = 1
    var power: UInt64 = 10
    while value >= power {
      digits &+= 1
      if digits == 20 { break }
      power &*= 10
    }
    return digits
  }

  /// Appends the last digits of a number, with zeros in front.
  mutating func append(decimal value: UInt64, width: Int) {
    precondition(width >= 0, "\(width) digits")
    reserve(width)
    count &+= width
    ByteBuffer.write(value, width: width, before: base + count)
  }

  /// - Parameter end: behind the last digit
  @inline(__always)
  private static func write(
    _ value: UInt64, width: Int, before end: UnsafeMutablePointer<UInt8>
  ) {
    var place = end
    var rest = value
    var left = width
    while left >= 2 {
      let pair = rest % 100
      rest /= 100
      place -= 2
      left &-= 2
      memcpy(place, ByteBuffer.pairs.utf8Start + 2 * Int(truncatingIfNeeded: pair), 2)
    }
    if left > 0 { (place - 1).pointee = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10) }
  }

  /// The numbers below 100 in two digits.
  private static let pairs: StaticString = """
    0001020304050607080910111213141516171819\
    2021222324252627282930313233343536373839\
    4041424344454647484950515253545556575859\
    6061626364656667686970717273747576777879\
    8081828384858687888990919293949596979899
    """

  /// Appends hexadecimal digits in upper case, at least so many.
  mutating func append(hexadecimal value: UInt64, width: Int) {
    precondition(width >= 1, "\(width) digits")
    var digits = max(width, (67 &- value.leadingZeroBitCount) &>> 2)
    reserve(digits &+ 8)
    let zeros = digits &- 16
    if zeros > 0 {
      append(repeating: 0x30, count: zeros)
      digits = 16
    }
    // The first ones are shifted out; the bytes behind the last one are noise.
    var place = UnsafeMutableRawPointer(base + count)
    if digits > 8 {
      let first = ByteBuffer.hexadecimal(UInt32(truncatingIfNeeded: value &>> 32))
      place.storeBytes(of: first &>> UInt64(8 &* (16 &- digits)), as: UInt64.self)
      place += digits &- 8
      count &+= digits &- 8
      digits = 8
    }
    let last = ByteBuffer.hexadecimal(UInt32(truncatingIfNeeded: value))
    place.storeBytes(of: last &>> UInt64(8 &* (8 &- digits)), as: UInt64.self)
    count &+= digits
  }

  /// Eight digits, the first one in the lowest byte.
  @inline(__always)
  private static func hexadecimal(_ value: UInt32) -> UInt64 {
    var digits = UInt64(value)
    digits = (digits | (digits &<< 16)) & 0x0000_FFFF_0000_FFFF
    digits = (digits | (digits &<< 8)) & 0x00FF_00FF_00FF_00FF
    digits = (digits | (digits &<< 4)) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = ((digits &+ 0x0606_0606_0606_0606) &>> 4) & 0x0101_0101_0101_0101
    return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 7).byteSwapped.littleEndian
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

  /// Appends a record: a type, the length in seven bits a byte, the data.
  @inline(__always)
  mutating func append(record type: UInt8, _ data: Span<UInt8>) {
    data.withUnsafeBufferPointer { data in
      let place = begin(record: type, length: data.count)
      if let start = data.baseAddress { memcpy(place, start, data.count) }
    }
  }

  /// Appends a record whose data are a name, which is known at compile time, and a value.
  @inline(__always)
  mutating func append(record type: UInt8, _ name: StaticString, _ value: Span<UInt8>) {
    let length = name.utf8CodeUnitCount
    value.withUnsafeBufferPointer { value in
      let place = begin(record: type, length: length &+ value.count)
      memcpy(place, name.utf8Start, length)
      if let start = value.baseAddress { memcpy(place + length, start, value.count) }
    }
  }

  /// Appends type and length of a record.
  ///
  /// - Returns: where the data belong; their place is there already
  @inline(__always)
  private mutating func begin(record type: UInt8, length: Int) -> UnsafeMutablePointer<UInt8> {
    reserve(length &+ 11)
    var place = base + count
    place[0] = type
    place += 1
    var rest = length
    while rest >= 0x80 {
      place[0] = UInt8(truncatingIfNeeded: rest) | 0x80
      place += 1
      rest &>>= 7
    }
    place[0] = UInt8(truncatingIfNeeded: rest)
    place += 1
    count = place - base &+ length
    return place
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
      var record = base + count
      while line < end, !(escapesDots && line.pointee == 0x2E),
        let length = ByteBlock.copyLine(from: line, min(end - line, limit), to: record + 2)
      {
        record[0] = type
        record += 1
        var rest = length
        if rest >= 0x80 {
          // It was copied behind a length of one byte.
          let more = rest < 0x4000 ? 1 : rest < 0x20_0000 ? 2 : rest < 0x1000_0000 ? 3 : 4
          memmove(record + 1 + more, record + 1, length)
          repeat {
            record[0] = UInt8(truncatingIfNeeded: rest) | 0x80
            record += 1
            rest >>= 7
          } while rest >= 0x80
        }
        record[0] = UInt8(truncatingIfNeeded: rest)
        record += length &+ 1
        line += length &+ 2
      }
      count = record - base
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
    let end = base + (offset &+ width)
    if value < 10 {
      (end - 1).pointee = 0x30 &+ UInt8(truncatingIfNeeded: value)
      return
    }
    let digits = ByteBuffer.digits(of: value)
    precondition(digits <= width, "\(value) in \(width) columns")
    ByteBuffer.write(value, width: digits, before: end)
  }

  /// Copies bytes over others.
  @inline(__always)
  mutating func copy(_ length: Int, from source: Int, to target: Int) {
    precondition(
      length >= 0 && source >= 0 && target >= 0 && max(source, target) <= count - length,
      "\(length) bytes from \(source) to \(target)")
    memmove(base + target, base + source, length)
  }

  /// Writes the last digits of a number, with zeros in front.
  mutating func set(digits value: UInt64, in range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "digits in \(range)")
    ByteBuffer.write(value, width: range.count, before: base + range.upperBound)
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
