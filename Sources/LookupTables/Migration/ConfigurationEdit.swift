import RestrictionDSL

/// Other words in the files of a configuration, and lines at their end.
public struct ConfigurationEdit: Sendable {
  /// One line as it was and as it becomes; `before` is `nil` for a new one.
  public struct Line: Hashable, Sendable {
    public let file: String
    /// 1-based.
    public let number: Int
    public let before: String?
    public let after: String
  }

  private let file: SourceFile
  private var words: [(place: SourceRange, before: Bytes, after: Bytes)] = []
  private var newLines: [Bytes] = []

  init(_ file: SourceFile) { self.file = file }

  var path: String { file.path }

  mutating func replace(_ before: String, with after: String, at place: SourceRange) {
    guard place.file == file.path, !words.contains(where: { $0.place == place }) else { return }
    words.append((place, Bytes(before), Bytes(after)))
  }

  mutating func append(_ line: String) {
    if !newLines.contains(Bytes(line)) { newLines.append(Bytes(line)) }
  }

  /// The lines that change, in order.
  public var lines: [Line] {
    var result: [Line] = []
    let after = changedLines()
    for (number, text) in after.sorted(by: { $0.key < $1.key }) {
      guard let old = file.line(number) else { continue }
      result.append(Line(file: path, number: number, before: old.text, after: text.text))
    }
    let count = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
    for (index, line) in newLines.enumerated() {
      result.append(Line(file: path, number: count + index, before: nil, after: line.text))
    }
    return result
  }

  /// The whole file with all changes.
  public var bytes: Bytes {
    let after = changedLines()
    var lines = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Bytes.init)
    for (number, text) in after where number <= lines.count { lines[number - 1] = text }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return Bytes((lines + newLines).map { $0 + [0x0A] }.joined())
  }

  /// By number.
  private func changedLines() -> [Int: Bytes] {
    var result: [Int: Bytes] = [:]
    // From the right, so that the columns in front stay what they are.
    for word in words.sorted(by: { $0.place.column > $1.place.column }) {
      guard var line = result[word.place.line] ?? file.line(word.place.line).map({ Bytes($0) }),
        let start = ConfigurationEdit.offset(ofColumn: word.place.column, in: line),
        line[start...].starts(with: word.before)
      else { continue }
      line.replaceSubrange(start..<start + word.before.count, with: word.after)
      result[word.place.line] = line
    }
    return result
  }

  /// Columns count characters.
  private static func offset(ofColumn column: Int, in line: Bytes) -> Int? {
    var current = 0
    for index in line.indices where line[index] & 0xC0 != 0x80 {
      current += 1
      if current == column { return index }
    }
    return nil
  }
}
