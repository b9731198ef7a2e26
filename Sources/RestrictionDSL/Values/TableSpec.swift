/// A lookup table as written in a configuration: `type:name`.
public struct TableSpec: Hashable, Sendable, CustomStringConvertible {
  /// Table type in lower case as registered, for instance `hash` or `inline`.
  public let type: String

  /// What follows the first colon: a file name, an inline table in braces, a nested specification.
  public let name: String

  public init(type: String, name: String) {
    self.type = type
    self.name = name
  }

  /// Splits at the first colon.
  ///
  /// - Returns: `nil` where there is no colon.
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    self.init(type: String(text[..<colon]), name: String(text[text.index(after: colon)...]))
  }

  /// `type:name`.
  public var description: String { "\(type):\(name)" }
}
