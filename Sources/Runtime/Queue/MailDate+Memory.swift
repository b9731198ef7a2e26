import Glibc
import RestrictionDSL

/// Dates of generated headers.
enum MailDate {
  /// `Wed, 25 Nov 2026 02:37:21 +0000 (UTC)` in the local time zone.
  ///
  /// - Parameter seconds: since 1970
  static func header(_ seconds: Int64) -> Bytes {
    var time = time_t(seconds)
    var fields = tm()
    localtime_r(&time, &fields)
    // `Tue,  1 Dec`: a blank in place of a leading zero (seen: mail_date() of the installed Postfix).
    return format(&fields, "%a, %e %b %Y %H:%M:%S %z (%Z)")
  }

  /// `20261125023721` in UTC, for message ids.
  static func digits(_ seconds: Int64) -> Bytes {
    var time = time_t(seconds)
    var fields = tm()
    gmtime_r(&time, &fields)
    return format(&fields, "%Y%m%d%H%M%S")
  }

  private static func format(_ fields: inout tm, _ pattern: String) -> Bytes {
    var buffer = Bytes(repeating: 0, count: 96)
    let count = buffer.withUnsafeMutableBytes {
      strftime($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, pattern, &fields)
    }
    buffer.removeSubrange(count...)
    return buffer
  }
}
