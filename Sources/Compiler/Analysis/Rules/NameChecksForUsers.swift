import RestrictionDSL

/// Phones and laptops that log in are refused because of their names.
public struct NameChecksForUsers: LintRule {
  public static let id = "name-checks-for-users"
  public static let number: String? = "SP502"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Phones and laptops that log in are refused because of their names. A check of client or \
    HELO name, or a DNS list, stands before permit_sasl_authenticated. Put \
    permit_sasl_authenticated in front.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.settings.bool("smtpd_sasl_auth_enable") else { return [] }
    return Stage.allCases.flatMap { stage -> [Diagnostic] in
      let items = service.items(stage)
      let end = items.firstIndex { $0.operation == .permitSASLAuthenticated } ?? items.endIndex
      return items[..<end].filter { !$0.warns && hitsUsers($0.operation) }.map { item in
        finding(
          "'\(item.name)' applies to users who are logged in", at: item.range,
          help: "put permit_sasl_authenticated in front of it")
      }
    }
  }

  private func hitsUsers(_ operation: Operation) -> Bool {
    switch operation {
    case .rejectUnknownClientHostname, .rejectUnknownReverseClientHostname, .rejectInvalidHelo,
      .rejectNonFQDNHelo, .rejectUnknownHelo, .rejectDNSList(.clientAddress, _):
      true
    default: false
    }
  }
}
