import RestrictionDSL

/// What the fuzzer feeds: any bytes must leave it in order.
///
/// One target is one file here, one row in ``FuzzTargets`` and one folder in `Fuzz/corpus`, whose inputs
/// the tests replay.
public protocol FuzzTarget: AnyObject {
  init() throws

  /// Takes one input.
  ///
  /// - Throws: ``FuzzFinding`` where something does not hold; a trap is a finding as well.
  func run(_ input: Bytes) throws(FuzzFinding)
}

/// Something that must hold for all inputs, and does not for one.
public struct FuzzFinding: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// The targets by name.
public enum FuzzTargets {
  public static var all: [String: any FuzzTarget.Type] {
    [
      "session": SessionTarget.self, "berkeley": BerkeleyTarget.self, "cidr": CIDRTarget.self,
      "regexp": RegexpTarget.self, "pcre": PCRETarget.self, "cut": CutTarget.self,
    ]
  }
}
