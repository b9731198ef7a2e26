/// Numbered jobs in the order of their arrival, in an array that is used round and round.
struct JobRing {
  struct Item {
    let job: any BlockingJob
    /// See ``JobBoard``.
    let number: Int
  }

  private var items: [Item?] = Array(repeating: nil, count: 16)
  private var start = 0
  private var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ item: Item) {
    if count == items.count { grow() }
    // Invariant: the length is a power of two.
    items[(start &+ count) & (items.count - 1)] = item
    count += 1
  }

  /// Takes the oldest.
  mutating func popFirst() -> Item? {
    guard count > 0 else { return nil }
    let index = start
    start = (start &+ 1) & (items.count - 1)
    count -= 1
    return items[index].take()
  }

  private mutating func grow() {
    let ordered = Array(items[start...]) + Array(items[..<start])
    items = ordered + Array(repeating: nil, count: ordered.count)
    start = 0
  }
}
