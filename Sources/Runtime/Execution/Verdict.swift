import RestrictionDSL

/// What happens besides the outcome of a node, in order of occurrence.
public enum Effect: Hashable, Sendable {
  /// A complete log line (without the process prefix).
  case log(Bytes)
  /// PREPEND: a header put before Received.
  case prepend(Bytes)
  case hold
  case discard
  /// FILTER transport:destination; the last one wins.
  case filter(Bytes)
  /// REDIRECT address; the last one wins.
  case redirect(Bytes)
  /// BCC address; all accumulate.
  case bcc(Bytes)

  /// In the words of access(5); `nil` for a log line.
  public var text: String? {
    switch self {
    case .log: nil
    case .prepend(let header): "PREPEND \(header.text)"
    case .hold: "HOLD"
    case .discard: "DISCARD"
    case .filter(let destination): "FILTER \(destination.text)"
    case .redirect(let address): "REDIRECT \(address.text)"
    case .bcc(let address): "BCC \(address.text)"
    }
  }
}

/// Which postmaster notices and counters an error belongs to.
///
/// - Source: postconf(5) notify_classes
public enum ErrorClass: UInt8, Hashable, Sendable {
  case resource, software, policy, `protocol`, bounce, data
}

/// The decision about one command.
public enum Verdict: Hashable, Sendable {
  case accept
  /// `reply` is the complete first line, code and enhanced code included, already logged. Footer
  /// and soft_bounce of the wire are the session's business.
  case reject(reply: Bytes, ErrorClass)
  /// HANGUP: close without reply.
  case hangUp
  /// A mistake of the configuration that stops Postfix's process: its `fatal: ` line is logged, the
  /// client gets neither reply nor more service, and no disconnect line is written.
  case fatal
}
