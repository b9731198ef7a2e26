import CSystem
import Glibc

/// One thread's loop over descriptors, timers and jobs from other threads.
///
/// Level-triggered epoll(7). It knows nothing of SMTP. All methods but ``perform(_:)`` and
/// ``stop()`` of ``wakeup`` belong to the thread that runs the loop.
///
/// - Complexity: no allocation per event or timer once the tables have grown to their size.
public final class EventLoop {
  private struct Watch {
    var handler: (any EventHandler)?
    var interest: Interest = []
    /// Tells an event of a descriptor closed in this turn from one of its successor.
    var generation: UInt32 = 0
  }

  private let poller: Poller
  private var watches: [Watch] = []
  private var deadlines: Deadlines
  private var isRunning = false
  /// Jobs of worker threads.
  let board = JobBoard()
  /// Numbers of those that have come back in this turn.
  private var done: [Int] = []

  /// Called when everything that has happened is handled, before the next wait.
  public var turnEnded: () -> Void = {}

  /// The part of the loop that other threads may use.
  public let wakeup: Wakeup

  /// Monotonic clock, refreshed once per turn.
  ///
  /// - Unit: milliseconds
  public private(set) var now: UInt64

  /// Turns that have begun.
  public private(set) var turns: UInt64 = 0

  public init() throws(SystemError) {
    poller = try Poller()
    wakeup = try Wakeup()
    now = EventLoop.clock()
    deadlines = Deadlines(now: now)
    try poller.add(wakeup.descriptor, bits: Interest.read.epollBits, key: EventLoop.wakeupKey)
  }

  private static let wakeupKey = UInt64.max

  /// CLOCK_MONOTONIC in milliseconds.
  public static func clock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1000 &+ UInt64(time.tv_nsec) / 1_000_000
  }

  /// Calls the handler whenever the descriptor is ready.
  ///
  /// The handler is retained until ``forget(_:)``.
  public func watch(
    _ fd: CInt, _ interest: Interest, _ handler: any EventHandler
  ) throws(SystemError) {
    guard fd >= 0 else { throw SystemError("epoll_ctl add", "descriptor \(fd)", code: EBADF) }
    if Int(fd) >= watches.count {
      watches.append(
        contentsOf: repeatElement(Watch(), count: max(Int(fd) + 1 - watches.count, watches.count)))
    }
    let generation = watches[Int(fd)].generation &+ 1
    try poller.add(fd, bits: interest.epollBits, key: EventLoop.key(fd, generation))
    watches[Int(fd)] = Watch(handler: handler, interest: interest, generation: generation)
  }

  /// Watches for something else.
  ///
  /// An empty interest keeps the descriptor but reports only errors.
  public func change(_ fd: CInt, _ interest: Interest) {
    let index = Int(fd)
    guard watches.indices.contains(index), watches[index].handler != nil,
      watches[index].interest != interest
    else { return }
    watches[index].interest = interest
    poller.change(
      fd, bits: interest.epollBits, key: EventLoop.key(fd, watches[index].generation))
  }

  /// Does not watch any more; call it before close(2).
  ///
  /// Events of this turn are dropped too.
  ///
  /// - Parameter closes: close(2) follows, which takes the descriptor out of the kernel's list.
  public func forget(_ fd: CInt, closes: Bool = false) {
    let index = Int(fd)
    guard watches.indices.contains(index), watches[index].handler != nil else { return }
    watches[index].handler = nil
    watches[index].generation &+= 1
    if !closes { poller.remove(fd) }
  }

  /// Calls the handler once, after the time has gone by.
  ///
  /// - Parameter milliseconds: counted from ``now``
  public func schedule(
    after milliseconds: UInt64, _ handler: any TimerHandler, tag: Int
  ) -> TimerID {
    let (due, overflow) = now.addingReportingOverflow(milliseconds)
    return deadlines.schedule(at: overflow ? .max : due, handler, tag: tag)
  }

  /// Takes a timer back; without effect where it has fired.
  public func cancel(_ id: TimerID) { deadlines.cancel(id) }

  /// Runs a job on this loop.
  ///
  /// From any thread, by way of ``wakeup``.
  public func perform(_ job: @escaping @Sendable () -> Void) { wakeup.perform(job) }

  /// Ends ``run()`` after the present turn.
  public func stop() { wakeup.stop() }

  /// Runs turns until ``stop()``.
  public func run() {
    isRunning = true
    // What was done before the first wait is a turn, too.
    turnEnded()
    while isRunning { turn(limit: nil) }
  }

  /// Waits for events and handles them: descriptors, then timers.
  ///
  /// - Parameter limit: longest wait in milliseconds, `nil` for none
  public func turn(limit: UInt64?) {
    let count = poller.wait(timeout: timeout(limit: limit))
    now = EventLoop.clock()
    turns &+= 1
    for index in 0..<count {
      let (bits, key) = poller.event(index)
      if key == EventLoop.wakeupKey {
        wake()
        continue
      }
      let fd = Int(key & 0xFFFF_FFFF)
      guard watches[fd].generation == UInt32(key >> 32), let handler = watches[fd].handler else {
        continue
      }
      handler.ready(CInt(fd), Readiness(epollBits: bits))
    }
    while let (handler, tag) = deadlines.takeDue(now: now) { handler.timeout(tag: tag) }
    turnEnded()
  }

  private func wake() {
    for job in wakeup.take(&done) { job() }
    while let number = done.popLast() { board.finish(number) }
    if wakeup.takeStop() { isRunning = false }
  }

  private func timeout(limit: UInt64?) -> CInt {
    let due = deadlines.earliest
    if limit == nil && due == .max { return -1 }
    let wait = min(limit ?? .max, due > now ? due - now : 0)
    return wait > UInt64(CInt.max) ? CInt.max : CInt(wait)
  }

  private static func key(_ fd: CInt, _ generation: UInt32) -> UInt64 {
    UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
  }
}
