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
  private var jobs: [@Sendable () -> Void] = []
  private var start = 0
  private var isClosed = false

  init() {
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

  func add(_ job: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
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

  /// Waits for a job; in order of arrival.
  func next() -> (@Sendable () -> Void)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while start == jobs.count {
      if isClosed { return nil }
      pthread_cond_wait(condition, mutex)
    }
    let job = jobs[start]
    start += 1
    if start == jobs.count {
      jobs.removeAll(keepingCapacity: true)
      start = 0
    } else if start > 1024 {
      jobs.removeSubrange(..<start)
      start = 0
    }
    return job
  }

  /// Starts a thread that runs jobs until the queue is closed.
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
        while let job = queue.next() { job() }
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      throw SystemError("pthread_create", "worker", code: status)
    }
    return thread
  }
}

/// Carries what belongs to the loop's thread through a worker thread, which does not look at it: it
/// is made, called and, as the last reference moves with the job, released on the loop.
struct LoopBound<Value>: @unchecked Sendable {
  let value: Value
}
