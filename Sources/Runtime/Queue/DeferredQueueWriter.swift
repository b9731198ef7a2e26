import Glibc
import LookupTables
import RestrictionDSL
import Synchronization

/// A queue writer for tables that block: a message is taken down as it comes, and made into a queue
/// file by the worker thread that commits it.
///
/// cleanup(8) is a process of its own, which may wait for a table while the server reads on. Here the
/// loop must not wait, so that lookups, header checks and address mapping wait for the end of the
/// message; what they log is logged then.
final class DeferredQueueWriter: Cleanup {
  private let parts: CleanupParts
  private let benches: Benches

  /// - Parameter writer: has the folders and the log
  /// - Parameter contentOptions: for the tables of header and body checks
  init(
    _ writer: QueueWriter, settings: Settings, own: OwnAddresses, options: TableOptions,
    contentOptions: TableOptions
  ) {
    parts = writer.parts
    benches = Benches { () throws(SystemError) in
      try Bench(
        settings: settings, own: own, options: options, contentOptions: contentOptions)
    }
    // With the rights that the process has at its start.
    benches.open()
  }

  func open(_ head: borrowing MessageHead) throws(MessageFailure) -> any OpenMessage {
    let file = SpoolFile(in: parts.incoming)
    do throws(SystemError) {
      try file.create(
        in: parts.incoming, longID: parts.settings.longIDs, owner: parts.owner,
        process: parts.process)
    } catch {
      parts.log.write("warning: mail_queue_enter: \(error)")
      throw .writeError
    }
    return DeferredMessage(copy head, file, parts, benches)
  }

  /// Everything that one thread needs to make a message: its own tables and their users.
  ///
  /// It belongs to the thread that took it out of ``Benches`` until it is put back.
  final class Bench: @unchecked Sendable {
    let parts: CleanupParts
    private let log = RecordedLines()
    private let cache: TableCache
    private let contentCache: TableCache

    init(
      settings: Settings, own: OwnAddresses, options: TableOptions, contentOptions: TableOptions
    ) throws(SystemError) {
      let cache = TableCache(options: options)
      self.cache = cache
      let contentCache = TableCache(options: contentOptions)
      self.contentCache = contentCache
      let classes = AddressClasses(settings: settings, own: own, tables: cache.open)
      parts = try CleanupParts(
        settings: settings, log: log,
        addresses: AddressMapping(settings: settings, classes: classes, tables: cache.open),
        tables: contentCache.open, clock: { Int64(time(nil)) })
      // The loop's own tables have said all this.
      _ = log.take()
    }

    /// Log lines since the last call.
    func takeLines() -> [Bytes] {
      log.take() + (cache.takeWarnings() + contentCache.takeWarnings()).map { Bytes($0) }
    }
  }

  /// Benches that wait for work.
  final class Benches: Sendable {
    private let free = Mutex<[Bench]>([])
    private let make: @Sendable () throws(SystemError) -> Bench

    init(_ make: @escaping @Sendable () throws(SystemError) -> Bench) { self.make = make }

    func open() {
      if let bench = try? make() { give(bench) }
    }

    func take() throws(SystemError) -> Bench {
      if let bench = free.withLock({ $0.popLast() }) { return bench }
      return try make()
    }

    func give(_ bench: Bench) { free.withLock { $0.append(bench) } }
  }

  /// Keeps lines for the loop.
  private final class RecordedLines: LogSink {
    private var lines: [Bytes] = []

    func write(_ line: Span<UInt8>) { lines.append(Bytes(copying: line)) }

    func take() -> [Bytes] {
      defer { lines = [] }
      return lines
    }
  }
}

/// A message that is made when it is committed.
///
/// The loop has it until ``finish(_:)``, then a worker until it is done, then the loop again.
final class DeferredMessage: OpenMessage, CommitJob, @unchecked Sendable {
  private let head: MessageHead
  private let file: SpoolFile
  private let parts: CleanupParts
  private let benches: DeferredQueueWriter.Benches
  private let recording: MessageRecording
  private var actions = MessageActions()
  private var lines: [Bytes] = []
  private(set) var answer = CommitAnswer.failed(.writeError)

  let queueID: Bytes
  let waitsForTables = true

  init(
    _ head: MessageHead, _ file: SpoolFile, _ parts: CleanupParts,
    _ benches: DeferredQueueWriter.Benches
  ) {
    self.head = head
    self.file = file
    self.parts = parts
    self.benches = benches
    queueID = file.id
    recording = MessageRecording(in: parts.incoming.descriptor)
  }

  func add(_ recipient: Recipient) { recording.add(recipient) }

  func beginContent() { recording.beginContent() }

  func write(_ line: Span<UInt8>, isComplete: Bool) {
    recording.write(line, isComplete: isComplete)
  }

  func abandon() { file.remove() }

  func finish(_ actions: MessageActions) -> any CommitJob {
    self.actions = actions
    return self
  }

  func perform() {
    do throws(SystemError) {
      let bench = try benches.take()
      let message = QueuedMessage(bench.parts, file: file)
      message.start(head)
      do throws(SystemError) {
        try recording.replay(to: message)
        let job = message.finish(actions)
        job.perform()
        answer = job.answer
        job.retire()
      } catch { fail(error) }
      lines = bench.takeLines() + lines
      benches.give(bench)
    } catch { fail(error) }
  }

  private func fail(_ error: SystemError) {
    lines.append(Bytes("warning: \(queueID.text): \(error)"))
    file.remove()
  }

  func retire() {
    for line in lines { parts.log.write(line) }
    lines = []
  }
}
