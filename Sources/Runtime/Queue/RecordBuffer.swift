import RestrictionDSL

/// The unwritten end of a queue file.
struct RecordBuffer: ~Copyable {
  private var bytesOfRecords: ByteBuffer

  /// Above this many bytes the message writes the buffer to the file.
  static let limit = 65_536

  init(capacity: Int = 4096) { bytesOfRecords = ByteBuffer(capacity: capacity) }

  var count: Int { bytesOfRecords.count }

  /// A copy.
  var bytes: Bytes { bytesOfRecords.bytes }

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

  // MARK: Records

  /// Appends a record.
  @inline(__always)
  mutating func append(_ kind: QueueRecord.Kind, _ data: Span<UInt8>) {
    bytesOfRecords.append(record: kind.rawValue, data)
  }

  /// Appends a record for each whole line, see ``OpenMessage/copyLines(of:limit:escapesDots:)``.
  mutating func append(linesOf text: Span<UInt8>, limit: Int, escapesDots: Bool) -> Int {
    bytesOfRecords.append(
      linesOf: text, as: QueueRecord.Kind.line.rawValue, limit: limit, escapesDots: escapesDots)
  }

  /// Appends a record.
  mutating func append(_ kind: QueueRecord.Kind, _ data: Bytes) { append(kind, data.span) }

  /// Appends a record without data.
  mutating func append(_ kind: QueueRecord.Kind) { begin(kind, length: 0) }

  /// Appends an attribute record.
  ///
  /// - Parameter name: with its `=`
  @inline(__always)
  mutating func append(attribute name: StaticString, _ value: Span<UInt8>) {
    bytesOfRecords.append(record: QueueRecord.Kind.attribute.rawValue, name, value)
  }

  /// Appends an attribute record.
  @inline(__always)
  mutating func append(attribute name: StaticString, _ value: Bytes) {
    append(attribute: name, value.span)
  }

  /// Appends an attribute record whose value is a time.
  @inline(__always)
  mutating func append(attribute name: StaticString, seconds: borrowing SecondText) {
    begin(.attribute, length: name.utf8CodeUnitCount + seconds.digits.count)
    bytesOfRecords.append(name)
    bytesOfRecords.append(seconds.digits)
  }

  /// Appends an attribute record whose name is not known at compile time.
  mutating func append(attributeNamed name: String, _ value: Bytes) {
    append(.attribute, Bytes(name) + [0x3D] + value)
  }

  /// Appends an attribute record whose value is known at compile time.
  @inline(__always)
  mutating func append(attribute name: StaticString, _ value: StaticString) {
    begin(.attribute, length: name.utf8CodeUnitCount + value.utf8CodeUnitCount)
    bytesOfRecords.append(name)
    bytesOfRecords.append(value)
  }

  /// Appends an attribute record whose value is a number.
  mutating func append(attribute name: StaticString, decimal value: UInt64) {
    let start = beginShort(.attribute)
    bytesOfRecords.append(name)
    bytesOfRecords.append(decimal: value)
    endShort(start)
  }

  /// Appends a time: seconds, a blank, microseconds.
  mutating func append(
    _ kind: QueueRecord.Kind, seconds: borrowing SecondText, microseconds: UInt64
  ) {
    let digits = ByteBuffer.digits(of: microseconds)
    begin(kind, length: seconds.digits.count + 1 + digits)
    bytesOfRecords.append(seconds.digits)
    bytesOfRecords.append(0x20)
    bytesOfRecords.append(decimal: microseconds, width: digits)
  }

  /// Appends a number, right-aligned in fifteen columns.
  mutating func append(_ kind: QueueRecord.Kind, column value: UInt64) {
    begin(kind, length: RecordBuffer.column)
    appendColumn(value)
  }

  /// Appends records that are encoded already.
  @inline(__always)
  mutating func append(records: Bytes) { bytesOfRecords.append(records) }

  /// - Unit: characters of a number in fixed columns
  private static let column = 15

