import Glibc

/// A bounded number of threads for what blocks: fsync(2), name service, SQL.
public final class WorkerPool {
  private let queue = WorkQueue()
  private let wakeup: Wakeup
  private var threads: [pthread_t] = []

  /// - Parameter threads: started at the first job; at least one
  /// - Parameter loop: where completions run
  public init(threads: Int, loop: EventLoop) {
    limit = max(1, threads)
    wakeup = loop.wakeup
  }

  private let limit: Int

  deinit {
    queue.close()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs `work` on a worker thread, then `then` with its result on the loop.
  ///
  /// Jobs start in the order of submission. Where no thread can be had, the work is done at once on
  /// the caller's thread; `then` comes through the loop all the same.
  public func submit<R: Sendable>(
    _ work: @escaping @Sendable () -> R, then: @escaping (R) -> Void
  ) {
    let completion = LoopBound(value: then)
    let wakeup = wakeup
    let job: @Sendable () -> Void = {
      let result = work()
      wakeup.perform { completion.value(result) }
    }
    if threads.count < limit, let thread = try? queue.startThread() { threads.append(thread) }
    if threads.isEmpty { job() } else { queue.add(job) }
  }
}
