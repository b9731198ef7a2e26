import RestrictionDSL

/// A remark behind a value is part of the value.
public struct CommentInValue: ConfigurationRule {
  public static let id = "comment-in-value"
  public static let number: String? = "SP304"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    A remark behind a value is part of the value. Its words become elements of the list. Put \
    remarks on lines of their own.
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    configuration.mainCF.names.flatMap { name -> [Diagnostic] in
      guard isList(name, in: configuration), let entry = configuration.mainCF.entry(name),
        let word = Settings.split(entry.value.text).first(where: { $0.hasPrefix("#") })
      else { return [] }
      return [
        finding(
          "'\(word)' and what follows is part of the value of '\(name)'", at: entry.nameRange,
          help: "put the remark on a line of its own")
      ]
    }
  }

  private func isList(_ name: String, in configuration: LintedConfiguration) -> Bool {
    if configuration.classNames.contains(name) { return true }
    switch ParameterCatalog.parameter(name)?.kind {
    case .list, .maps, .restrictions: return true
    default: return false
    }
  }
}
