import RestrictionDSL

/// A sink that also takes the lines of the services that the daemon does itself.
///
/// Log parsers look for `postfix/cleanup[…]: ID: message-id=<…>`: a line keeps the name of the program that
/// writes it in a mail system of several processes.
public protocol ServiceLogSink: LogSink {
  /// Writes one line as another program of the mail system.
  ///
  /// - Parameter line: as for ``LogSink/write(_:)-(Span<UInt8>)``
  /// - Parameter service: takes the place of `smtpd` in the process prefix
  func write(_ line: Span<UInt8>, service: StaticString)
}
