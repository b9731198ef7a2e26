/// The parameters of one service, expanded and checked.
///
/// Values are read once, when a component is made; nothing on the per-command path asks here.
/// A test scans the sources for the literals given to these functions and compares them with the
/// catalogue.
public struct Settings: Sendable {
  /// Expanded value and where it was written.
  public struct Entry: Sendable {
    /// After `$name` expansion; a raw parameter is not expanded.
    public let value: String
    /// `nil` for a default.
    public let range: SourceRange?
    /// The expanded value before normalisation, with the place of every part.
    public let text: TracedText

    public init(value: String, range: SourceRange?, text: TracedText? = nil) {
      self.value = value
      self.range = range
      self.text = text ?? TracedText(value)
    }
  }

  private let entries: [String: Entry]

  public init(entries: [String: Entry]) { self.entries = entries }

  /// The same but for one value.
  public func replacing(_ name: String, with value: String) -> Settings {
    Settings(entries: entries.merging([name: Entry(value: value, range: nil)]) { $1 })
  }

  /// The entry of a parameter of the catalogue, or of any other name that main.cf defines.
  public func entry(_ name: String) -> Entry? { entries[name] }

  /// Every name that has an entry, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// The expanded value; empty where the name is not defined.
  public func string(_ name: String) -> String { entries[name]?.value ?? "" }

  /// Whether main.cf, master.cf or a command line option sets the parameter.
  public func isSet(_ name: String) -> Bool { entries[name]?.range != nil }

  /// A boolean parameter.
  ///
  /// ``SettingsBuilder`` has checked the value.
  public func bool(_ name: String) -> Bool { string(name).lowercased() == "yes" }

  /// An integer parameter.
  ///
  /// ``SettingsBuilder`` has checked the value.
  public func int(_ name: String) -> Int { Int(string(name)) ?? 0 }

  /// A time parameter.
  ///
  /// - Unit: seconds. ``SettingsBuilder`` has normalised the value to a plain number of seconds.
  public func seconds(_ name: String) -> Int { Int(string(name)) ?? 0 }

  /// A list parameter, split at commas and white space; text inside `{ }` is one element.
  ///
  /// A parameter that names one table has one element.
  public func list(_ name: String) -> [String] {
    let bytes = Bytes(string(name))
    return Settings.ranges(bytes, of: name).map { bytes[$0].text }
  }

  /// A list parameter with the place of every element, and the `$name`s it was reached through, the
  /// innermost first.
  public func elements(of name: String) -> [RestrictionElement] {
    guard let text = entries[name]?.text else { return [] }
    return Settings.ranges(text.bytes, of: name).map { range in
      RestrictionElement(
        text.bytes[range].text, range: text.range(of: range),
        notes: text.references(at: range.lowerBound).reversed().map(\.note))
    }
  }

  /// Splits at commas and white space; text inside `{ }` is one element.
  public static func split(_ text: String) -> [String] {
    let bytes = Bytes(text)
    return ranges(bytes).map { bytes[$0].text }
  }

  private static func ranges(_ bytes: Bytes, of name: String) -> [Range<Int>] {
    guard ParameterWords.singleTables.contains(name) else { return ranges(bytes) }
    return bytes.isEmpty ? [] : [bytes.indices]
  }

  /// The elements of a list.
  private static func ranges(_ bytes: Bytes) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start: Int?
    var depth = 0
    for (index, byte) in bytes.enumerated() {
      if depth == 0 && (byte == 0x2C || byte.isASCIISpace) {
        if let begin = start { ranges.append(begin..<index) }
        start = nil
        continue
      }
      if start == nil { start = index }
      if byte == 0x7B { depth += 1 }
      if byte == 0x7D && depth > 0 { depth -= 1 }
    }
    if let start { ranges.append(start..<bytes.count) }
    return ranges
  }
}
