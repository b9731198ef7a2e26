import RestrictionDSL

/// Decimal numbers as bytes, without going through String: a queue file has a dozen of them.
enum DecimalText {
  /// Appends a number, padded with blanks on the left.
  @inline(__always)
  static func append(_ value: Int64, width: Int = 0, to text: inout Bytes) {
    var rest = value.magnitude
    var count = value < 0 ? 1 : 0
    var probe = rest
    repeat {
      probe /= 10
      count += 1
    } while probe > 0
    for _ in 0..<max(0, width - count) { text.append(0x20) }
    let start = text.count
    for _ in 0..<count { text.append(0x2D) }
    var index = start + count
    repeat {
      index -= 1
      text[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
  }

  /// The digits of a number.
  static func bytes(_ value: Int64) -> Bytes {
    var result = Bytes()
    result.reserveCapacity(20)
    append(value, to: &result)
    return result
  }
}
