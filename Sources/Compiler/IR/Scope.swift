/// Life time of what an operation depends on; a later scope includes the earlier ones.
public enum Scope: UInt8, Hashable, Sendable, Comparable {
  case config, connection, helo, auth, sender, recipient, data, endOfData

  public static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
}
