import RestrictionDSL

/// Reads the rows of a table with exact keys, one after the other, and keeps what lint rules need.
///
/// - Complexity: 32 to 64 bytes of memory a row, none of its text.
public struct TableExaminer {
  private let uses: [TableUse]
  private let isIndexOnly: Bool
  private var content: TableContent
  private var collector = AnswerCollector()
  private var keys = KeySet()
  private var batch = Batch()
  private var hidden: [(key: Bytes, line: Int)] = []
  private var found: [String: Int] = [:]
  private let readsActions: Bool

  /// Rows that wait until there are some to be looked up together.
  private struct Batch {
    struct Row {
      let key: Range<Int>
      let value: Range<Int>
      let line: Int
    }

    var rows: [Row] = []
    var hashes: [UInt64] = []
    /// Keys and values.
    var text: Bytes = []
    static let size = 64

    mutating func removeAll() {
      rows.removeAll(keepingCapacity: true)
      hashes.removeAll(keepingCapacity: true)
      text.removeAll(keepingCapacity: true)
    }
  }

  /// Rows of one kind that are reported one by one.
  private static let limit = 5

  /// - Parameter file: the file with the rows, for ranges.
  /// - Parameter isIndexOnly: rows come from an indexed file without source: keys are as stored.
  public init(
    _ table: TableSpec, file: String?, uses: Set<TableUse>, isIndexOnly: Bool = false
  ) {
    self.uses = Array(uses)
    self.isIndexOnly = isIndexOnly
    readsActions = !uses.isEmpty && uses.allSatisfy(\.isAccess)
    content = TableContent(table, file: file)
  }

  /// Adds a row.
  ///
  /// - Parameter key: folded as the table folds it.
  public mutating func add(key: Bytes, value: ArraySlice<UInt8>, line: Int) {
    content.rowCount += 1
    let start = batch.text.count
    batch.text += key
    batch.text += value
    let end = start + key.count
    batch.rows.append(
      Batch.Row(key: start..<end, value: end..<batch.text.count, line: line))
    batch.hashes.append(KeySet.hash(key.span))
    if batch.rows.count == Batch.size { examineBatch() }
  }

  private mutating func examineBatch() {
    var batch = Batch()
    swap(&batch, &self.batch)
    keys.approach(batch.hashes)
    for (row, hash) in zip(batch.rows, batch.hashes) {
      examine(key: batch.text[row.key], hash, value: batch.text[row.value], line: row.line)
    }
    batch.removeAll()
    swap(&batch, &self.batch)
  }

  private mutating func examine(
    key: ArraySlice<UInt8>, _ hash: UInt64, value: ArraySlice<UInt8>, line: Int
  ) {
    if let first = keys.insert(hash, value.span, line) {
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

  private func deadReason(_ key: ArraySlice<UInt8>) -> DeadKey? {
    if isIndexOnly, key.contains(where: { $0.asciiLowercased != $0 }) { return .upperCase }
    var reason: DeadKey?
    for use in uses {
      // A key that some use can find is alive.
      guard let dead = use.deadReason(key) else { return nil }
      reason = dead
    }
    return reason
  }

  private mutating func report(_ reason: DeadKey, _ key: ArraySlice<UInt8>, _ line: Int) {
    if reason == .leadingDot {
      // Whether the domain itself is there shows at the end.
      if hidden.count < 1000 { hidden.append((Bytes(key), line)) }
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
    examineBatch()
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
