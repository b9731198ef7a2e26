/// A change that mends a finding without changing anything else that the administrator meant.
public struct FixIt: Hashable, Sendable {
  /// Text that takes the place of other text in one physical line.
  public struct Edit: Hashable, Sendable {
    public let file: String
    /// 1-based.
    public let line: Int
    /// 1-based, counted in characters.
    public let column: Int
    /// Characters to remove; 0 to insert only.
    public let length: Int
    /// May contain line ends.
    public let text: String

    public init(file: String, line: Int, column: Int, length: Int, text: String) {
      self.file = file
      self.line = line
      self.column = column
      self.length = length
      self.text = text
    }

    /// Puts a text in the place of a range.
    public static func replacing(_ range: SourceRange, with text: String) -> Edit {
      Edit(
        file: range.file, line: range.line, column: range.column, length: range.length, text: text)
    }

    /// Inserts behind a range.
    public static func appending(_ text: String, to range: SourceRange) -> Edit {
      Edit(
        file: range.file, line: range.line, column: range.column + range.length, length: 0,
        text: text)
    }
  }

  /// What it does, in the imperative: `write 'reject'`.
  public let message: String
  public let edits: [Edit]
  /// Indexed tables to build anew from their source, after the edits.
  public let rebuilds: [TableSpec]

  public init(_ message: String, edits: [Edit] = [], rebuilds: [TableSpec] = []) {
    self.message = message
    self.edits = edits
    self.rebuilds = rebuilds
  }

  /// `write 'NAME'` in the place of a word.
  ///
  /// - Parameter old: the word; where a `$name` is part of it, its place is not all of it, and there
  ///   is no change to offer.
  public static func writing(_ text: String, for old: String, at range: SourceRange?) -> FixIt? {
    guard let range, range.line > 0, range.file != "-o", range.length == old.unicodeScalars.count
    else { return nil }
    return FixIt("write '\(text)'", edits: [.replacing(range, with: text)])
  }
}

extension SourceFile {
  /// The file with edits made.
  ///
  /// Of two edits that overlap the first one in the list is made; edits of other files and edits
  /// behind the end of a line are left out.
  public func applying(_ edits: [FixIt.Edit]) -> SourceFile {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Bytes.init)
    var accepted: [(line: Int, range: Range<Int>, text: Bytes)] = []
    for edit in edits where edit.file == path && lines.indices.contains(edit.line - 1) {
      let line = lines[edit.line - 1]
      guard let start = SourceFile.offset(ofColumn: edit.column, in: line),
        let end = SourceFile.offset(ofColumn: edit.column + edit.length, in: line)
      else { continue }
      let collides = accepted.contains { other in
        other.line == edit.line
          && (other.range.overlaps(start..<end) || other.range == start..<end)
      }
      if !collides { accepted.append((edit.line, start..<end, Bytes(edit.text))) }
    }
    let ordered = accepted.sorted {
      ($0.line, $0.range.lowerBound) > ($1.line, $1.range.lowerBound)
    }
    for edit in ordered { lines[edit.line - 1].replaceSubrange(edit.range, with: edit.text) }
    return SourceFile(path: path, bytes: Bytes(lines.joined(separator: [0x0A])))
  }

  /// Byte offset of a 1-based column; the column behind the last character is its end.
  private static func offset(ofColumn column: Int, in line: Bytes) -> Int? {
    var current = 0
    for (offset, byte) in line.enumerated() where byte & 0xC0 != 0x80 {
      current += 1
      if current == column { return offset }
    }
    return column == current + 1 ? line.count : nil
  }
}
