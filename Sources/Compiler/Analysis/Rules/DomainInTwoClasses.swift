import RestrictionDSL

/// A domain is ours in two ways, of which one counts.
public struct DomainInTwoClasses: LintRule {
  public static let id = "domain-in-two-classes"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    A domain is ours in two ways, of which one counts. mydestination comes before \
    virtual_alias_domains, that before virtual_mailbox_domains and relay_domains: users that only the \
    other list's tables have are unknown. Leave it in one list.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    DomainInTwoClasses.pairs.flatMap { first, second -> [Diagnostic] in
      let domains = Set(words(service, first).map(\.domain))
      return words(service, second).filter { domains.contains($0.domain) }.map { word in
        finding(
          "'\(word.domain)' is in \(second) too, where it has no effect: \(first) has it",
          at: word.range)
      }
    }
  }

  /// Names that are written; what is in tables and files nobody can compare.
  private func words(
    _ service: LintedService, _ parameter: String
  ) -> [(domain: String, range: SourceRange?)] {
    service.settings.elements(of: parameter).compactMap { element in
      let text = element.text.lowercased()
      let isName = !text.contains(":") && !text.contains("/") && !text.hasPrefix("!")
      return isName ? (text, element.range) : nil
    }
  }

  /// The first one counts; relay_domains may repeat mydestination, which was its default once.
  private static let pairs = [
    ("mydestination", "virtual_alias_domains"), ("mydestination", "virtual_mailbox_domains"),
    ("virtual_alias_domains", "virtual_mailbox_domains"),
    ("virtual_alias_domains", "relay_domains"), ("virtual_mailbox_domains", "relay_domains"),
  ]
}
