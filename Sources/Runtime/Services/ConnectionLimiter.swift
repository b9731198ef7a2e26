import RestrictionDSL

/// What a client does that may be limited.
public enum LimitedEvent: UInt8, Hashable, Sendable, CaseIterable {
  case connect, message, recipient, newTLS, auth
  /// Asks for the rate of new TLS sessions without counting one.
  case newTLSStatus
}

/// What the limiter knows after an event.
public struct LimitCounts: Hashable, Sendable {
  /// Open connections of the client; only for ``LimitedEvent/connect``.
  public var connections: Int
  /// Events of this kind in the current time unit.
  public var rate: Int

  public init(connections: Int = 0, rate: Int) {
    self.connections = connections
    self.rate = rate
  }
}

/// Counts what clients do: anvil(8).
///
/// - Source: facts smtp-session.md §9, postfix-ipc.md §6
public protocol ConnectionLimiter: AnyObject {
  /// Counts one event.
  ///
  /// - Parameters:
  ///   - identity: `service:address`
  ///   - now: monotonic milliseconds
  ///   - book: where an answer from another process is filed; a back end that has to wait throws
  ///     ``Suspension/ask(_:)`` and counts nothing before the answer is there.
  /// - Returns: `nil` where the service cannot be reached: there is no limit then.
  func count(
    _ event: LimitedEvent, of identity: Bytes, now: UInt64, book: inout AnswerBook
  ) throws(Suspension) -> LimitCounts?

  /// The client with a counted connection is gone.
  func disconnect(_ identity: Bytes, now: UInt64)
}
