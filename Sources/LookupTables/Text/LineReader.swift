import RestrictionDSL

/// Lines of an open descriptor.
public struct LineReader {
  private let reader: FileReader
  /// - Parameter fd: not closed here.
  public init(fd: CInt) { reader = FileReader(fd: fd) }

  /// The next line without its newline, in place of what `line` held.
  ///
  /// - Returns: `false` at the end or where the system refuses to read.
  public func next(into line: inout Bytes) -> Bool {
    line.removeAll(keepingCapacity: true)
    do { return try reader.readLine(into: &line) } catch { return false }
  }
}
