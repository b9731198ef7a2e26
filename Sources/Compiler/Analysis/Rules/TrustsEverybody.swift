import RestrictionDSL

/// mynetworks contains every address of a family, so permit_mynetworks permits everybody.
public struct TrustsEverybody: LintRule {
  public static let id = "trusts-everybody"
  public static let number: String? = "SP103"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    mynetworks contains every address of a family, so permit_mynetworks permits everybody. \
    The server relays for the whole Internet. List the networks of your own clients.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let everything = ["0.0.0.0/0", "::/0", "[::]/0", "[::/0]", "static:all"]
    return service.settings.elements(of: "mynetworks").compactMap { element in
      let table = TableSpec(element.text).flatMap { service.contents[$0] }
      let isWhole = table.map { $0.matchesEveryAddress || $0.matchesEveryKey } ?? false
      guard everything.contains(element.text) || isWhole else { return nil }
      return finding("'\(element.text)' in mynetworks trusts every client", at: element.range)
    }
  }
}
