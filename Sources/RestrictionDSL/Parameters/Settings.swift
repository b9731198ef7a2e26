/// The parameters of one service, expanded and checked.
///
/// Values are read once, when a component is made; nothing on the per-command path asks here. A test
/// scans the sources for the literals given to these functions and compares them with the catalogue.
public struct Settings: Sendable {
  /// Expanded value and where it was written.
  public struct Entry: Sendable {
    /// After `$name` expansion; a raw parameter is not expanded.
    public let value: String
    /// `nil` for a default.
    public let range: SourceRange?

    public init(value: String, range: SourceRange?) {
      self.value = value
      self.range = range
    }
  }

  private let entries: [String: Entry]

  public init(entries: [String: Entry]) { self.entries = entries }

  /// The entry of a parameter of the catalogue, or of any other name that main.cf defines.
  public func entry(_ name: String) -> Entry? { entries[name] }

  /// The expanded value; empty where the name is not defined.
  public func string(_ name: String) -> String { entries[name]?.value ?? "" }

  /// Whether main.cf, master.cf or a command line option sets the parameter.
  public func isSet(_ name: String) -> Bool { entries[name]?.range != nil }

  /// A boolean parameter. ``SettingsBuilder`` has checked the value.
  public func bool(_ name: String) -> Bool { string(name).lowercased() == "yes" }

  /// An integer parameter. ``SettingsBuilder`` has checked the value.
  public func int(_ name: String) -> Int { Int(string(name)) ?? 0 }

  /// A time parameter.
  ///
  /// - Unit: seconds. ``SettingsBuilder`` has normalised the value to a plain number of seconds.
  public func seconds(_ name: String) -> Int { Int(string(name)) ?? 0 }

  /// A list parameter, split at commas and white space; text inside `{ }` is one element.
  public func list(_ name: String) -> [String] { Settings.split(string(name)) }

  /// Splits at commas and white space; text inside `{ }` is one element.
  public static func split(_ text: String) -> [String] {
    var elements: [String] = []
    var current: [UInt8] = []
    var depth = 0
    for byte in text.utf8 {
      if depth == 0 && (byte == 0x2C || byte.isASCIISpace) {
        if !current.isEmpty { elements.append(current.text) }
        current = []
        continue
      }
      if byte == 0x7B { depth += 1 }
      if byte == 0x7D && depth > 0 { depth -= 1 }
      current.append(byte)
    }
    if !current.isEmpty { elements.append(current.text) }
    return elements
  }
}
