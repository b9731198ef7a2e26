import RestrictionDSL

/// Where log lines go.
public protocol LogSink: AnyObject {
  /// Writes one line.
  ///
  /// - Parameter line: without time stamp and process prefix, with its severity prefix
  ///   (`warning: `, `error: `, `fatal: `), no line end. Control characters were replaced already.
  func write(_ line: Span<UInt8>)

  /// Writes one line that is there in two parts: nobody has to join them.
  func write(_ line: Span<UInt8>, _ rest: Span<UInt8>)
}

extension LogSink {
  public func write(_ line: Span<UInt8>, _ rest: Span<UInt8>) {
    write((Bytes(copying: line) + Bytes(copying: rest)).span)
  }

  /// Writes one line.
  public func write(_ line: String) { write(Array(line.utf8).span) }

  /// Writes one line.
  public func write(_ line: Bytes) { write(line.span) }
}
