import CSystem
import Glibc

/// Jobs for a group of threads.
///
/// pthread_mutex_t and pthread_cond_t must not move, hence one allocation each that lives as long as
/// the queue. `jobs` and `isClosed` are only touched while the mutex is held: that makes the class
/// safe to share.
final class WorkQueue: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private let wakeup: Wakeup
  private var jobs = JobRing()
  private var isClosed = false

  /// - Parameter wakeup: of the loop that gets the jobs back
  init(wakeup: Wakeup) {
    self.wakeup = wakeup
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func add(_ job: any BlockingJob, _ number: Int) {
    pthread_mutex_lock(mutex)
    jobs.append(JobRing.Item(job: job, number: number))
    pthread_mutex_unlock(mutex)
    pthread_cond_signal(condition)
  }

  /// No further waiting: ``next()`` gives what is left, then `nil`.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_mutex_unlock(mutex)
    pthread_cond_broadcast(condition)
  }

  /// Performs a job and sends it back.
  func perform(_ job: any BlockingJob, _ number: Int) {
    job.perform()
    wakeup.finish(number)
  }

  /// Waits for a job; in order of arrival.
  private func next() -> JobRing.Item? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty {
      if isClosed { return nil }
      pthread_cond_wait(condition, mutex)
    }
    return jobs.popFirst()
  }

  /// Starts a thread that performs jobs until the queue is closed.
  ///
  /// All signals are blocked in it: they belong to the thread that runs the first loop. The queue
  /// is retained for the thread and released at its end.
  func startThread() throws(SystemError) -> pthread_t {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 1 << 20)
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
        while let item = queue.next() { queue.perform(item.job, item.number) }
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      throw SystemError("pthread_create", "worker", code: status)
    }
    return thread
  }
}
