import Glibc
import RestrictionDSL

/// What all connections of one loop share.
public final class ConnectionHost {
  let loop: EventLoop
  let workers: WorkerPool
  let log: (any LogOutput)?

  /// Buffers of nobody, lent to the connection that reads or is stepped: an idle connection has none.
  var spareInput = ByteQueue()
  var spareOutput = ByteQueue()

  /// Open connections; told when one ends.
  private(set) var connectionCount = 0
  var connectionEnded: () -> Void = {}

  public init(loop: EventLoop, workers: WorkerPool, log: (any LogOutput)?) {
    self.loop = loop
    self.workers = workers
    self.log = log
  }

  /// Takes a buffer back that its user has emptied, unless it has grown out of proportion.
  ///
  /// What is left in a large one goes into one of its size, which stays with the user.
  static func takeBack(_ buffer: inout ByteQueue, into spare: inout ByteQueue) {
    if !buffer.isEmpty {
      guard buffer.reserved > 4 * buffer.count + 1024 else { return }
      var small = ByteQueue()
      buffer.withSpan { small.append($0) }
      swap(&buffer, &small)
      small.consume(small.count)
      if small.reserved <= spareLimit, spare.reserved == 0 { swap(&small, &spare) }
      return
    }
    guard buffer.reserved > 0 else { return }
    if buffer.reserved <= spareLimit { swap(&buffer, &spare) }
    buffer.release()
  }

  /// - Unit: bytes that one recv(2) may bring
  static let readSize = 65_536
  private static let spareLimit = 262_144

  func began() { connectionCount += 1 }

  func ended() {
    connectionCount -= 1
    connectionEnded()
  }

  /// Microseconds since 1970.
  static func wallClock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
