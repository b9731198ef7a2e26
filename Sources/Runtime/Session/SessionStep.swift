/// What the owner of the socket lends to the session for one step.
public struct SessionIO: ~Copyable, Sendable {
  /// Received, not yet consumed.
  public var input = ByteQueue()
  /// To be sent; the owner sends it before it waits for the client.
  public var output = ByteQueue()
  /// The output does not wait for the end of a pipelined group: the client was kept waiting for it.
  public var isUrgent = false
  /// The client closed its side, or the connection broke.
  ///
  /// Input received before stays valid.
  public var inputEnded = false
  /// The time limit of the last ``SessionStep/read(timeLimit:)`` ran out.
  ///
  /// The session clears it.
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
  /// Send the output where that is urgent, find the answer, hand it to `receive(_:to:)`, call `step` again.
  case ask(Question)
  /// Send the output, then close.
  case close
  /// Close at once; unsent output is dropped.
  case abort
}
