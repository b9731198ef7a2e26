import Glibc
import Synchronization
import Testing

@testable import Runtime

/// What jobs on several threads count.
private final class Counter: Sendable { let value = Atomic(0) }

private final class Recorder: EventHandler, TimerHandler {
  var events: [Readiness] = []
  var tags: [Int] = []
  var onEvent: (CInt) -> Void = { _ in }
  var onTimer: (Int) -> Void = { _ in }
  func ready(_ fd: CInt, _ events: Readiness) {
    self.events.append(events)
    onEvent(fd)
  }
  func timeout(tag: Int) {
    tags.append(tag)
    onTimer(tag)
  }
}

/// A connected pair of sockets, closed at the end of its life.
private final class Pair {
  private(set) var a: CInt = -1
  private(set) var b: CInt = -1
  init() {
    var fds: [CInt] = [0, 0]
    socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &fds)
    (a, b) = (fds[0], fds[1])
  }
  func closeB() {
    close(b)
    b = -1
  }
  deinit {
    close(a)
    if b >= 0 { close(b) }
  }
}

@Suite struct `The event loop` {
  @Test func `reports input until it is consumed`() throws {
    let loop = try EventLoop()
    let pair = Pair()
    let recorder = Recorder()
    try loop.watch(pair.a, .read, recorder)
    loop.turn(limit: 0)
    #expect(recorder.events == [])
    _ = write(pair.b, "x", 1)
    loop.turn(limit: 1000)
    loop.turn(limit: 1000)
    #expect(recorder.events == [.readable, .readable])
    var byte: UInt8 = 0
    _ = read(pair.a, &byte, 1)
    loop.turn(limit: 0)
    #expect(recorder.events.count == 2)
  }

  @Test func `follows a changed interest`() throws {
    let loop = try EventLoop()
    let pair = Pair()
    let recorder = Recorder()
    try loop.watch(pair.a, .read, recorder)
    _ = write(pair.b, "x", 1)
    loop.change(pair.a, .write)
    loop.turn(limit: 1000)
    loop.change(pair.a, [])
    loop.turn(limit: 0)
    loop.change(pair.a, [.read, .write])
    loop.turn(limit: 1000)
    #expect(recorder.events == [.writable, [.readable, .writable]])
  }

  @Test func `reports a closed peer together with its last data`() throws {
    let loop = try EventLoop()
    let pair = Pair()
    let recorder = Recorder()
    try loop.watch(pair.a, .read, recorder)
    _ = write(pair.b, "x", 1)
    pair.closeB()
    loop.turn(limit: 1000)
    #expect(recorder.events == [[.readable, .hangUp]])
  }

  @Test func `drops events of a descriptor that an earlier handler gave up`() throws {
    let loop = try EventLoop()
    let pairs = [Pair(), Pair()]
    let recorders = [Recorder(), Recorder()]
    for index in 0...1 {
      let other = pairs[1 - index].a
      let successor = recorders[1 - index]
      recorders[index].onEvent = { _ in
        loop.forget(other)
        try? loop.watch(other, .write, successor)  // the number is in use again at once
        loop.change(other, [])
      }
      try loop.watch(pairs[index].a, .read, recorders[index])
      _ = write(pairs[index].b, "x", 1)
    }
    loop.turn(limit: 1000)
    #expect(recorders[0].events.count + recorders[1].events.count == 1)
  }

  @Test func `names the step and the descriptor that cannot be watched`() throws {
    let loop = try EventLoop()
    let recorder = Recorder()
    #expect(throws: SystemError("epoll_ctl add", "descriptor 700", code: EBADF)) {
      try loop.watch(700, .read, recorder)
    }
    let error = SystemError("open", "incoming/1.2", code: EACCES)
    #expect(error.description == "open incoming/1.2: Permission denied")
  }

  @Test func `fires timers, not before their time`() throws {
    let loop = try EventLoop()
    let recorder = Recorder()
    let start = EventLoop.clock()
    _ = loop.schedule(after: 20, recorder, tag: 2)
    _ = loop.schedule(after: 5, recorder, tag: 1)
    let cancelled = loop.schedule(after: 10, recorder, tag: 9)
    loop.cancel(cancelled)
    recorder.onTimer = { if $0 == 2 { loop.stop() } }
    loop.run()
    #expect(recorder.tags == [1, 2])
    #expect(EventLoop.clock() - start >= 20)
  }

  @Test func `runs jobs of other threads on its own`() throws {
    let loop = try EventLoop()
    let pool = WorkerPool(threads: 4, loop: loop)
    let here = pthread_self()
    var results: [Int] = []
    var isHere = true
    for number in 0..<100 {
      pool.submit({ (number * 2, pthread_self()) }) { (result, thread) in
        results.append(result)
        if pthread_equal(thread, here) != 0 || pthread_equal(pthread_self(), here) == 0 {
          isHere = false
        }
        if results.count == 100 { loop.stop() }
      }
    }
    loop.run()
    #expect(results.sorted() == (0..<100).map { $0 * 2 })
    #expect(isHere)
  }

  @Test func `a job never waits while a thread may still be started`() throws {
    let loop = try EventLoop()
    let pool = WorkerPool(threads: 8, loop: loop)
    // Each job ends only when all eight run at once.
    let running = Counter()
    let deadline = EventLoop.clock() + 10_000
    var metAll = 0
    var left = 8
    for _ in 0..<8 {
      pool.submit({
        running.value.add(1, ordering: .relaxed)
        while running.value.load(ordering: .relaxed) < 8 && EventLoop.clock() < deadline {
          usleep(100)
        }
        return running.value.load(ordering: .relaxed) == 8
      }) { (hasMet: Bool) in
        if hasMet { metAll += 1 }
        left -= 1
        if left == 0 { loop.stop() }
      }
    }
    loop.run()
    #expect(metAll == 8)
  }

  @Test func `jobs that follow each other share one thread`() throws {
    let loop = try EventLoop()
    let pool = WorkerPool(threads: 8, loop: loop)
    var threads: Set<pthread_t> = []
    var left = 20
    func submit() {
      pool.submit({ pthread_self() }) { thread in
        threads.insert(thread)
        left -= 1
        if left == 0 { loop.stop() } else { submit() }
      }
    }
    submit()
    loop.run()
    #expect(threads.count == 1)
  }

  @Test func `the pool finishes what was submitted before it ends`() throws {
    let loop = try EventLoop()
    var pool: WorkerPool? = WorkerPool(threads: 1, loop: loop)
    var done = 0
    for _ in 0..<10 { pool?.submit({ usleep(100) }) { _ in done += 1 } }
    pool = nil
    loop.turn(limit: 0)
    #expect(done == 10)
  }
}
