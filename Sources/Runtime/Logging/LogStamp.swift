import Glibc
import RestrictionDSL

/// The time that a log line begins with, `Nov 23 03:03:33 `, made once in a second.
struct LogStamp: ~Copyable {
  private(set) var text = ByteBuffer(capacity: 128)
  /// - Unit: seconds since 1970
  private(set) var second = -1
  /// What stands behind it in every line.
  private let suffix: Bytes

  init(suffix: Bytes = []) { self.suffix = suffix }

  mutating func update() {
    var now = time(nil)
    guard now != second else { return }
    second = now
    var parts = tm()
    localtime_r(&now, &parts)
    var bytes = [CChar](repeating: 0, count: 32)
    strftime(&bytes, bytes.count, "%b %e %H:%M:%S ", &parts)
    text.clear()
    text.append(bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    text.append(suffix)
  }

  /// `[1234]: `, which follows the tag.
  static var process: ByteBuffer {
    var text = ByteBuffer(capacity: 16)
    text.append(0x5B)
    text.append(decimal: UInt64(max(0, getpid())))
    text.append("]: ")
    return text
  }
}
