import Glibc

/// Something that blocks, for a worker thread.
///
/// The job keeps what came out of it. While it runs it is the worker's alone.
public protocol BlockingJob: AnyObject, Sendable {
  /// Called once, on a worker thread.
  func perform()
}

/// Who gets a job back when it is done.
public protocol JobOwner: AnyObject {
  /// Called on the loop; what the job left behind is there.
  func finished()
}

/// A bounded number of threads for what blocks: fsync(2), name service, SQL.
///
/// - Complexity: no allocation for a job once the queues have grown.
public final class WorkerPool {
  private let queue: WorkQueue
  private let board: JobBoard
  private var threads: [pthread_t] = []
  private let limit: Int

  /// - Parameter threads: at most so many, at least one; each is started by a job that finds all others busy
  /// - Parameter loop: where owners get their jobs back
  public init(threads: Int, loop: EventLoop) {
    limit = max(1, threads)
    board = loop.board
    queue = WorkQueue(wakeup: loop.wakeup)
  }

  deinit {
    queue.close()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Performs a job on a worker thread, then hands it to its owner on the loop.
  ///
  /// Jobs start in the order of submission. Where no thread can be had, the job is performed at once
  /// on the caller's thread; the owner gets it through the loop all the same.
  public func submit(_ job: any BlockingJob, for owner: any JobOwner) {
    let number = board.post(owner)
    // Without a first thread nobody would take what is queued.
    if threads.isEmpty && !startThread() { return queue.perform(job, number) }
    if queue.add(job, number) && threads.count < limit { _ = startThread() }
  }

  private func startThread() -> Bool {
    guard let thread = try? queue.startThread() else { return false }
    threads.append(thread)
    return true
  }

  /// Runs `work` on a worker thread, then `then` with its result on the loop.
  public func submit<R: Sendable>(
    _ work: @escaping @Sendable () -> R, then: @escaping (R) -> Void
  ) {
    let job = ClosureJob(work)
    submit(job, for: ClosureOwner(job, then: then))
  }
}

/// A job of one closure.
///
/// The result is written by the worker before the job goes back to the loop, and only read there.
private final class ClosureJob<R: Sendable>: BlockingJob, @unchecked Sendable {
  private let work: @Sendable () -> R
  private(set) var result: R?

  init(_ work: @escaping @Sendable () -> R) { self.work = work }

  func perform() { result = work() }
}

private final class ClosureOwner<R: Sendable>: JobOwner {
  private let job: ClosureJob<R>
  private let then: (R) -> Void

  init(_ job: ClosureJob<R>, then: @escaping (R) -> Void) {
    self.job = job
    self.then = then
  }

  func finished() {
    if let result = job.result { then(result) }
  }
}
