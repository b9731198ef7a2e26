import Glibc
import RestrictionDSL

extension CalendarTime {
  /// The local calendar time of a moment.
  ///
  /// `tm_zone` points into storage of the C library that lives as long as the process.
  ///
  /// - Parameter microseconds: since 1970.
  /// - Source: localtime_r(3)
  static func local(_ microseconds: Int64) -> CalendarTime {
    var moment = time_t(microseconds / 1_000_000)
    var parts = tm()
    localtime_r(&moment, &parts)
    var zone = Bytes()
    if let name = parts.tm_zone {
      var index = 0
      while name[index] != 0 && index < 32 {
        zone.append(UInt8(bitPattern: name[index]))
        index += 1
      }
    }
    return CalendarTime(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec),
      weekday: Int(parts.tm_wday), offset: Int(parts.tm_gmtoff), zone: zone)
  }
}
