import RestrictionDSL

/// A table could not be asked, or its answer cannot be used.
///
/// The caller never treats this as "no entry": it logs ``messages`` and defers.
public struct LookupError: Error, Hashable, Sendable {
  /// What the reply depends on.
  public enum Kind: Hashable, Sendable {
    /// 451 4.3.0: may go away by itself.
    case temporary
    /// 451 4.3.5: somebody has to mend the configuration.
    case configuration
  }

  public let kind: Kind

  /// Log lines in Postfix's words, each with its `warning: ` or `error: ` prefix.
  ///
  /// Postfix's line `TYPE:NAME lookup error for "KEY"` is not among them: a match list does not
  /// log it. See ``OpenTable/lookupErrorLine(for:)``.
  public let messages: [String]

  /// What errno says behind `query error` in `postmap -q`; `nil` where it says nothing.
  public let reason: String?

  public init(_ kind: Kind, _ messages: [String], reason: String? = nil) {
    self.kind = kind
    self.messages = messages
    self.reason = reason
  }
}
