import RestrictionDSL

/// Lines of an open descriptor.
public struct LineReader {
  private let reader: FileReader
  /// - Parameter fd: not closed here.
  public init(fd: CInt) { reader = FileReader(fd: fd) }

  /// The next line without its newline, in place of what `line` held.
  ///
  /// Postfix takes a last line without newline for the end where its last byte is 255: the number of that
  /// character is its end of file.
  ///
  /// - Returns: `false` at the end or where the system refuses to read.
  public func next(into line: inout Bytes) -> Bool {
    line.removeAll(keepingCapacity: true)
    do {
      guard try reader.readLine(into: &line) else { return false }
      return !(reader.isUnterminated && line.last == 0xFF)
    } catch { return false }
  }
}
