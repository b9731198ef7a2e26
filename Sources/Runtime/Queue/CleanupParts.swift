import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// What all messages of a queue writer share.
///
/// - Invariant: worker threads use `trigger`, `incoming` and `hold` only, which never change.
final class CleanupParts {
  let settings: CleanupSettings
  let log: any LogSink
  let addresses: AddressMapping
  let checks: ContentChecks
  let knownHeaders = KnownHeaders()
  let dates = MailDates()
  let incoming: SpoolDirectory
  let hold: SpoolDirectory
  let trigger: QueueManagerTrigger
  /// Seconds since 1970.
  let clock: () -> Int64
  /// Given new files; `nil` leaves them to the user of the process.
  let owner: uid_t?
  /// getpid(2) is a system call; two processes of one number only collide in temporary names.
  let process = getpid()
  /// The present second as text: two records of each message show it.
  var second = SecondText()
  /// Where log lines are put together.
  var line = ByteBuffer(capacity: 512)
  /// Bits n: a header whose name has n letters, or begins with the n-th letter, is dropped.
  private let droppedLengths: UInt64
  private let droppedInitials: UInt64

  init(
    settings: Settings, log: any LogSink, addresses: AddressMapping,
    tables: (TableSpec) -> OpenTable, clock: @escaping () -> Int64
  ) throws(SystemError) {
    self.settings = CleanupSettings(settings)
    self.log = log
    self.addresses = addresses
    self.clock = clock
    checks = ContentChecks(settings: settings, tables: tables)
    let directory = settings.string("queue_directory")
    let hashed = settings.list("hash_queue_names")
    let depth = max(0, settings.int("hash_queue_depth"))
    incoming = try SpoolDirectory(
      queueDirectory: directory, name: "incoming", depth: hashed.contains("incoming") ? depth : 0)
    hold = try SpoolDirectory(
      queueDirectory: directory, name: "hold", depth: hashed.contains("hold") ? depth : 0)
    let service = settings.string("queue_service_name")
    trigger = QueueManagerTrigger(path: "\(directory)/public/\(service.isEmpty ? "qmgr" : service)")
    owner = CleanupParts.owner(settings.string("mail_owner"))
    let dropped = self.settings.droppedHeaders
    droppedLengths = dropped.reduce(0) { $0 | CleanupParts.bit($1.count) }
    droppedInitials = dropped.reduce(0) { $0 | CleanupParts.bit(Int($1.first ?? 0) & 31) }
  }

  /// The user that the queue manager runs as: files that root writes are given to it.
  private static func owner(_ name: String) -> uid_t? {
    guard geteuid() == 0, !name.isEmpty, let entry = getpwnam(name) else { return nil }
    return entry.pointee.pw_uid
  }

  private static func bit(_ number: Int) -> UInt64 { 1 << UInt64(min(number, 63)) }

  /// Whether message_drop_headers names the header.
  @inline(__always)
  func drops(_ text: Span<UInt8>, length: Int) -> Bool {
    droppedLengths & CleanupParts.bit(length) != 0
      && droppedInitials & CleanupParts.bit(Int(text[0]) & 31) != 0
      && namesDropped(text, length: length)
  }

  private func namesDropped(_ text: Span<UInt8>, length: Int) -> Bool {
    settings.droppedHeaders.contains { name in
      guard name.count == length else { return false }
      for index in 0..<length where name[index] != text[index].asciiLowercased { return false }
      return true
    }
  }
}
