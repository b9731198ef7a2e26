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
  public let messages: [String]

  public init(_ kind: Kind, _ messages: [String]) {
    self.kind = kind
    self.messages = messages
  }
}
