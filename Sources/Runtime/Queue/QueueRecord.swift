import RestrictionDSL

/// One record of a queue file: a type letter, a length of seven bits a byte, data.
///
/// - Source: facts queue-file.md §1 and §2
public struct QueueRecord: Hashable, Sendable {
  /// The types that the queue writer uses, and those that a reader meets besides.
  public enum Kind: UInt8, Hashable, Sendable {
    case size = 0x43  // C
    case arrivalTime = 0x54  // T
    case attribute = 0x41  // A
    case sender = 0x53  // S
    case verp = 0x56  // V
    case delayWarning = 0x57  // W
    case originalRecipient = 0x4F  // O
    case recipient = 0x52  // R
    case redirect = 0x3E  // >
    case content = 0x4D  // M
    /// A complete line of content.
    case line = 0x4E  // N
    /// In the content: a part of a line. Before and after it: the content filter.
    case partOrFilter = 0x4C  // L
    case extracted = 0x58  // X
    case end = 0x45  // E
    case pointer = 0x70  // p
    case fullName = 0x46  // F
    case doneRecipient = 0x44  // D
    case killed = 0x4B  // K
    case deleted = 0x77  // w
  }

  public let kind: Kind
  public let data: Bytes

  public init(_ kind: Kind, _ data: Bytes) {
    self.kind = kind
    self.data = data
  }

  /// Why bytes are no sequence of records.
  public struct Malformed: Error, Hashable, Sendable {
    /// Offset of the record.
    public let offset: Int
    public let reason: String
  }

  /// Reads all records of a file, up to and including the end record.
  ///
  /// Pointers are not followed.
  public static func records(in file: Bytes) throws(Malformed) -> [QueueRecord] {
    var result: [QueueRecord] = []
    var index = 0
    while index < file.count {
      let start = index
      guard let kind = Kind(rawValue: file[index]) else {
        throw Malformed(offset: start, reason: "unknown record type \(file[index])")
      }
      index += 1
      var length = 0
      var shift = 0
      while true {
        guard index < file.count, shift < 32 else {
          throw Malformed(offset: start, reason: "bad length")
        }
        let byte = file[index]
        index += 1
        length |= Int(byte & 0x7F) << shift
        shift += 7
        if byte & 0x80 == 0 { break }
      }
      guard file.count - index >= length else {
        throw Malformed(offset: start, reason: "truncated data")
      }
      result.append(QueueRecord(kind, Bytes(file[index..<(index + length)])))
      index += length
      if kind == .end { return result }
    }
    throw Malformed(offset: index, reason: "no end record")
  }
}

/// The first record of a queue file: sizes and counts, rewritten in place when the file is finished.
///
/// - Source: facts queue-file.md §3
public struct QueueSizes: Hashable, Sendable, BitwiseCopyable {
  /// From the first content record to the X record, record overhead included.
  public var content = 0
  /// Offset of the first content record.
  public var contentStart = 0
  public var recipients = 0
  /// NOTIFY bits that were seen, shifted left by one.
  public var flags = 0
  /// SMTPUTF8: 1 requested, 2 in a header, 4 in the sender.
  public var utf8 = 0

  public init() {}

  /// Offset of the data in the file: behind type and length of the record.
  static let offset = 2

  /// The data of the record: six numbers, each in fifteen columns.
  public var data: Bytes {
    var buffer = RecordBuffer(capacity: 128)
    buffer.appendUnknownSizes()
    buffer.setSizes(self)
    return Bytes(buffer.bytes[QueueSizes.offset...])
  }

  /// What stands in a file until it is finished: six times zero.
  static var unknown: StaticString {
    """
                  0               0               0               0               0\
                   0
    """
  }
}
