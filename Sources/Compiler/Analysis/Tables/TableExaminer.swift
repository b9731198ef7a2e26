import RestrictionDSL

/// Reads the rows of a table with exact keys, one after the other, and keeps what lint rules need.
///
/// - Complexity: 16 bytes of memory a row, none of its text.
public struct TableExaminer {
  private let uses: Set<TableUse>
  private let isIndexOnly: Bool
  private var content: TableContent
  private var collector = AnswerCollector()
  private var keys = KeySet()
  private var hidden: [(key: Bytes, line: Int)] = []
  private var found: [String: Int] = [:]
  private let readsActions: Bool

  /// Rows of one kind that are reported one by one.
  private static let limit = 5

  /// - Parameter file: the file with the rows, for ranges.
  /// - Parameter isIndexOnly: rows come from an indexed file without source: keys are as stored.
  public init(
    _ table: TableSpec, file: String?, uses: Set<TableUse>, isIndexOnly: Bool = false
  ) {
    self.uses = uses
    self.isIndexOnly = isIndexOnly
    readsActions = !uses.isEmpty && uses.allSatisfy(\.isAccess)
    content = TableContent(table, file: file)
  }

  /// Adds a row.
  ///
  /// - Parameter key: folded as the table folds it.
  public mutating func add(key: Bytes, value: ArraySlice<UInt8>, line: Int) {
    content.rowCount += 1
    let first = keys.insert(key, value, line)
    if let first {
      if !first.isSame {
        report(
          .warning, "duplicate-key",
          "key '\(key.text)' has another value already in line \(first.line), which counts", line)
      }
      return
    }
    if readsActions { collector.add(value, key: key, line: isIndexOnly ? nil : line) }
    if let reason = deadReason(key) { report(reason, key, line) }
  }

  private func deadReason(_ key: Bytes) -> DeadKey? {
    if isIndexOnly, key.contains(where: { $0.asciiLowercased != $0 }) { return .upperCase }
    var reason: DeadKey?
    for use in uses {
      // A key that some use can find is alive.
      guard let dead = use.deadReason(key) else { return nil }
      reason = dead
    }
    return reason
  }

  private mutating func report(_ reason: DeadKey, _ key: Bytes, _ line: Int) {
    if reason == .leadingDot {
      // Whether the domain itself is there shows at the end.
      if hidden.count < 1000 { hidden.append((key, line)) }
      return
    }
    report(.warning, "dead-key", "key '\(key.text)' is never found: it \(reason.explanation)", line)
  }

  private mutating func report(
    _ severity: Diagnostic.Severity, _ id: String, _ message: String, _ line: Int
  ) {
    found[id, default: 0] += 1
    guard found[id, default: 0] <= TableExaminer.limit else { return }
    content.problems.append(
      TableContent.Problem(severity, id, message, line: isIndexOnly ? nil : line))
  }

  /// What was found.
  public consuming func finish() -> TableContent {
    for (key, line) in hidden where !keys.contains(Bytes(key.dropFirst())) {
      report(
        .warning, "dot-key",
        "key '\(key.text)' is never found: it \(DeadKey.leadingDot.explanation)",
        line)
    }
    content.answers = collector.answers
    for (id, count) in found.sorted(by: { $0.key < $1.key }) where count > TableExaminer.limit {
      content.problems.append(
        TableContent.Problem(
          .warning, id, "\(count - TableExaminer.limit) more rows like these", line: nil))
    }
    return content
  }
}

/// Keys that were seen, by their 64-bit hashes, with line and value of each.
///
/// Open addressing with linear probes; at most half of the slots are taken.
struct KeySet {
  private struct Slot {
    var hash: UInt64 = 0
    var value: UInt32 = 0
    var line: UInt32 = 0
  }

  private var slots: [Slot] = Array(repeating: Slot(), count: 1024)
  private var count = 0

  /// - Returns: where the key was seen first, and whether with the same value; `nil` for a new key.
  mutating func insert(
    _ key: Bytes, _ value: ArraySlice<UInt8>, _ line: Int
  ) -> (line: Int, isSame: Bool)? {
    if 2 * (count + 1) > slots.count { grow() }
    let hash = KeySet.hash(key[...])
    let valueHash = UInt32(truncatingIfNeeded: KeySet.hash(value))
    let index = place(of: hash)
    if slots[index].hash == hash {
      return (Int(slots[index].line), slots[index].value == valueHash)
    }
    slots[index] = Slot(hash: hash, value: valueHash, line: UInt32(clamping: line))
    count += 1
    return nil
  }

  func contains(_ key: Bytes) -> Bool {
    let hash = KeySet.hash(key[...])
    return slots[place(of: hash)].hash == hash
  }

  private func place(of hash: UInt64) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index].hash != 0 && slots[index].hash != hash { index = (index + 1) & mask }
    return index
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 4)
    for slot in old where slot.hash != 0 { slots[place(of: slot.hash)] = slot }
  }

  /// FNV-1a with its high half mixed in; never 0, which marks a free slot.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    bytes.withUnsafeBufferPointer { buffer in
      for byte in buffer { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    return (hash ^ hash >> 32) | 1
  }
}
