import LookupTables
import RestrictionDSL

/// Which keys of a large table stand for themselves.
///
/// Two keys with one value and one form of which other large tables say the same, and no other table or list
/// knows any part, cannot be told apart by a policy.
struct LargeTableFilter {
  private let known: Set<Bytes>
  private let others: [OpenTable]
  private let pieces: [UInt32]
  private var seen: Set<Form> = []
  /// Which lengths, first and last bytes the known words have: most parts are told apart by that.
  private var marks = Array(repeating: false, count: 1 << 16)

  private struct Form: Hashable {
    let value: Bytes
    let shape: UInt16
    let piece: Int
    let findings: [Finding]
  }

  /// What another large table says of a part of a key.
  private struct Finding: Hashable {
    let table: Int
    /// How many parts come before it.
    let part: Int
    let value: Bytes
  }

  init(_ collector: KeyCollector, others: [OpenTable]) {
    var known = collector.clientNames.union(collector.helos)
    for keys in [collector.sender, collector.recipient] {
      known.formUnion(keys.addresses)
      known.formUnion(keys.locals)
      known.formUnion(keys.domains)
    }
    for word in ["postmaster", "mailer-daemon", "double-bounce", "abuse"] {
      known.insert(Bytes(word))
    }
    self.known = known
    self.others = others
    for word in known where !word.isEmpty { marks[LargeTableFilter.mark(word[...])] = true }
    pieces = collector.cuts.starts
  }

  mutating func keeps(_ key: Bytes, _ value: Bytes, isAboutClients: Bool) -> Bool {
    var piece = 0
    if isAboutClients {
      if let address = LargeTableFilter.v4(key) {
        piece = pieces.partitioningIndex { $0 > address }
      } else if AddressRange(key: key) != nil {
        return true
      }
    }
    var findings: [Finding] = []
    if isKnown(key, &findings) { return true }
    let form = Form(
      value: value, shape: LargeTableFilter.shape(key), piece: piece, findings: findings)
    return seen.insert(form).inserted
  }

  /// Whether the key, or a part of it that is looked up by itself, stands in a small table or list too.
  ///
  /// - Parameter findings: gets what other large tables say.
  private func isKnown(_ key: Bytes, _ findings: inout [Finding]) -> Bool {
    var number = 0
    func check(_ part: ArraySlice<UInt8>) -> Bool {
      number += 1
      guard marks[LargeTableFilter.mark(part)] || !others.isEmpty else { return false }
      let part = Bytes(part)
      if known.contains(part) { return true }
      for (index, other) in others.enumerated() {
        do {
          if let value = try other.value(for: part.span) {
            findings.append(Finding(table: index, part: number, value: value))
          }
        } catch {
          // Nobody knows what such a table says.
          return true
        }
      }
      return false
    }
    if check(key[...]) { return true }
    var start = 0
    if let at = key.lastIndex(of: 0x40) {
      if at > 0, check(key[..<at]) || check(key[...at]) { return true }
      if check(key[at...]) { return true }
      start = at + 1
      if start < key.count, check(key[start...]) { return true }
    }
    for index in start..<key.count where key[index] == 0x2E {
      if check(key[index...]) { return true }
      if index + 1 < key.count, check(key[(index + 1)...]) { return true }
    }
    return false
  }

  private static func mark(_ word: ArraySlice<UInt8>) -> Int {
    guard let first = word.first, let last = word.last else { return 0 }
    return (word.count &* 8191 &+ Int(first) &* 131 &+ Int(last)) & 0xFFFF
  }

  /// What the form of a key tells, in one pass: a table may have a million of them.
  private static func shape(_ key: Bytes) -> UInt16 {
    var shape: UInt16 = 0
    var start = 0
    var isOddLocal = false
    var isOdd = false
    var hasDot = false
    var isNumeric = true
    for index in 0..<key.count {
      let byte = key[index]
      if byte >= 128 { shape |= 256 }
      if byte == 0x40 {
        shape |= 1
        start = index + 1
        isOddLocal = isOddLocal || isOdd
        (isOdd, hasDot, isNumeric) = (false, false, true)
        continue
      }
      if byte == 0x2E { hasDot = true } else if !byte.isASCIIDigit { isNumeric = false }
      if byte != 0x2E, !byte.isASCIIDigit, !byte.isASCIILetter { isOdd = true }
    }
    if shape & 1 == 1, start == 1 { shape |= 2 }
    if shape & 1 == 1, start == key.count { shape |= 4 }
    if hasDot { shape |= 8 }
    if isNumeric { shape |= 512 }
    if isOddLocal { shape |= 128 }
    if start < key.count {
      if DomainName.isValidHostname(key.span.extracting(start..<key.count)) { shape |= 16 }
      if key[start] == 0x2E { shape |= 32 }
      if key[start] == 0x5B { shape |= 64 }
    }
    return shape
  }

  /// A complete IPv4 address, the usual key of a large client table.
  private static func v4(_ key: Bytes) -> UInt32? {
    var value: UInt32 = 0
    var field: UInt32 = 0
    var digits = 0
    var fields = 0
    for index in 0..<key.count {
      let byte = key[index]
      if byte == 0x2E {
        guard digits > 0, fields < 3 else { return nil }
        value = value << 8 | field
        (field, digits, fields) = (0, 0, fields + 1)
      } else {
        guard byte.isASCIIDigit, digits < 3, digits == 0 || field > 0 else { return nil }
        field = field * 10 + UInt32(byte - 0x30)
        guard field < 256 else { return nil }
        digits += 1
      }
    }
    return fields == 3 && digits > 0 ? value << 8 | field : nil
  }
}

extension Array {
  /// Index of the first element for which a test holds that holds for all behind it.
  func partitioningIndex(where test: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if test(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
