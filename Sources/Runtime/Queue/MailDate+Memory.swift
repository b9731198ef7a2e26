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
    return format(&fields, "%a, %d %b %Y %H:%M:%S %z (%Z)", trimsDay: true)
  }

  /// `20261125023721` in UTC, for message ids.
  static func digits(_ seconds: Int64) -> Bytes {
    var time = time_t(seconds)
    var fields = tm()
    gmtime_r(&time, &fields)
    return format(&fields, "%Y%m%d%H%M%S", trimsDay: false)
  }

  private static func format(_ fields: inout tm, _ pattern: String, trimsDay: Bool) -> Bytes {
    var buffer = Bytes(repeating: 0, count: 96)
    let count = buffer.withUnsafeMutableBytes {
      strftime($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, pattern, &fields)
    }
    buffer.removeSubrange(count...)
    // `Tue,  1 Dec`: the day has no leading zero, and no blank in its place either.
    if trimsDay && buffer.count > 5 && buffer[5] == 0x30 { buffer.remove(at: 5) }
    return buffer
  }
}
