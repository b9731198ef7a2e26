import RestrictionDSL

/// A parameter is set twice.
public struct RepeatedParameter: ConfigurationRule {
  public static let id = "repeated-parameter"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    A parameter is set twice. The last one counts; whoever edits the first one wonders.
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    var values: [String: TracedText] = [:]
    return configuration.mainCF.entries.compactMap { entry in
      defer { values[entry.name] = entry.value }
      // A different value is reported when main.cf is read, as Postfix does.
      guard values[entry.name]?.bytes == entry.value.bytes else { return nil }
      return finding("'\(entry.name)' is set twice to the same value", at: entry.nameRange)
    }
  }
}
