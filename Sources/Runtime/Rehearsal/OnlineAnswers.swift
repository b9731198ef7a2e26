import RestrictionDSL

/// Asks the real DNS, one question after the other.
public final class OnlineAnswers {
  private let loop: EventLoop
  private let dns: DNSClient
  private let hosts: HostResolver

  /// - Throws: ``SystemError`` where the resolver cannot be set up.
  public init(settings: Settings) throws(SystemError) {
    loop = try EventLoop()
    dns = try DNSClient(loop: loop)
    hosts = HostResolver(dns: dns, protocols: settings.list("inet_protocols"))
  }

  /// - Returns: `nil` for what is no question to the DNS.
  public func answer(_ question: Question) -> Answer? {
    var found: Answer?
    switch question {
    case .dns(let name, let type):
      dns.ask(name, type) { found = Answer(.dns($0), log: $1) }
    case .addresses(let host, let family):
      hosts.addresses(of: host, family: family) { found = Answer(.host($0)) }
    case .name(let address): hosts.name(of: address) { found = Answer(.host($0)) }
    default: return nil
    }
    while found == nil { loop.turn(limit: 1000) }
    return found
  }
}
