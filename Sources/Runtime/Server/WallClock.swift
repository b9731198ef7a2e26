import Glibc
import RestrictionDSL

/// The time as people and logs want it.
enum WallClock {
  /// `Nov 05 03:03:33`, local time, for `$localtime`.
  ///
  /// - Source: postconf(5) default_rbl_reply, "The server local time (Mmm dd hh:mm:ss)"
  static func logStamp() -> Bytes {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    strftime(&text, text.count, "%b %d %H:%M:%S", &parts)
    return text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }
}
