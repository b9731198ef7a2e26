/// An address prefix.
public struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
  /// First address of the network; bits after ``prefixLength`` are zero.
  public let address: IPAddress

  /// 0…32 or 0…128.
  public let prefixLength: Int

  /// - Returns: `nil` where the length is out of range or bits after it are set.
  public init?(_ address: IPAddress, prefixLength: Int) {
    guard (0...address.bitWidth).contains(prefixLength), address.masked(to: prefixLength) == address
    else { return nil }
    self.address = address
    self.prefixLength = prefixLength
  }

  /// Whether `other` is of the same family and inside.
  public func contains(_ other: IPAddress) -> Bool {
    other.bitWidth == address.bitWidth && other.masked(to: prefixLength) == address
  }

  /// `address/length`, IPv6 without brackets.
  public var description: String { "\(address)/\(prefixLength)" }
}
