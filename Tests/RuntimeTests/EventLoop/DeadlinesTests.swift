import Testing

@testable import Runtime

private final class Nobody: TimerHandler {
  func timeout(tag: Int) {}
}

@Suite struct `A timer wheel` {
  /// Advances a wheel the way the loop does and notes when each tag fires.
  private func fired(_ deadlines: inout Deadlines, upTo end: UInt64) -> [UInt64: [Int]] {
    var result: [UInt64: [Int]] = [:]
    while let due = deadlines.next, due <= end {
      while let (_, tag) = deadlines.takeDue(now: due) { result[due, default: []].append(tag) }
    }
    return result
  }

  // Distances on both sides of each level's boundary (64^n), from starts that are not aligned.
  @Test(arguments: [0 as UInt64, 63, 4095, 123_456_789])
  func `each timer fires exactly at its time`(start: UInt64) {
    let handler = Nobody()
    var deadlines = Deadlines(now: start)
    var expected: [UInt64: [Int]] = [:]
    let distances: [UInt64] = [
      1, 2, 62, 63, 64, 65, 100, 4095, 4096, 4097, 10_000, 262_143, 262_144, 300_000, 3_600_000,
      16_777_216, 100_000_000, 1_073_741_824,
    ]
    for (tag, distance) in distances.enumerated() {
      expected[start + distance, default: []].append(tag)
      _ = deadlines.schedule(at: start + distance, handler, tag: tag)
    }
    let result = fired(&deadlines, upTo: start + 2_000_000_000)
    #expect(result == expected)
    #expect(deadlines.count == 0)
  }

  @Test func `timers of one time fire in the order they were made`() {
    let handler = Nobody()
    var deadlines = Deadlines(now: 10)
    for tag in 0..<5 { _ = deadlines.schedule(at: 500, handler, tag: tag) }
    let result = fired(&deadlines, upTo: 1000)
    #expect(result == [500: [0, 1, 2, 3, 4]])
  }

  @Test func `a cancelled timer does not fire and its id stays dead`() {
    let handler = Nobody()
    var deadlines = Deadlines(now: 0)
    let first = deadlines.schedule(at: 100, handler, tag: 1)
    _ = deadlines.schedule(at: 100, handler, tag: 2)
    deadlines.cancel(first)
    _ = deadlines.schedule(at: 100, handler, tag: 3)  // takes the place of the first
    deadlines.cancel(first)
    let result = fired(&deadlines, upTo: 1000)
    #expect(result == [100: [2, 3]])
  }

  @Test func `after a long sleep all due timers fire in order of time`() {
    let handler = Nobody()
    var deadlines = Deadlines(now: 0)
    for (tag, due) in [7000, 20, 90_000, 300, 5].enumerated() {
      _ = deadlines.schedule(at: UInt64(due), handler, tag: tag)
    }
    var tags: [Int] = []
    while let (_, tag) = deadlines.takeDue(now: 80_000) { tags.append(tag) }
    #expect(tags == [4, 1, 3, 0])
    #expect(deadlines.next != nil)
    #expect(deadlines.elapsed == 80_000)
  }

  @Test func `agrees with a sorted list over random operations`() {
    var random = SystemRandomNumberGenerator()
    let seed = random.next() as UInt64
    var generator = SplitMix(state: seed)
    let handler = Nobody()
    var deadlines = Deadlines(now: 1000)
    var now: UInt64 = 1000
    var expected: [(due: UInt64, tag: Int, id: TimerID)] = []
    for tag in 0..<5000 {
      let due = now + 1 + generator.next() % (1 << (generator.next() % 22))
      expected.append((due, tag, deadlines.schedule(at: due, handler, tag: tag)))
      if generator.next() % 3 == 0 {
        let victim = expected.remove(at: Int(generator.next() % UInt64(expected.count)))
        deadlines.cancel(victim.id)
      }
      if generator.next() % 4 == 0 {
        now += generator.next() % 5000
        var tags: [Int] = []
        while let (_, tag) = deadlines.takeDue(now: now) { tags.append(tag) }
        let due = expected.filter { $0.due <= now }.map(\.tag)
        #expect(Set(tags) == Set(due), "seed \(seed)")
        expected.removeAll { $0.due <= now }
        #expect(deadlines.count == expected.count, "seed \(seed)")
      }
    }
  }
}

/// A generator that repeats for a seed.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
