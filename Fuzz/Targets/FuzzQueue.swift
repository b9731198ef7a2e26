import CSystem
import Glibc
import LookupTables
import RestrictionDSL
import Runtime

/// The daemon's queue writer on a queue of its own, watched: which messages were opened, and what became
/// of each.
final class FuzzQueue: Cleanup {
  /// The end of an opened message.
  enum Fate: Hashable { case open, abandoned, finished, queued, refused }

  private let writer: QueueWriter
  private let directory: String
  private(set) var identifiers: [Bytes] = []
  private var fates: [Fate] = []
  /// The message whose commit was asked for last.
  private var committing: Int?

  init(
    _ settings: Settings, _ directory: String, log: FuzzLog, _ classes: AddressClasses,
    _ tables: TableCache
  ) throws(SystemError) {
    self.directory = directory
    mkdir(directory, 0o700)
    for name in ["incoming", "hold", "active", "deferred"] { mkdir("\(directory)/\(name)", 0o700) }
    writer = try QueueWriter(
      settings: settings, log: log,
      addresses: AddressMapping(settings: settings, classes: classes, tables: tables.open),
      tables: tables.open, clock: { 1_795_403_013 })
  }

  func open(_ head: borrowing MessageHead) throws(MessageFailure) -> any OpenMessage {
    let message = try writer.open(head)
    identifiers.append(message.queueID)
    fates.append(.open)
    return Watched(message, in: self, number: fates.count - 1)
  }

  /// The result of the last commit.
  func settle(_ answer: CommitAnswer) {
    guard let number = committing else { return }
    fates[number] = answer == .queued ? .queued : .refused
  }

  /// How many messages were stored.
  var storedCount: Int { fates.count { $0 == .queued } }

  /// Reads and removes all queue files, then forgets everything.
  ///
  /// - Returns: the records of each file, in the order of opening
  func take() throws(FuzzFinding) -> [[QueueRecord]] {
    defer {
      identifiers = []
      fates = []
      committing = nil
    }
    var files: [[QueueRecord]] = []
    for (id, fate) in zip(identifiers, fates) {
      let paths = ["incoming", "hold"].map { "\(directory)/\($0)/\(id.text)" }
      let found = paths.compactMap { try? FuzzFile(removing: $0) }
      switch fate {
      case .open: throw FuzzFinding("\(id.text) was neither finished nor abandoned")
      case .finished: throw FuzzFinding("\(id.text) was finished, but never committed")
      case .abandoned, .refused:
        if !found.isEmpty { throw FuzzFinding("\(id.text) was given up (\(fate)), and is there") }
      case .queued:
        guard found.count == 1 else { throw FuzzFinding("\(id.text): \(found.count) queue files") }
        guard found[0].mode == 0o700 else { throw FuzzFinding("\(id.text): not published") }
        files.append(try found[0].wholeRecords())
      }
    }
    return files
  }

  private final class Watched: OpenMessage {
    private let message: any OpenMessage
    private let queue: FuzzQueue
    private let number: Int

    init(_ message: any OpenMessage, in queue: FuzzQueue, number: Int) {
      self.message = message
      self.queue = queue
      self.number = number
    }

    var queueID: Bytes { message.queueID }
    func add(_ recipient: Recipient) { message.add(recipient) }
    func beginContent() { message.beginContent() }
    func write(_ line: Span<UInt8>, isComplete: Bool) {
      message.write(line, isComplete: isComplete)
    }
    func writeReceived(_ text: Span<UInt8>, isPlain: Bool) {
      message.writeReceived(text, isPlain: isPlain)
    }
    func copyLines(of text: Span<UInt8>, limit: Int, escapesDots: Bool) -> Int {
      message.copyLines(of: text, limit: limit, escapesDots: escapesDots)
    }
    func finish(_ actions: MessageActions) -> any CommitJob {
      queue.fates[number] = .finished
      queue.committing = number
      return message.finish(actions)
    }
    func abandon() {
      queue.fates[number] = .abandoned
      message.abandon()
    }
  }
}

/// One queue file, read and removed.
struct FuzzFile {
  let mode: mode_t
  private let bytes: Bytes

  init(removing path: String) throws(SystemError) {
    let descriptor = smtpd_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw .last("open", path) }
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    mode = status.st_mode & 0o777
    var bytes = Bytes(repeating: 0, count: Int(status.st_size))
    let count = read(descriptor, &bytes, bytes.count)
    bytes.removeLast(bytes.count - max(0, count))
    self.bytes = bytes
    unlink(path)
  }

  /// The records, where the file is whole: it ends in its end record, and the sizes at its front are
  /// where its content is.
  ///
  /// - Source: facts queue-file.md §1, §3
  func wholeRecords() throws(FuzzFinding) -> [QueueRecord] {
    let records: [QueueRecord]
    do { records = try QueueRecord.records(in: bytes) } catch {
      throw FuzzFinding("queue file: \(error)")
    }
    guard let first = records.first, first.kind == .size, records.last?.kind == .end else {
      throw FuzzFinding("queue file: no size at its front or no end")
    }
    let numbers = first.data.text.split(separator: " ").compactMap { Int($0) }
    guard numbers.count >= 2, numbers[1] + numbers[0] + 1 < bytes.count,
      bytes[numbers[1] + numbers[0]] == QueueRecord.Kind.extracted.rawValue
    else { throw FuzzFinding("queue file: no content of \(first.data.text)") }
    return records
  }
}
