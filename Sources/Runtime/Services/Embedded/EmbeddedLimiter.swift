import RestrictionDSL
import Synchronization

/// A ``ConnectionLimiter`` in memory, shared by the event loops of one process.
public final class EmbeddedLimiter: ConnectionLimiter, Sendable {
  /// One client of one service.
  private struct Client {
    var connections = 0
    /// All rates count from here.
    var windowStart: UInt64
    var rates = InlineArray<6, Int>(repeating: 0)
    /// When it was last used.
    var lastUse: UInt64
  }

  private struct State: Sendable {
    var clients: [Bytes: Client] = [:]
    var nextSweep: UInt64 = 0
  }

  private let window: UInt64
  private let state = Mutex(State())

  /// - Parameter timeUnit: anvil_rate_time_unit. Unit: seconds.
  public init(timeUnit: Int) { window = UInt64(max(1, timeUnit)) * 1000 }

  /// Number of clients that are remembered.
  public var clientCount: Int { state.withLock { $0.clients.count } }

  public func count(
    _ event: LimitedEvent, of identity: Bytes, now: UInt64, book: inout AnswerBook
  ) -> LimitCounts? {
    state.withLock { state in
      sweep(&state, now: now)
      return update(&state.clients, event, identity, now)
    }
  }

  public func disconnect(_ identity: Bytes, now: UInt64) {
    state.withLock { state in
      guard var client = state.clients[identity], client.connections > 0 else { return }
      client.connections -= 1
      client.lastUse = now
      state.clients[identity] = client
    }
  }

  private func update(
    _ clients: inout [Bytes: Client], _ event: LimitedEvent, _ identity: Bytes, _ now: UInt64
  ) -> LimitCounts {
    let isUnknown = clients[identity] == nil
    var client = clients[identity] ?? Client(windowStart: now, lastUse: now)
    if now &- client.windowStart > window {
      client.windowStart = now
      client.rates = InlineArray(repeating: 0)
    }
    client.lastUse = now
    if event == .newTLSStatus {
      return LimitCounts(rate: client.rates[Int(LimitedEvent.newTLS.rawValue)])
    }
    if event == .connect || isUnknown {
      client.connections += 1
      if event != .connect { client.rates[Int(LimitedEvent.connect.rawValue)] += 1 }
    }
    client.rates[Int(event.rawValue)] += 1
    clients[identity] = client
    return LimitCounts(
      connections: client.connections, rate: client.rates[Int(event.rawValue)])
  }

  /// Forgets clients without connection whose time unit is over; at most once in a time unit.
  private func sweep(_ state: inout State, now: UInt64) {
    guard now >= state.nextSweep else { return }
    state.nextSweep = now + window
    state.clients = state.clients.filter {
      $0.value.connections > 0 || now &- $0.value.lastUse <= window
    }
  }
}
