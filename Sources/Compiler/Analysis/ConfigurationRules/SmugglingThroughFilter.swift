import RestrictionDSL

/// Messages can be smuggled through the before-queue filter.
public struct SmugglingThroughFilter: ConfigurationRule {
  public static let id = "smuggling-through-filter"
  public static let number: String? = "SP702"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    Messages can be smuggled through the before-queue filter. A service hands mail on with \
    smtpd_proxy_filter, and the service behind the filter excludes its clients from the protection \
    against line ends without CR, by default all of mynetworks and so the filter itself. What the first \
    service let through as text, the second one takes for an end of message. Give the service \
    behind the filter an empty smtpd_forbid_bare_newline_exclusions.
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    let filter = "smtpd_proxy_filter"
    let exclusions = "smtpd_forbid_bare_newline_exclusions"
    guard let front = configuration.services.first(where: { !$0.settings.string(filter).isEmpty })
    else { return [] }
    return configuration.services.filter { service in
      service.audience == .loopback && service.settings.string(filter).isEmpty
        && service.settings.string("smtpd_forbid_bare_newline").lowercased() != "no"
        && service.settings.list(exclusions).contains { word in
          word == "$mynetworks" || word.hasPrefix("127.") || word.hasPrefix("[::1]")
        }
    }.map { service in
      finding(
        "service '\(service.name)' behind the filter accepts bare line feeds from it",
        at: service.range(exclusions) ?? front.range(filter),
        help: "give it -o \(exclusions)=")
    }
  }
}
