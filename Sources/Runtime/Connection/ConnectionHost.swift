import Glibc
import RestrictionDSL

/// What all connections of one loop share.
public final class ConnectionHost {
  let loop: EventLoop
  let workers: WorkerPool
  let log: (any LogOutput)?

  /// Received bytes land here first, so that an idle connection needs no buffer.
  var readBuffer = Bytes(repeating: 0, count: 65_536)

  /// Buffers of nobody, lent to the connection that is being stepped.
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
  static func takeBack(_ buffer: inout ByteQueue, into spare: inout ByteQueue) {
    guard buffer.isEmpty, buffer.storage.capacity > 0 else { return }
    if buffer.storage.capacity <= spareLimit { swap(&buffer, &spare) }
    buffer.release()
  }

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
