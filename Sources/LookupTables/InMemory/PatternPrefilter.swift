import RestrictionDSL

/// Which rules of a pattern table can match a key at all: one pass over the key.
///
/// An Aho-Corasick automaton over the literals that the patterns require. Both cases of a letter
/// are one input class.
struct PatternPrefilter {
  private var classes = [UInt8](repeating: 0, count: 256)
  private var width = 1
  // Row by row; the high bit of a transition says that the target completes a literal.
  private var next: [UInt32] = []
  // For each state the rules whose literal ends there, its suffixes included.
  private var outputStart: [UInt32] = []
  private var outputs: [UInt32] = []
  // Bit per rule: no literal is known, so the rule always runs.
  private let always: [UInt64]
  // For each rule the sets that are not in the automaton: asked when the rule is a candidate.
  private var further: [[RequiredLiterals.Alternatives]] = []

  /// Rules per word of a bit set.
  private static let wordBits = 64
  /// Transitions at most; longer literals are cut until the automaton is smaller.
  private static let sizeLimit = 2_000_000
  private static let flag: UInt32 = 1 << 31

  /// - Parameter rules: for each rule the sets of literals of ``RequiredLiterals``.
  init(_ rules: [[RequiredLiterals.Alternatives]]) {
    var uses: [Bytes: Int] = [:]
    for rule in rules {
      for literal in Set(rule.joined()) { uses[literal, default: 0] += 1 }
    }
    var always = [UInt64](repeating: 0, count: (rules.count + 63) / 64)
    var chosen: [(literal: Bytes, rule: Int)] = []
    for (index, rule) in rules.enumerated() {
      // The set that the fewest other rules need, then the longest.
      func rank(_ set: RequiredLiterals.Alternatives) -> (Int, Int) {
        (set.reduce(0) { $0 + (uses[$1] ?? 0) }, -(set.map(\.count).min() ?? 0))
      }
      let usable = rule.filter { !$0.isEmpty && $0.allSatisfy { !$0.isEmpty } }
        .sorted { rank($0) < rank($1) }
      further.append(Array(usable.dropFirst().prefix(3)))
      guard let best = usable.first else {
        always[index / 64] |= 1 << UInt64(index % 64)
        continue
      }
      chosen += best.map { ($0, index) }
    }
    self.always = always
    var length = 24
    while true {
      build(chosen.map { ($0.literal.suffix(length), $0.rule) })
      if next.count <= PatternPrefilter.sizeLimit || length <= 3 { break }
      length -= 3
    }
  }

  private mutating func build(_ literals: [(text: ArraySlice<UInt8>, rule: Int)]) {
    assignClasses(literals.map(\.text))
    next = [UInt32](repeating: 0, count: width)
    var rules: [[UInt32]] = [[]]
    for (text, rule) in literals {
      var state = 0
      for byte in text {
        let slot = state * width + Int(classes[Int(byte)])
        if next[slot] == 0 {
          next[slot] = UInt32(rules.count)
          rules.append([])
          next += repeatElement(0, count: width)
        }
        state = Int(next[slot])
      }
      rules[state].append(UInt32(rule))
    }
    complete(&rules)
  }

  /// Breadth first: every missing transition becomes that of the longest proper suffix.
  private mutating func complete(_ rules: inout [[UInt32]]) {
    var suffix = [Int](repeating: 0, count: rules.count)
    var queue: [Int] = (0..<width).map { Int(next[$0]) }.filter { $0 != 0 }
    var head = 0
    while head < queue.count {
      let state = queue[head]
      head += 1
      rules[state] += rules[suffix[state]]
      for input in 0..<width {
        let slot = state * width + input
        let other = next[suffix[state] * width + input]
        if next[slot] == 0 {
          next[slot] = other
        } else {
          suffix[Int(next[slot])] = Int(other)
          queue.append(Int(next[slot]))
        }
      }
    }
    outputStart = [0]
    outputs = []
    for list in rules {
      outputs += list
      outputStart.append(UInt32(outputs.count))
    }
    for slot in next.indices {
      let target = Int(next[slot])
      // Targets are stored as row starts, so that a step is one addition.
      let row = UInt32(target * width)
      next[slot] = rules[target].isEmpty ? row : row | PatternPrefilter.flag
    }
  }

  private mutating func assignClasses(_ texts: [ArraySlice<UInt8>]) {
    classes = [UInt8](repeating: 0, count: 256)
    var count = 1
    for byte in Set(texts.joined()).sorted() where count < 256 {
      classes[Int(byte)] = UInt8(count)
      count += 1
    }
    width = count
    for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") {
      classes[Int(letter)] = classes[Int(letter.asciiLowercased)]
    }
  }

  /// Whether the other literals of a candidate are in the key as well.
  ///
  /// - Complexity: only for candidates, which are few; short keys and literals.
  func holdsFurther(_ rule: Int, _ key: Span<UInt8>) -> Bool {
    for set in further[rule] where !set.contains(where: { isPart($0, of: key) }) { return false }
    return true
  }

  /// Both cases of a letter are the same.
  private func isPart(_ literal: Bytes, of key: Span<UInt8>) -> Bool {
    guard literal.count <= key.count else { return false }
    for start in 0...(key.count - literal.count) {
      var length = 0
      while length < literal.count,
        key[start + length].asciiLowercased == literal[length]
      { length += 1 }
      if length == literal.count { return true }
    }
    return false
  }

  /// Sets the bit of every rule that can match.
  ///
  /// - Parameter candidates: one bit per rule; what it held before is lost.
  func scan(_ key: Span<UInt8>, into candidates: inout [UInt64]) {
    if candidates.count != always.count { candidates = always }
    for word in always.indices { candidates[word] = always[word] }
    var row = 0
    for index in key.indices {
      let target = next[row + Int(classes[Int(key[index])])]
      row = Int(target & ~PatternPrefilter.flag)
      guard target & PatternPrefilter.flag != 0 else { continue }
      let state = row / width
      for output in outputStart[state]..<outputStart[state + 1] {
        let rule = Int(outputs[Int(output)])
        candidates[rule >> 6] |= 1 << UInt64(rule & 63)
      }
    }
  }
}
