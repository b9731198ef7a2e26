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
    begin(kind, length: data.count)
    bytesOfRecords.append(data)
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

  /// Appends an attribute record, `name=value`.
  mutating func append(attribute name: StaticString, _ value: Bytes) {
    begin(.attribute, length: name.utf8CodeUnitCount + 1 + value.count)
    bytesOfRecords.append(name)
    bytesOfRecords.append(0x3D)
    bytesOfRecords.append(value)
  }

  /// Appends an attribute record whose name is not known at compile time.
  mutating func append(attributeNamed name: String, _ value: Bytes) {
    append(.attribute, Bytes(name) + [0x3D] + value)
  }

  /// Appends an attribute record whose value is known at compile time.
  mutating func append(attribute name: StaticString, _ value: StaticString) {
    begin(.attribute, length: name.utf8CodeUnitCount + 1 + value.utf8CodeUnitCount)
    bytesOfRecords.append(name)
    bytesOfRecords.append(0x3D)
    bytesOfRecords.append(value)
  }

  /// Appends an attribute record whose value is a number.
  mutating func append(attribute name: StaticString, decimal value: UInt64) {
    let start = beginShort(.attribute)
    bytesOfRecords.append(name)
    bytesOfRecords.append(0x3D)
    bytesOfRecords.append(decimal: value)
    endShort(start)
  }

  /// Appends a time: seconds, a blank, microseconds.
  mutating func append(_ kind: QueueRecord.Kind, seconds: Bytes, microseconds: UInt64) {
    let start = beginShort(kind)
    bytesOfRecords.append(seconds)
    bytesOfRecords.append(0x20)
    bytesOfRecords.append(decimal: microseconds)
    endShort(start)
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
  mutating func appendUnknownSizes() { append(.size, QueueSizes.unknown) }

  /// Fills the size record in, which is the first of the buffer.
  mutating func setSizes(_ sizes: QueueSizes) {
    var offset = QueueSizes.offset
    for index in 0..<QueueSizes.count {
      bytesOfRecords.set(
        decimal: UInt64(max(0, sizes[index])), at: offset, width: RecordBuffer.column)
      offset += RecordBuffer.column + 1
    }
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
