import CSystem
import Glibc
import Synchronization

/// Jobs for a group of threads.
///
/// sem_t must not move, hence an allocation that lives as long as the queue. It counts the jobs that
/// nobody has taken, and one more for each thread once the queue is closed.
final class WorkQueue: @unchecked Sendable {
  private struct State {
    var jobs = JobRing()
    var threads = 0
    /// Waiting or being performed.
    var unfinished = 0
  }

  private let state = Mutex(State())
  private let available: UnsafeMutablePointer<sem_t>
  private let wakeup: Wakeup

  /// - Parameter wakeup: of the loop that gets the jobs back
  init(wakeup: Wakeup) {
    self.wakeup = wakeup
    available = .allocate(capacity: 1)
    available.initialize(to: sem_t())
    sem_init(available, 0, 0)
  }

  deinit {
    sem_destroy(available)
    available.deallocate()
  }

  /// - Returns: whether every thread is busy already, so that the job has to wait for one
  func add(_ job: any BlockingJob, _ number: Int) -> Bool {
    let isWaiting = state.withLock { state in
      state.jobs.append(JobRing.Item(job: job, number: number))
      state.unfinished += 1
      return state.unfinished > state.threads
    }
    sem_post(available)
    return isWaiting
  }

  /// No further waiting: the threads do what is left, then end.
  func close() {
    let threads = state.withLock { $0.threads }
    for _ in 0..<threads { sem_post(available) }
  }

  /// Performs a job on the caller's thread and sends it back.
  func perform(_ job: any BlockingJob, _ number: Int) {
    job.perform()
    wakeup.finish(number)
  }

  /// Waits for a job; in order of arrival.
  ///
  /// - Returns: `nil` where the queue is closed
  private func next() -> JobRing.Item? {
    while sem_wait(available) != 0 {}
    return state.withLock { $0.jobs.popFirst() }
  }

  /// Starts a thread that performs jobs until the queue is closed.
  ///
  /// All signals are blocked in it: they belong to the thread that runs the first loop. The queue
  /// is retained for the thread and released at its end.
  func startThread() throws(SystemError) -> pthread_t {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    // Address space only, until it is used: LDAP groups in groups go deep.
    pthread_attr_setstacksize(&attributes, 8 << 20)
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let queue = Unmanaged<WorkQueue>.fromOpaque(argument).takeRetainedValue()
        while let item = queue.next() {
          item.job.perform()
          // Before the loop hears of it: its next job finds this thread free.
          queue.state.withLock { $0.unfinished -= 1 }
          queue.wakeup.finish(item.number)
        }
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      throw SystemError("pthread_create", "worker", code: status)
    }
    state.withLock { $0.threads += 1 }
    return thread
  }
}
