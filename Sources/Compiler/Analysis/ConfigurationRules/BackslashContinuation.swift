import RestrictionDSL

/// A backslash at the end of a line is part of the value.
public struct BackslashContinuation: ConfigurationRule {
  public static let id = "backslash-continuation"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    A backslash at the end of a line is part of the value. main.cf has no such continuation: \
    a line that begins with white space continues the one before it.
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    configuration.mainCF.entries.compactMap { entry in
      guard Settings.split(entry.value.text).contains(where: { $0.hasSuffix("\\") }) else {
        return nil
      }
      return finding(
        "a backslash in '\(entry.name)' does not continue a line", at: entry.nameRange,
        help: "begin the next line with white space instead")
    }
  }
}
