import RestrictionDSL

/// Lines of an open descriptor.
public struct LineReader {
  private let reader: FileReader
  private var line: Bytes = []

  /// - Parameter fd: not closed here.
  public init(fd: CInt) { reader = FileReader(fd: fd) }

  /// The next line without its newline; `nil` at the end or where the system refuses to read.
  public mutating func next() -> Bytes? {
    line.removeAll(keepingCapacity: true)
    guard let isThere = try? reader.readLine(into: &line), isThere else { return nil }
    return line
  }
}
