/// The known name that a misspelt one most likely means.
public enum NearestName {
  /// - Returns: `nil` where nothing is near enough: more than a third of the letters differ.
  /// - Complexity: O(names · length²); for diagnostics only.
  public static func of(_ text: String, among names: some Sequence<String>) -> String? {
    let word = Bytes(text).asciiLowercased
    var best: (distance: Int, name: String)?
    for name in names {
      let limit = min(best.map { $0.distance - 1 } ?? .max, max(1, word.count / 3))
      guard let distance = distance(word, Bytes(name).asciiLowercased, limit: limit) else {
        continue
      }
      best = (distance, name)
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours; `nil` where more than `limit`.
  private static func distance(_ left: Bytes, _ right: Bytes, limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, byte) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(last[column] + (byte == other ? 0 : 1), last[column + 1] + 1)
        best = min(best, current[column] + 1)
        if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count] <= limit ? last[right.count] : nil
  }
}
