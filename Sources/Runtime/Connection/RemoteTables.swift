import Glibc
import LookupTables
import RestrictionDSL

/// Tables whose lookups block: asked on worker threads, never on the loop.
///
/// Every table has a few connections, opened when those before are busy; a question that finds none
/// free waits in line. Where a server is dead, those in line do not wait for their own time limit
/// behind the one that is waiting for it already: they get its answer.
final class RemoteTables {
  typealias Result = Swift.Result<Bytes?, LookupError>

  /// A table opened for itself, which one job at a time uses.
  ///
  /// It may go to another thread because ``RemoteTables`` gives it to one job only and takes it back
  /// before it gives it to the next.
  private final class Seat: @unchecked Sendable {
    private let cache: TableCache
    private let spec: TableSpec
    /// Opening it may block; hence not before it is needed.
    private lazy var table = cache.open(spec)

    init(_ spec: TableSpec, _ options: TableOptions) {
      self.spec = spec
      cache = TableCache(options: options)
    }

    /// - Returns: whether the table is open
    func open() -> Bool { table.openFailure == nil }

    func ask(_ key: Bytes) -> Outcome {
      let start = RemoteTables.now
      let result = Result { () throws(LookupError) -> Bytes? in try table.value(for: key.span) }
      return Outcome(
        result: result, log: cache.takeWarnings(), start: start, end: RemoteTables.now,
        isOpen: table.openFailure == nil)
    }
  }

  private struct Outcome: Sendable {
    let result: Result
    let log: [String]
    /// - Unit: milliseconds
    let start: UInt64
    let end: UInt64
    let isOpen: Bool

    /// The server was waited for in vain.
    var tookLong: Bool {
      guard case .failure(let error) = result, error.kind == .temporary else { return false }
      return end - start >= RemoteTables.patience
    }
  }

  private struct Request {
    let key: Bytes
    let since: UInt64
    let then: (Result, [String]) -> Void
  }

  private struct Line {
    var free: [Seat] = []
    var seats = 0
    /// More could not be opened.
    var isComplete = false
    var waiting: [Request] = []
  }

  /// Connections of one table.
  private static let seatLimit = 8
  /// A failure that took as long as this is one of the server, not of the key.
  ///
  /// - Unit: milliseconds
  private static let patience: UInt64 = 500

  private let workers: WorkerPool
  private let options: TableOptions
  private var lines: [TableSpec: Line] = [:]

  init(workers: WorkerPool, options: TableOptions) {
    self.workers = workers
    self.options = options
  }

  /// Opens tables here and now, with the rights that the process has at its start.
  func open(_ specs: [TableSpec]) {
    for spec in specs where lines[spec] == nil {
      let seat = Seat(spec, options)
      _ = seat.open()
      lines[spec] = Line(free: [seat], seats: 1)
    }
  }

  /// Asks a table.
  ///
  /// - Parameter then: called on the loop with the answer and log lines that came with it
  func ask(_ spec: TableSpec, _ key: Bytes, then: @escaping (Result, [String]) -> Void) {
    lines[spec, default: Line()].waiting.append(
      Request(key: key, since: RemoteTables.now, then: then))
    startNext(spec)
  }

  private func startNext(_ spec: TableSpec) {
    guard var line = lines[spec], !line.waiting.isEmpty else { return }
    let seat: Seat
    let isNew = line.free.isEmpty
    if let free = line.free.popLast() {
      seat = free
    } else if line.seats < RemoteTables.seatLimit, !line.isComplete {
      seat = Seat(spec, options)
      line.seats += 1
    } else {
      return
    }
    let request = line.waiting.removeFirst()
    lines[spec] = line
    let key = request.key
    workers.submit {
      seat.ask(key)
    } then: { [self] outcome in
      finished(outcome, request, seat, isNew: isNew, spec)
    }
  }

  private func finished(
    _ outcome: Outcome, _ request: Request, _ seat: Seat, isNew: Bool, _ spec: TableSpec
  ) {
    var line = lines[spec] ?? Line()
    var answered: [Request] = []
    if isNew, !outcome.isOpen, line.seats > 1 {
      // Not even opened, while others are: ask one of those, and open no more.
      line.seats -= 1
      line.isComplete = true
      line.waiting.insert(request, at: 0)
    } else {
      line.free.append(seat)
      answered = [request]
      if outcome.tookLong {
        answered += line.waiting.filter { $0.since <= outcome.start }
        line.waiting.removeAll { $0.since <= outcome.start }
      }
    }
    lines[spec] = line
    for (index, request) in answered.enumerated() {
      request.then(outcome.result, index == 0 ? outcome.log : [])
    }
    startNext(spec)
  }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
  }
}
