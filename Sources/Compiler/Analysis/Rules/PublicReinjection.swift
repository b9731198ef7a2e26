import RestrictionDSL

/// The service behind the content filter is reachable from outside.
public struct PublicReinjection: LintRule {
  public static let id = "public-reinjection"
  public static let number: String? = "SP111"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    The service behind the content filter is reachable from outside. A service that switches \
    the content filter off takes mail back from it; when it listens beyond loopback, others \
    bypass the filter. Let it listen on 127.0.0.1.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.overridden.contains("content_filter"), service.audience != .loopback,
      service.settings.string("content_filter").isEmpty,
      service.settings.list("inet_interfaces").contains(where: { !isLoopback($0) })
    else { return [] }
    return [
      finding(
        "service '\(service.name)' takes mail back from the content filter and listens beyond loopback",
        at: service.range("content_filter"), help: "name it 127.0.0.1:PORT")
    ]
  }

  private func isLoopback(_ interface: String) -> Bool {
    interface == "loopback-only" || interface == "localhost" || interface == "::1"
      || interface == "[::1]" || interface.hasPrefix("127.")
  }
}
