import CSystem
import Glibc
import Synchronization

/// Jobs that other threads hand to a loop, and the eventfd(2) that wakes it.
public final class Wakeup: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    /// Numbers on the ``JobBoard``.
    var done: [Int] = []
    /// The loop was told and has not looked yet: no second write(2) is needed.
    var isSignalled = false
    var isStopped = false

    mutating func mustSignal() -> Bool {
      defer { isSignalled = true }
      return !isSignalled
    }
  }

  let descriptor: CInt
  private let state = Mutex(State())

  init() throws(SystemError) {
    descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else { throw .last("eventfd") }
  }

  deinit { close(descriptor) }

  /// Runs a job on the loop.
  ///
  /// From any thread.
  public func perform(_ job: @escaping @Sendable () -> Void) {
    let mustSignal = state.withLock { state in
      state.jobs.append(job)
      return state.mustSignal()
    }
    if mustSignal { signal() }
  }

  /// Gives a job of the ``JobBoard`` back.
  ///
  /// From any thread.
  func finish(_ number: Int) {
    let mustSignal = state.withLock { state in
      state.done.append(number)
      return state.mustSignal()
    }
    if mustSignal { signal() }
  }

  /// Ends the loop after its present turn.
  ///
  /// From any thread.
  public func stop() {
    state.withLock { $0.isStopped = true }
    signal()
  }

  private func signal() {
    var one: UInt64 = 1
    // EAGAIN means that the counter is full, so the loop is awake anyway.
    _ = smtpd_write(descriptor, &one, 8)
  }

  /// Takes what has come; resets the descriptor.
  ///
  /// - Parameter done: empty; its memory is used for what comes next
  func take(_ done: inout [Int]) -> [@Sendable () -> Void] {
    var counter: UInt64 = 0
    _ = smtpd_read(descriptor, &counter, 8)
    return state.withLock { state in
      state.isSignalled = false
      swap(&done, &state.done)
      guard !state.jobs.isEmpty else { return [] }
      var jobs: [@Sendable () -> Void] = []
      swap(&jobs, &state.jobs)
      return jobs
    }
  }

  /// Whether ``stop()`` was called since the last ask.
  func takeStop() -> Bool {
    state.withLock { state in
      defer { state.isStopped = false }
      return state.isStopped
    }
  }
}
