/// "Did you mean": the known name nearest to a misspelt one.
public enum Suggestion {
  /// - Returns: the name with the fewest changed, missing, surplus or swapped letters; `nil` where the
  ///   nearest one differs in more than a third of its letters. Of equals the first one.
  /// - Complexity: O(names · length²); for diagnostics only.
  public static func nearest(_ name: String, among names: some Sequence<String>) -> String? {
    let text = Bytes(name).asciiLowercased
    var best: (name: String, distance: Int)?
    for candidate in names where candidate != name {
      let other = Bytes(candidate).asciiLowercased
      let limit = min(best.map { $0.distance - 1 } ?? Int.max, max(1, other.count / 3))
      guard abs(other.count - text.count) <= limit else { continue }
      let found = distance(text, other)
      if found <= limit { best = (candidate, found) }
    }
    return best?.name
  }

  /// Changes that make one text of the other; two neighbours that change places are one change.
  static func distance(_ left: Bytes, _ right: Bytes) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for column in 0..<right.count {
        let change = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(change, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
