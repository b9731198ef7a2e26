import RestrictionDSL
import Runtime

/// Sessions that end differently under a new configuration.
public struct PolicyChange: Sendable {
  public enum Kind: String, Hashable, Sendable {
    /// Refused before, accepted now.
    case wider = "WIDER"
    case narrower = "NARROWER"
    /// Refused before and now, in other words or at another command.
    case text = "TEXT"
    /// Accepted before and now, and something else happens to the message.
    case effect = "EFFECT"

    /// - Parameters: whether the message was taken before and is taken now.
    public init(_ old: Bool, _ new: Bool) {
      switch (old, new) {
      case (false, true): self = .wider
      case (true, false): self = .narrower
      case (false, false): self = .text
      case (true, true): self = .effect
      }
    }
  }

  public let kind: Kind
  /// The reply, or what happens to the message.
  public let old: String
  public let new: String
  /// The restriction that decided, with its place.
  public let oldReason: String
  public let newReason: String
  public let witness: Witness
  /// How many sessions, in classes.
  public let size: String
  public let isIntended: Bool
}

/// All changes of one service.
public struct PolicyDifference: Sendable {
  public let service: String
  public let changes: [PolicyChange]
  /// Sets of sessions that behave alike under both configurations.
  public let classes: Int
  /// Of them, those that are equal.
  public let equal: Int
  /// Why "equal" is not proved.
  public let gaps: [String]

  /// Something changed that the intent does not name.
  public var hasCollateral: Bool { changes.contains { !$0.isIntended } }
}
