import RestrictionDSL

/// The keys of a host name or domain: itself, then its parents down to the top-level label.
///
/// - Source: facts restrictions.md §6.2, §6.3
///
/// The name is lent to every call of ``next(in:)``; it must be the same one.
public struct DomainKeys: Sendable {
  private let isPartial: Bool
  private let withDot: Bool
  private var cursor = 0
  private var isFirst = true

  /// - Parameter isPartial: parent domains are tried: the table is of the fixed kind.
  /// - Parameter withDot: parents are written `.example.com`, otherwise `example.com`.
  public init(isPartial: Bool, withDot: Bool) {
    self.isPartial = isPartial
    self.withDot = withDot
  }

  /// Where the next key stands in the name.
  ///
  /// - Complexity: no allocation.
  public mutating func next(in name: Span<UInt8>) -> Range<Int>? {
    if isFirst {
      isFirst = false
      return name.count > 0 ? 0..<name.count : nil
    }
    guard isPartial else { return nil }
    guard let dot = name.firstIndex(of: UInt8(ascii: "."), from: cursor + 1) else {
      cursor = name.count
      return nil
    }
    cursor = withDot ? dot : dot + 1
    return cursor < name.count ? cursor..<name.count : nil
  }
}

/// The keys of an address: itself, then its networks, cut at the last `.` or `:`.
///
/// - Source: facts restrictions.md §6.2
///
/// The address is lent to every call of ``next(in:)``; it must be the same one.
public struct NetworkKeys: Sendable {
  private let isPartial: Bool
  private let separator: UInt8
  private var end: Int
  private var isFirst = true

  /// - Parameter isPartial: networks are tried: the table is of the fixed kind.
  public init(of address: Span<UInt8>, isPartial: Bool) {
    self.isPartial = isPartial
    var separator = UInt8(ascii: ".")
    for index in address.indices where address[index] == UInt8(ascii: ":") {
      separator = UInt8(ascii: ":")
      break
    }
    self.separator = separator
    end = address.count
  }

  /// Where the next key stands in the address.
  ///
  /// - Complexity: no allocation.
  public mutating func next(in address: Span<UInt8>) -> Range<Int>? {
    if isFirst {
      isFirst = false
      return end > 0 ? 0..<end : nil
    }
    guard isPartial else { return nil }
    while end > 0 {
      end -= 1
      if address[end] == separator { return end > 0 ? 0..<end : nil }
    }
    return nil
  }
}
