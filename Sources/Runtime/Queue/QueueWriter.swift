import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// The embedded message sink: writes queue files that Postfix's queue manager takes over.
///
/// - Source: facts queue-file.md, postfix-ipc.md §3; cleanup(8)
public final class QueueWriter: Cleanup {
  let settings: CleanupSettings
  let log: any LogSink
  let addresses: AddressMapping
  let checks: ContentChecks
  let knownHeaders = KnownHeaders()
  let pool = BufferPool(limit: 64)
  let incoming: SpoolDirectory
  let hold: SpoolDirectory
  /// Seconds since 1970.
  let clock: () -> Int64
  private let trigger: QueueManagerTrigger
  private let wakeup: Wakeup?
  private let owner: uid_t?
  /// getpid(2) is a system call; two processes of one number only collide in temporary names.
  private let process = getpid()
  private var storage: [Bytes] = []
  /// Bit n: a header of that many letters is dropped.
  private let droppedLengths: UInt64

  /// - Parameter log: shows its lines as those of `postfix/cleanup`: log parsers look there
  /// - Parameter addresses: standard forms and mappings of addresses
  /// - Parameter tables: opens a table of the configuration
  /// - Parameter loop: where log lines of failed commits go through; `nil` writes none
  /// - Throws: where a queue directory is missing or may not be entered
  public init(
    settings: Settings, log: any LogSink, addresses: AddressMapping,
    tables: (TableSpec) -> OpenTable, loop: EventLoop?,
    clock: @escaping () -> Int64 = { Int64(time(nil)) }
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
    wakeup = loop?.wakeup
    owner = QueueWriter.owner(settings.string("mail_owner"))
    droppedLengths = self.settings.droppedHeaders.reduce(0) { $0 | 1 << UInt64(min($1.count, 63)) }
  }

  /// The user that the queue manager runs as: files that root writes are given to it.
  private static func owner(_ name: String) -> uid_t? {
    guard geteuid() == 0, !name.isEmpty, let entry = getpwnam(name) else { return nil }
    return entry.pointee.pw_uid
  }

  public func open(_ head: MessageHead) throws(MessageFailure) -> any OpenMessage {
    let file: SpoolFile
    do {
      file = try SpoolFile(in: incoming, longID: settings.longIDs, owner: owner, process: process)
    } catch {
      log.write("warning: mail_queue_enter: \(error)")
      throw .writeError
    }
    return QueuedMessage(
      writer: self, head: head, file: file, buffer: pool.take(), storage: storage.popLast() ?? [])
  }

  /// Takes a header buffer back.
  func recycle(_ bytes: Bytes) {
    if storage.count < 64 && bytes.capacity <= 16_384 { storage.append(bytes) }
  }

  /// Whether message_drop_headers names the header.
  func drops(_ text: Span<UInt8>, length: Int) -> Bool {
    guard droppedLengths & (1 << UInt64(min(length, 63))) != 0 else { return false }
    return settings.droppedHeaders.contains { name in
      guard name.count == length else { return false }
      for index in 0..<length where name[index] != text[index].asciiLowercased { return false }
      return true
    }
  }

  /// The job that stores a complete message.
  func commit(_ commit: Commit) -> CommitJob {
    let trigger = trigger
    let pool = pool
    let wakeup = wakeup
    let log = LoopBound(value: log)
    return CommitJob {
      defer { pool.give(commit.buffer) }
      do throws(SystemError) {
        try commit.store()
      } catch {
        let line = "warning: \(commit.file.id.text): \(error)"
        commit.file.remove()
        wakeup?.perform { log.value.write(line) }
        let isTooBig = error.code == EFBIG
        return .failed(isTooBig ? .tooBig : .writeError)
      }
      if commit.target == nil { trigger.send() }
      return .queued
    }
  }
}
