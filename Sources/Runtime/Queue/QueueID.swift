import RestrictionDSL

/// The name of a queue file: when it was made, and which inode it has.
///
/// Two forms are in use. The short one is `7784DF86AF9`: five hexadecimal digits of the microsecond,
/// then the inode. The long one is `4jXrnQ63h5z2NjF5`: second and microsecond in base 52, the letter
/// `z`, the inode in base 51. The second is not part of the short form.
///
/// - Source: facts queue-file.md §6; postconf(5) enable_long_queue_ids
public struct QueueID: Hashable, Sendable {
  /// `nil` in the short form.
  public let seconds: Int64?
  /// - Unit: 0…999999
  public let microseconds: Int
  public let inode: UInt64

  /// Digits of base 52: no vowels, so that no words come out.
  private static let digits: StaticString =
    "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
  private static let hexadecimal: StaticString = "0123456789ABCDEF"

  public init(seconds: Int64?, microseconds: Int, inode: UInt64) {
    self.seconds = seconds
    self.microseconds = microseconds
    self.inode = inode
  }

  /// Reads either form.
  ///
  /// - Returns: `nil` where the text is neither.
  public init?(_ text: Bytes) {
    if let separator = text.lastIndex(of: 0x7A), separator >= 10 {
      guard
        let seconds = QueueID.number(text[..<(separator - 4)], QueueID.digits, base: 52),
        let microseconds = QueueID.number(
          text[(separator - 4)..<separator], QueueID.digits, base: 52),
        let inode = QueueID.number(text[(separator + 1)...], QueueID.digits, base: 51),
        let signed = Int64(exactly: seconds), microseconds < 1_000_000
      else { return nil }
      self.init(seconds: signed, microseconds: Int(microseconds), inode: inode)
    } else {
      guard text.count > 5,
        let microseconds = QueueID.number(text[..<5], QueueID.hexadecimal, base: 16),
        let inode = QueueID.number(text[5...], QueueID.hexadecimal, base: 16),
        microseconds < 1_000_000
      else { return nil }
      self.init(seconds: nil, microseconds: Int(microseconds), inode: inode)
    }
  }

  /// The long form where the second is known, else the short one.
  public var text: Bytes {
    var buffer = ByteBuffer(capacity: 24)
    write(to: &buffer)
    return buffer.bytes
  }

  /// Appends the text.
  func write(to buffer: inout ByteBuffer) {
    guard let seconds else {
      writeHash(to: &buffer)
      return buffer.append(hexadecimal: inode, width: 1)
    }
    buffer.append(UInt64(max(seconds, 0)), radix: 52, digits: QueueID.digits, width: 6)
    buffer.append(UInt64(microseconds), radix: 52, digits: QueueID.digits, width: 4)
    buffer.append(0x7A)
    buffer.append(inode, radix: 51, digits: QueueID.digits, width: 1)
  }

  /// The characters from which the folders of hashed queues are taken, one level each.
  ///
  /// They are the same for both forms: the microsecond in hexadecimal.
  public var hashText: Bytes {
    guard seconds != nil else { return text }
    var buffer = ByteBuffer(capacity: 8)
    writeHash(to: &buffer)
    return buffer.bytes
  }

  private func writeHash(to buffer: inout ByteBuffer) {
    buffer.append(hexadecimal: UInt64(microseconds), width: 5)
  }

  private static func number(_ text: ArraySlice<UInt8>, _ digits: StaticString, base: UInt64)
    -> UInt64?
  {
    guard !text.isEmpty else { return nil }
    let digits = Bytes("\(digits)")
    var result: UInt64 = 0
    for byte in text {
      guard let digit = digits.firstIndex(of: byte), UInt64(digit) < base else { return nil }
      let (product, first) = result.multipliedReportingOverflow(by: base)
      let (sum, second) = product.addingReportingOverflow(UInt64(digit))
      if first || second { return nil }
      result = sum
    }
    return result
  }
}
