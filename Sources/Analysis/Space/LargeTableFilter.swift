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
  private var values = ValueNumbers()
  private var seen: Set<Form> = []
  /// Forms met last, without findings: of a million keys nearly all have one of a few.
  private var recent: [Form?] = Array(repeating: nil, count: 256)
  /// Which lengths and first, middle and last bytes the known words have: most parts are told apart by that.
  private var marks = Array(repeating: false, count: 1 << 16)
  private let traits = LargeTableFilter.traits

  private struct Form: Hashable {
    /// Its number.
    let value: Int
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
    for word in known where !word.isEmpty { marks[LargeTableFilter.mark(word.span)] = true }
    pieces = collector.cuts.starts
  }

  mutating func keeps(
    _ key: Span<UInt8>, _ value: Span<UInt8>, isAboutClients: Bool
  ) -> Bool {
    var piece = 0
    if isAboutClients {
      if let address = LargeTableFilter.v4(key) {
        piece = pieces.partitioningIndex { $0 > address }
      } else if AddressRange.isPossible(key), AddressRange(key: Bytes(copying: key)) != nil {
        return true
      }
    }
    var findings: [Finding] = []
    if isKnown(key, &findings) { return true }
    let form = Form(
      value: values.number(of: value) ?? -1, shape: shape(key), piece: piece,
      findings: findings)
    guard findings.isEmpty else { return seen.insert(form).inserted }
    let place = (form.value &* 31 &+ piece &* 7 &+ Int(form.shape)) & (recent.count - 1)
    if let known = recent[place], known == form { return false }
    recent[place] = form
    return seen.insert(form).inserted
  }

  /// Whether the key, or a part of it that is looked up by itself, stands in a small table or list too.
  ///
  /// - Parameter findings: gets what other large tables say.
  private func isKnown(_ key: Span<UInt8>, _ findings: inout [Finding]) -> Bool {
    var number = 0
    func check(_ range: Range<Int>) -> Bool {
      number += 1
      let part = key.extracting(range)
      guard marks[LargeTableFilter.mark(part)] || !others.isEmpty else { return false }
      if known.contains(Bytes(copying: part)) { return true }
      for (index, other) in others.enumerated() {
        do {
          if let value = try other.value(for: part) {
            findings.append(Finding(table: index, part: number, value: value))
          }
        } catch {
          // Nobody knows what such a table says.
          return true
        }
      }
      return false
    }
    let end = key.count
    if check(0..<end) { return true }
    var start = 0
    if let at = LargeTableFilter.lastAt(key) {
      if at > 0, check(0..<at) || check(0..<at + 1) { return true }
      if check(at..<end) { return true }
      start = at + 1
      if start < end, check(start..<end) { return true }
    }
    for index in start..<end where key[index] == 0x2E {
      if check(index..<end) { return true }
      if index + 1 < end, check(index + 1..<end) { return true }
    }
    return false
  }

  private static func lastAt(_ key: Span<UInt8>) -> Int? {
    var index = key.count - 1
    while index >= 0 {
      if key[index] == 0x40 { return index }
      index -= 1
    }
    return nil
  }

  private static func mark(_ word: Span<UInt8>) -> Int {
    guard !word.isEmpty else { return 0 }
    let (first, last) = (Int(word[0]), Int(word[word.count - 1]))
    let middle = Int(word[word.count / 2])
    return (word.count &* 8191 &+ first &* 131 &+ middle &* 1021 &+ last) & 0xFFFF
  }

  /// What a byte says of the text that it stands in.
  private struct Traits: OptionSet {
    let rawValue: UInt8
    static let high = Traits(rawValue: 1)
    /// Neither letter, digit, dot nor at sign.
    static let odd = Traits(rawValue: 2)
    static let dot = Traits(rawValue: 4)
    /// Neither digit nor dot.
    static let text = Traits(rawValue: 8)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(of byte: UInt8) {
      self = []
      if byte >= 128 { insert(.high) }
      if byte == 0x2E { insert(.dot) } else if !byte.isASCIIDigit { insert(.text) }
      if byte != 0x2E, byte != 0x40, !byte.isASCIIDigit, !byte.isASCIILetter { insert(.odd) }
    }
  }

  private static let traits = (UInt8.min...UInt8.max).map { Traits(of: $0).rawValue }

  /// What the bytes of a part say together: a table may have a million keys.
  private func traits(of key: Span<UInt8>, in part: Range<Int>) -> Traits {
    var all: UInt8 = 0
    for index in part { all |= traits[Int(key[index])] }
    return Traits(rawValue: all)
  }

  /// What the form of a key tells.
  private func shape(_ key: Span<UInt8>) -> UInt16 {
    var shape: UInt16 = 0
    var start = 0
    if let at = LargeTableFilter.lastAt(key) {
      start = at + 1
      shape |= 1
      if start == 1 { shape |= 2 }
      if start == key.count { shape |= 4 }
      let local = traits(of: key, in: 0..<at)
      if local.contains(.odd) { shape |= 128 }
      if local.contains(.high) { shape |= 256 }
    }
    let domain = traits(of: key, in: start..<key.count)
    if domain.contains(.high) { shape |= 256 }
    if domain.contains(.dot) { shape |= 8 }
    if !domain.contains(.text) { shape |= 512 }
    if start < key.count {
      if DomainName.isValidHostname(key.extracting(start..<key.count)) { shape |= 16 }
      if key[start] == 0x2E { shape |= 32 }
      if key[start] == 0x5B { shape |= 64 }
    }
    return shape
  }

  /// A complete IPv4 address, the usual key of a large client table.
  private static func v4(_ key: Span<UInt8>) -> UInt32? {
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
