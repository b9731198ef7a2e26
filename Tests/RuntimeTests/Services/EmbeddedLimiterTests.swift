import RestrictionDSL
import Testing

@testable import Runtime

/// - Source: facts postfix-ipc.md §6
@Suite struct EmbeddedLimiterTests {
  private let limiter = EmbeddedLimiter(timeUnit: 60)

  private func count(_ event: LimitedEvent, _ client: String, at now: UInt64) -> [Int] {
    var book = AnswerBook()
    let counts = limiter.count(event, of: Bytes(client), now: now, book: &book)
    return [counts?.connections ?? -1, counts?.rate ?? -1]
  }

  @Test func `counts connections and rates for each client`() {
    #expect(count(.connect, "smtp:a", at: 0) == [1, 1])
    #expect(count(.connect, "smtp:a", at: 1) == [2, 2])
    #expect(count(.connect, "smtp:b", at: 1) == [1, 1])
    #expect(count(.message, "smtp:a", at: 2)[1] == 1)
    #expect(count(.message, "smtp:a", at: 3)[1] == 2)
    #expect(count(.recipient, "smtp:a", at: 3)[1] == 1)
    limiter.disconnect(Bytes("smtp:a"), now: 4)
    #expect(count(.connect, "smtp:a", at: 5) == [2, 3])
  }

  @Test func `starts all rates anew after the time unit`() {
    #expect(count(.connect, "c", at: 0) == [1, 1])
    #expect(count(.auth, "c", at: 60_000)[1] == 1)
    #expect(count(.auth, "c", at: 60_001)[1] == 1)
    #expect(count(.connect, "c", at: 60_002) == [2, 1])
  }

  /// An event of an unknown client is a connection too.
  @Test func `takes an unknown client for connected`() {
    #expect(count(.message, "d", at: 0) == [1, 1])
    #expect(count(.connect, "d", at: 1) == [2, 2])
  }

  @Test func `asks without counting`() {
    #expect(count(.newTLS, "e", at: 0)[1] == 1)
    #expect(count(.newTLSStatus, "e", at: 1)[1] == 1)
    #expect(count(.newTLSStatus, "e", at: 2)[1] == 1)
  }

  @Test func `forgets clients that are gone`() {
    for index in 0..<100 { _ = count(.connect, "x\(index)", at: 0) }
    for index in 0..<99 { limiter.disconnect(Bytes("x\(index)"), now: 10) }
    _ = count(.connect, "y", at: 200_000)
    #expect(limiter.clientCount == 2)
  }
}
