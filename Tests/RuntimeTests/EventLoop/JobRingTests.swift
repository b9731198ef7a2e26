import Testing

@testable import Runtime

@Suite struct `A ring of jobs` {
  private final class Job: BlockingJob {
    func perform() {}
  }

  @Test func `gives jobs out in the order they came, also while it grows`() {
    var ring = JobRing()
    var taken: [Int] = []
    var next = 0
    for round in 0..<200 {
      for _ in 0..<(round % 7) {
        ring.append(JobRing.Item(job: Job(), number: next))
        next += 1
      }
      for _ in 0..<(round % 5) {
        if let item = ring.popFirst() { taken.append(item.number) }
      }
    }
    while let item = ring.popFirst() { taken.append(item.number) }
    #expect(next > 500)
    #expect(taken == Array(0..<next))
    #expect(ring.isEmpty)
  }
}
