import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `The filter of recipients` {
  private func entry(_ address: String, notify: Int = 0) -> RecipientFilter.Entry {
    RecipientFilter.Entry(
      address: Bytes(address), original: Bytes(address), envelope: Bytes("rfc822;\(address)"),
      notify: notify)
  }

  // Source: facts queue-file.md §4: compared case-insensitively, the first spelling stays. Few
  // recipients are compared, many are looked up: both must say the same.
  @Test(arguments: [2, 9, 10, 40])
  func `keeps each out that is there`(count: Int) {
    var filter = RecipientFilter()
    for round in 0..<2 {
      for number in 0..<count {
        let name = round == 0 ? "user\(number)@example.com" : "USER\(number)@example.com"
        let isNew = filter.isNew(entry(name), comparesOriginals: true, limit: 1000)
        #expect(isNew == (round == 0), "\(name)")
      }
    }
    let other = filter.isNew(
      entry("user0@example.com", notify: 1), comparesOriginals: true, limit: 1000)
    #expect(other)
  }

  // Source: postconf(5) enable_original_recipient.
  @Test func `looks at the address alone without originals`() {
    var filter = RecipientFilter()
    let results = [entry("a@b.c"), entry("a@b.c", notify: 1), entry("d@b.c")].map {
      filter.isNew($0, comparesOriginals: false, limit: 1000)
    }
    #expect(results == [true, false, true])
  }

  // Source: postconf(5) duplicate_filter_limit.
  @Test(arguments: [(2, [true, true, true, true, false]), (3, [true, true, true, false, false])])
  func `remembers no more than its limit`(limit: Int, expected: [Bool]) {
    var filter = RecipientFilter()
    let results = ["a", "b", "c", "c", "a"].map {
      filter.isNew(entry($0), comparesOriginals: true, limit: limit)
    }
    #expect(results == expected)
  }
}
