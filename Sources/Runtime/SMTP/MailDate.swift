import RestrictionDSL

/// A point in time as people see it.
struct CalendarTime: Hashable, Sendable {
  var year: Int
  /// 1…12
  var month: Int
  /// 1…31
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int
  /// 0 is Sunday.
  var weekday: Int
  /// - Unit: seconds east of UTC
  var offset: Int
  var zone: Bytes
}

/// The date of mail headers and logs.
///
/// - Source: RFC 5322 §3.3; facts proxies-and-extensions.md §14
enum MailDate {
  /// `Mon, 23 Nov 2026 03:03:33 +0000 (UTC)`
  static func header(_ time: CalendarTime) -> Bytes {
    var text = Bytes()
    text.append(contentsOf: weekdays[time.weekday % 7].utf8)
    text.append(contentsOf: ", ".utf8)
    text.append(contentsOf: String(time.day).utf8)
    if time.day < 10 { text.insert(0x20, at: 5) }
    text.append(0x20)
    text.append(contentsOf: months[(time.month - 1) % 12].utf8)
    text.append(0x20)
    text.append(contentsOf: String(time.year).utf8)
    text.append(0x20)
    append(clock: time, to: &text)
    text.append(0x20)
    let minutes = abs(time.offset) / 60
    text.append(time.offset < 0 ? 0x2D : 0x2B)
    append(twoDigits: minutes / 60, to: &text)
    append(twoDigits: minutes % 60, to: &text)
    if !time.zone.isEmpty {
      text.append(contentsOf: " (".utf8)
      text.append(contentsOf: time.zone)
      text.append(0x29)
    }
    return text
  }

  /// `Nov 23 03:03:33`, for `$localtime`.
  static func short(_ time: CalendarTime) -> Bytes {
    var text = Bytes(months[(time.month - 1) % 12])
    text.append(0x20)
    append(twoDigits: time.day, to: &text)
    text.append(0x20)
    append(clock: time, to: &text)
    return text
  }

  private static func append(clock time: CalendarTime, to text: inout Bytes) {
    append(twoDigits: time.hour, to: &text)
    text.append(0x3A)
    append(twoDigits: time.minute, to: &text)
    text.append(0x3A)
    append(twoDigits: time.second, to: &text)
  }

  private static func append(twoDigits value: Int, to text: inout Bytes) {
    text.append(0x30 + UInt8(truncatingIfNeeded: value / 10 % 10))
    text.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
