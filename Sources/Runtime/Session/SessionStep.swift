import RestrictionDSL

/// Bytes that wait to be consumed, without shifting at every read.
public struct ByteQueue: Sendable {
  public private(set) var storage: Bytes = []
  /// Index of the first byte not consumed.
  public private(set) var start = 0

  public init() {}

  /// Number of bytes not consumed.
  public var count: Int { storage.count - start }
  public var isEmpty: Bool { start == storage.count }

  public mutating func append(_ bytes: some Sequence<UInt8>) { storage.append(contentsOf: bytes) }

  /// Removes `count` bytes at the front.
  public mutating func consume(_ count: Int) {
    start += count
    if start >= storage.count {
      storage.removeAll(keepingCapacity: true)
      start = 0
    } else if start > 65_536 && start > storage.count / 2 {
      storage.removeSubrange(..<start)
      start = 0
    }
  }

  /// Gives much memory back, and keeps what the next command needs; only for an empty queue.
  public mutating func release() {
    if isEmpty && storage.capacity > 256 {
      storage = []
      start = 0
    }
  }
}

/// What the owner of the socket lends to the session for one step.
public struct SessionIO: Sendable {
  /// Received, not yet consumed.
  public var input = ByteQueue()
  /// To be sent; the owner sends it before it waits for anything.
  public var output = ByteQueue()
  /// The client closed its side, or the connection broke. Input received before stays valid.
  public var inputEnded = false
  /// The time limit of the last ``SessionStep/read(timeLimit:)`` ran out. The session clears it.
  public var timedOut = false
  /// Monotonic clock.
  ///
  /// - Unit: milliseconds
  public var now: UInt64 = 0
  /// Wall clock.
  ///
  /// - Unit: microseconds since 1970
  public var wallClock: Int64 = 0

  public init() {}
}

/// What the owner of the socket does next for the session.
public enum SessionStep: Hashable, Sendable {
  /// Send the output, wait for input, call `step` again.
  ///
  /// - Unit: milliseconds; after them ``SessionIO/timedOut`` is set and `step` called.
  case read(timeLimit: UInt64)
  /// Send the output, find the answer, hand it to `receive(_:to:)`, call `step` again.
  case ask(Question)
  /// Send the output, then close.
  case close
  /// Close at once; unsent output is dropped.
  case abort
}