  private mutating func appendColumn(_ value: UInt64) {
    let start = bytesOfRecords.count
    bytesOfRecords.append(repeating: 0x20, count: RecordBuffer.column)
    bytesOfRecords.set(decimal: value, at: start, width: RecordBuffer.column)
  }

  @inline(__always)
  private mutating func begin(_ kind: QueueRecord.Kind, length: Int) {
    bytesOfRecords.append(kind.rawValue)
    if length < 0x80 { return bytesOfRecords.append(UInt8(truncatingIfNeeded: length)) }
    appendLength(length)
  }

  private mutating func appendLength(_ length: Int) {
    var rest = length
    while rest >= 0x80 {
      bytesOfRecords.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytesOfRecords.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Begins a record of less than 128 bytes.
  ///
  /// - Returns: for ``endShort(_:)``
  private mutating func beginShort(_ kind: QueueRecord.Kind) -> Int {
    begin(kind, length: 0)
    return bytesOfRecords.count
  }

  private mutating func endShort(_ start: Int) {
    let length = bytesOfRecords.count - start
    precondition(length < 0x80, "a short record of \(length) bytes")
    bytesOfRecords[start - 1] = UInt8(length)
  }

  // MARK: Records that are here

  /// Lends the data of the last record.
  ///
  /// - Parameter start: its offset
  func withData<Result>(ofRecordAt start: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    var first = start + 1
    while bytesOfRecords[first] & 0x80 != 0 { first += 1 }
    return bytesOfRecords.withSpan(in: first + 1..<bytesOfRecords.count, body)
  }

  /// Takes lines back.
  ///
  /// - Parameter start: offset of the first; all records from there on are whole lines
  /// - Returns: the lines, LF between them
  mutating func takeLines(from start: Int) -> Bytes {
    var rest = RecordBuffer(capacity: count - start + 2)
    rest.append(records: bytesOfRecords.bytes(in: start..<count))
    rest.append(.end)
    bytesOfRecords.truncate(to: start)
    guard let lines = try? QueueRecord.records(in: rest.bytes) else {
      preconditionFailure("no lines at \(start)")
    }
    return Bytes(lines.filter { $0.kind == .line }.map(\.data).joined(separator: [0x0A]))
  }

  // MARK: The size record

  /// Appends the size record, all zero.
  mutating func appendUnknownSizes() {
    begin(.size, length: QueueSizes.unknown.utf8CodeUnitCount)
    bytesOfRecords.append(QueueSizes.unknown)
  }

  /// Fills the size record in, which is the first of the buffer.
  mutating func setSizes(_ sizes: QueueSizes) {
    set(sizes.content, inColumn: 0)
    set(sizes.contentStart, inColumn: 1)
    set(sizes.recipients, inColumn: 2)
    set(sizes.flags, inColumn: 3)
    set(sizes.utf8, inColumn: 5)
    // The size of the content is there twice.
    bytesOfRecords.copy(
      RecordBuffer.column, from: QueueSizes.offset,
      to: QueueSizes.offset + 4 * (RecordBuffer.column + 1))
  }

  private mutating func set(_ value: Int, inColumn index: Int) {
    // A zero is there.
    guard value > 0 else { return }
    bytesOfRecords.set(
      decimal: UInt64(value), at: QueueSizes.offset + index * (RecordBuffer.column + 1),
      width: RecordBuffer.column)
  }

  // MARK: The buffer

  /// Forgets the content, keeps the memory.
  mutating func clear() { bytesOfRecords.clear() }

  /// Whether it has grown beyond what should be kept.
  var isLarge: Bool { bytesOfRecords.isLarger(than: 2 * RecordBuffer.limit) }

  /// Hands all bytes to a function that writes them.
  func withPointer<Result>(from start: Int, _ body: (UnsafePointer<UInt8>, Int) -> Result) -> Result
  {
    bytesOfRecords.withPointer(from: start, body)
  }
}
