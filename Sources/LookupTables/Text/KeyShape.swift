import RestrictionDSL

/// What folding and checking a key depends on, found in one pass.
struct KeyShape {
  /// An ASCII capital letter.
  private(set) var hasUpperCase = false

  /// A byte outside ASCII.
  private(set) var hasHighBytes = false

  init(_ key: Span<UInt8>) {
    var upper = false
    var high: UInt8 = 0
    for index in key.indices {
      let byte = key[index]
      high |= byte
      upper = upper || byte &- 65 < 26
    }
    hasUpperCase = upper
    hasHighBytes = high >= 0x80
  }
}
