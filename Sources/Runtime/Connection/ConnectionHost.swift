import Glibc
import LookupTables
import RestrictionDSL

/// What all connections of one loop share.
public final class ConnectionHost {
  let loop: EventLoop
  let workers: WorkerPool
  /// For commits that ask tables: as many at a time as a table has connections.
  private(set) lazy var mappingWorkers = WorkerPool(threads: 8, loop: loop)

  /// Of the tables that this loop asks.
  let locks = HeldLocks()

  /// Buffers of nobody, lent to the connection that reads or is stepped: an idle connection has none.
  var spareInput = ByteQueue()
  var spareOutput = ByteQueue()

  /// Open connections; told when one ends.
  private(set) var connectionCount = 0
  var connectionEnded: () -> Void = {}

  public init(loop: EventLoop, workers: WorkerPool, log: (any LogOutput)?) {
    self.loop = loop
    self.workers = workers
    loop.turnEnded = { [locks] in
      locks.giveBack()
      // One write for all lines of a turn.
      log?.flush()
    }
  }

  /// Takes a buffer back that its user has emptied, unless it has grown out of proportion.
  ///
  /// What is left in a large one goes into one of its size, which stays with the user.
  @inline(__always)
  static func takeBack(_ buffer: inout ByteQueue, into spare: inout ByteQueue) {
    guard buffer.reserved > 0 else { return }
    if buffer.isEmpty && spare.reserved == 0 && buffer.reserved <= spareLimit {
      swap(&buffer, &spare)
    } else {
      shrink(&buffer, into: &spare)
    }
  }

  @inline(never)
  private static func shrink(_ buffer: inout ByteQueue, into spare: inout ByteQueue) {
    if buffer.isEmpty { return buffer.release() }
    guard buffer.reserved > 4 * buffer.count + 1024 else { return }
    var large = ByteQueue()
    swap(&buffer, &large)
    large.withSpan { buffer.append($0) }
    large.consume(large.count)
    takeBack(&large, into: &spare)
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
