import RestrictionDSL

/// Every service expects a load balancer.
public struct ProxyProtocolEverywhere: LintRule {
  public static let id = "proxy-protocol-everywhere"
  public static let number: String? = "SP704"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Every service expects a load balancer. smtpd_upstream_proxy_protocol is set in main.cf, \
    so that a client that connects directly waits until it times out. Set it with -o for the \
    service behind the load balancer.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let name = "smtpd_upstream_proxy_protocol"
    guard !service.settings.string(name).isEmpty, service.settings.isSet(name),
      !service.overridden.contains(name)
    else { return [] }
    return [finding("\(name) applies to every service", at: service.range(name))]
  }
}
