/// Where a piece of configuration text is written.
public struct SourceRange: Hashable, Sendable {
  /// Path of the file as it was opened; `-o` for a command line override.
  public let file: String

  /// 1-based line of the first byte.
  public let line: Int

  /// 1-based column of the first byte, counted in characters.
  public let column: Int

  /// Length in characters, at least 1; the range does not cross the end of its physical line.
  public let length: Int

  public init(file: String, line: Int, column: Int, length: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
    self.length = length
  }
}
