/// One row of the catalogue: what this server knows of a parameter.
public struct Parameter: Hashable, Sendable {
  /// How a value is checked.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// `yes` or `no`, any case.
    case bool
    /// The same; the default is an expression.
    case nbool
    /// Decimal, 32 bits.
    case int
    /// The same; the default is an expression.
    case nint
    /// Decimal, 64 bits.
    case long
    /// Integer and unit `s m h d w`.
    case time
    case string
    /// Text that is not expanded when it is read.
    case raw
    /// Names, patterns or tables between commas and white space.
    case list
    /// Lookup tables.
    case maps
    /// One of a few words.
    case style
    /// A restriction list.
    case restrictions
  }

  /// Where the name comes from.
  public enum Era: String, Hashable, Sendable {
    /// Postfix 3.7.11 has it.
    case current
    /// A newer Postfix has it.
    case newer
    /// An older Postfix had it.
    case legacy
    /// Only this server has it.
    case own
  }

  public let name: String
  public let kind: Kind
  /// Default as `postconf -d` prints it, not expanded; `nil` where it is computed from the machine.
  public let defaultText: String?
  /// Least value, or least length of a text; 0 where there is no bound.
  public let minimum: Int
  /// Greatest value, or greatest length of a text; 0 where there is no bound.
  public let maximum: Int
  /// Versions of Postfix that introduced the parameter.
  public let since: String
  public let era: Era
  /// The name to use instead.
  public let replacedBy: String?
  /// One line for people.
  public let summary: String

  init(
    _ name: String, _ kind: Kind, _ defaultValue: Default, min: Int = 0, max: Int = 0,
    since: String, era: Era = .current, replacedBy: String? = nil, _ summary: String
  ) {
    self.name = name
    self.kind = kind
    self.defaultText = defaultValue.text
    self.minimum = min
    self.maximum = max
    self.since = since
    self.era = era
    self.replacedBy = replacedBy
    self.summary = summary
  }

  /// Written as a string literal, or `.computed`.
  struct Default: ExpressibleByStringLiteral {
    let text: String?
    init(stringLiteral value: String) { text = value }
    private init() { text = nil }
    static let computed = Default()
  }
}
