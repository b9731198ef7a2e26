import RestrictionDSL

/// The first matching rule for every address of one family, as a sorted list of intervals.
///
/// Rules with networks, negations and nested conditions only ever say "these intervals of
/// addresses", so first match is decided once for every elementary interval when the table is
/// opened; a lookup is one binary search.
///
/// - Complexity: n rules with bounded nesting make O(n) intervals in O(n log n); a lookup takes
///   O(log n) without allocation.
struct AddressIntervals<Address: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  /// Closed intervals in ascending order that do not touch.
  typealias Ranges = [ClosedRange<Address>]

  // Invariant: ascending, starts[0] == 0; rules[i] holds from starts[i] to before starts[i + 1].
  private var starts: [Address] = [0]
  private var rules: [Int32] = [-1]

  /// - Parameter active: for each rule in file order the addresses it holds for.
  init(_ active: [Ranges]) {
    var events: [(at: Address, rule: Int32, isStart: Bool)] = []
    for (rule, ranges) in active.enumerated() {
      for range in ranges {
        events.append((range.lowerBound, Int32(rule), true))
        if range.upperBound < .max { events.append((range.upperBound + 1, Int32(rule), false)) }
      }
    }
    events.sort { $0.at < $1.at }
    var isActive = [Bool](repeating: false, count: active.count)
    var open = RuleHeap()
    var index = 0
    while index < events.count {
      let at = events[index].at
      // Ends first: a rule may end and begin at one address.
      var next = index
      while next < events.count && events[next].at == at {
        if !events[next].isStart { isActive[Int(events[next].rule)] = false }
        next += 1
      }
      for event in events[index..<next] where event.isStart {
        isActive[Int(event.rule)] = true
        open.push(event.rule)
      }
      while let first = open.first, !isActive[Int(first)] { open.pop() }
      append(open.first ?? -1, from: at)
      index = next
    }
  }

  private mutating func append(_ rule: Int32, from start: Address) {
    if starts[starts.count - 1] == start {
      rules[rules.count - 1] = rule
    } else if rules[rules.count - 1] != rule {
      starts.append(start)
      rules.append(rule)
    }
  }

  /// Index of the first rule that matches; `nil` where none does.
  func firstRule(for address: Address) -> Int? {
    var low = 0
    var size = starts.count
    while size > 1 {
      let half = size / 2
      if starts[low + half] <= address { low += half }
      size -= half
    }
    return rules[low] < 0 ? nil : Int(rules[low])
  }

  /// Every rule that decides for some address.
  var deciding: Set<Int> { Set(rules.filter { $0 >= 0 }.map(Int.init)) }

  /// The first address of every run of addresses with the same rule.
  var firsts: [Address] { starts }

  /// The addresses that a pattern of `width` bits matches.
  static func ranges(first: Address, prefixLength: Int, negated: Bool) -> Ranges {
    let free = Address.bitWidth - prefixLength
    let last = free >= Address.bitWidth ? .max : first | ((1 << Address(free)) - 1)
    guard negated else { return [first...last] }
    var outside: Ranges = []
    if first > 0 { outside.append(0...(first - 1)) }
    if last < .max { outside.append((last + 1)...(.max)) }
    return outside
  }

  static func intersection(_ a: Ranges, _ b: Ranges) -> Ranges {
    var result: Ranges = []
    var i = 0
    var j = 0
    while i < a.count && j < b.count {
      let low = max(a[i].lowerBound, b[j].lowerBound)
      let high = min(a[i].upperBound, b[j].upperBound)
      if low <= high { result.append(low...high) }
      if a[i].upperBound < b[j].upperBound { i += 1 } else { j += 1 }
    }
    return result
  }
}

/// Smallest rule number first.
private struct RuleHeap {
  private var items: [Int32] = []

  var first: Int32? { items.first }

  mutating func push(_ item: Int32) {
    items.append(item)
    var child = items.count - 1
    while child > 0, items[child] < items[(child - 1) / 2] {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() {
    guard let last = items.popLast(), !items.isEmpty else { return }
    items[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < items.count else { return }
      if child + 1 < items.count && items[child + 1] < items[child] { child += 1 }
      guard items[child] < items[parent] else { return }
      items.swapAt(child, parent)
      parent = child
    }
  }
}
