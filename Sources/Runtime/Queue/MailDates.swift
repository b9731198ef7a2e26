import RestrictionDSL

/// Seconds since 1970 in decimal digits.
struct SecondText: ~Copyable {
  private var second: Int64 = -1
  private(set) var digits = ByteBuffer(capacity: 20)

  mutating func set(_ value: Int64) {
    guard value != second else { return }
    digits.clear()
    digits.append(decimal: UInt64(max(0, value)))
    second = value
  }
}

/// Dates of generated headers, each made once a second.
final class MailDates {
  private var second: Int64?
  private var text: Bytes = []

  /// `Wed, 25 Nov 2026 02:37:21 +0000 (UTC)` in the local time zone.
  ///
  /// - Parameter seconds: since 1970
  func header(_ seconds: Int64) -> Bytes {
    if seconds != second {
      text = MailDate.header(seconds)
      second = seconds
    }
    return text
  }
}
