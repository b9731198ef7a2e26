import Compiler
import RestrictionDSL
import Runtime

/// A set of sessions: for each dimension the classes that are in it, and which answers others give.
struct Region: Hashable, Sendable {
  /// Indices into the space, ascending, one list for each ``Dimension``.
  var classes: [[Int]]
  /// Possible answers, for what was asked; everything else is open.
  var answers: [OracleKey: [Int]] = [:]

  init(_ space: SessionSpace) {
    classes = Dimension.allCases.map { Array(0..<space.count($0)) }
  }

  subscript(dimension: Dimension) -> [Int] {
    get { classes[Int(dimension.rawValue)] }
    set { classes[Int(dimension.rawValue)] = newValue }
  }

  /// One session of it.
  var first: [Int] { classes.map { $0[0] } }

  /// Number of sessions, answers not counted; saturates.
  var count: Int {
    classes.reduce(1) { product, list in
      let (value, overflow) = product.multipliedReportingOverflow(by: list.count)
      return overflow ? Int.max : value
    }
  }

  /// The union of two sets where it is one region: they differ in one dimension or one answer only.
  func union(_ other: Region) -> Region? {
    var different: Int?
    for index in classes.indices where classes[index] != other.classes[index] {
      guard different == nil else { return nil }
      different = index
    }
    if let different {
      guard answers == other.answers else { return nil }
      var merged = self
      merged.classes[different] = Region.merged(classes[different], other.classes[different])
      return merged
    }
    if answers == other.answers { return self }
    var key: OracleKey?
    for candidate in Set(answers.keys).union(other.answers.keys)
    where answers[candidate] != other.answers[candidate] {
      guard key == nil else { return nil }
      key = candidate
    }
    guard let key else { return self }
    var merged = self
    guard let mine = answers[key], let others = other.answers[key] else {
      // One of them leaves the answer open: so does the union.
      merged.answers[key] = nil
      return merged
    }
    merged.answers[key] = Region.merged(mine, others)
    return merged
  }

  /// The sessions of both sets; `nil` where there are none.
  func intersection(_ other: Region) -> Region? {
    var common = self
    for index in classes.indices where classes[index] != other.classes[index] {
      let both = Region.common(classes[index], other.classes[index])
      guard !both.isEmpty else { return nil }
      common.classes[index] = both
    }
    for (key, possible) in other.answers {
      guard let mine = answers[key] else {
        common.answers[key] = possible
        continue
      }
      let both = Region.common(mine, possible)
      guard !both.isEmpty else { return nil }
      common.answers[key] = both
    }
    return common
  }

  private static func common(_ left: [Int], _ right: [Int]) -> [Int] {
    var result: [Int] = []
    var (one, two) = (0, 0)
    while one < left.count, two < right.count {
      let (mine, other) = (left[one], right[two])
      if mine == other { result.append(mine) }
      if mine <= other { one += 1 }
      if other <= mine { two += 1 }
    }
    return result
  }

  /// Both ascending lists in one, each number once.
  private static func merged(_ left: [Int], _ right: [Int]) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(left.count + right.count)
    var (one, two) = (0, 0)
    while one < left.count, two < right.count {
      let (mine, other) = (left[one], right[two])
      result.append(min(mine, other))
      if mine <= other { one += 1 }
      if other <= mine { two += 1 }
    }
    return result + left[one...] + right[two...]
  }

  /// Answers that nobody would take for granted.
  var surprises: [(OracleKey, Int)] {
    answers.keys.sorted().compactMap { key in
      guard let possible = answers[key], let first = possible.first, first != 0 else { return nil }
      return (key, first)
    }
  }
}
