import RestrictionDSL

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
