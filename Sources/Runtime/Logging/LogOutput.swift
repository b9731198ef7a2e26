import RestrictionDSL

/// Where the lines of all services of a process go.
public protocol LogOutput: AnyObject {
  /// Takes one line, in two parts; it may stay in memory until ``flush()``.
  ///
  /// - Parameter tag: `postfix/smtpd`
  func write(_ line: Span<UInt8>, _ rest: Span<UInt8>, tag: Span<UInt8>)

  /// Hands over what is in memory. Called at the end of every step that may have logged.
  func flush()

  /// Opens a file again that was renamed.
  func reopen()
}

/// The log of one service: its lines carry its syslog_name.
public final class ServiceLog: LogSink {
  private let output: any LogOutput
  private let tag: Bytes

  /// - Parameter name: value of syslog_name
  /// - Parameter service: the program that a mail system of several processes would log as; the queue
  ///   writer's lines are those of `cleanup`
  public init(_ output: any LogOutput, name: String, service: String = "smtpd") {
    self.output = output
    tag = Bytes(name + "/" + service)
  }

  public func write(_ line: Span<UInt8>) { write(line, Bytes().span) }

  public func write(_ line: Span<UInt8>, _ rest: Span<UInt8>) {
    let tag = tag
    output.write(line, rest, tag: tag.span)
  }

  public func flush() { output.flush() }
}
