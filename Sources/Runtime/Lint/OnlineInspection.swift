import Compiler
import RestrictionDSL

/// What only the network can tell: whether DNS lists answer as lists do, and hosts exist.
///
/// - Source: RFC 5782 §5 (127.0.0.2 is listed, 127.0.0.1 is not; INVALID is not listed)
public struct OnlineInspection {
  private let ask: (Question) -> Answer?
  private let resolvers: [IPAddress]
  private var diagnostics: [Diagnostic] = []
  private var seen: Set<String> = []

  /// - Parameter resolvers: name servers of this machine.
  /// - Parameter ask: answers a question to the DNS.
  public init(resolvers: [IPAddress], ask: @escaping (Question) -> Answer?) {
    self.resolvers = resolvers
    self.ask = ask
  }

  /// Asks for what the services need.
  public static func diagnostics(
    _ services: [LintedService], resolvers: [IPAddress], ask: @escaping (Question) -> Answer?
  ) -> [Diagnostic] {
    var inspection = OnlineInspection(resolvers: resolvers, ask: ask)
    for item in services.flatMap(\.allItems) { inspection.inspect(item) }
    return inspection.diagnostics
  }

  private mutating func inspect(_ item: LintedService.Item) {
    switch item.operation {
    case .rejectDNSList(let subject, _), .permitDNSList(let subject, _):
      guard let domain = item.operation.dnsListDomain, seen.insert(domain).inserted else { return }
      inspectResolver(domain, item)
      if subject == .clientAddress {
        inspectList(domain, listed: "2.0.0.127", unlisted: "1.0.0.127", item)
      } else {
        inspectList(domain, listed: nil, unlisted: "invalid", item)
      }
    case .checkPolicyService(let text):
      guard let policy = try? RestrictionDSL.PolicyService(text),
        case .inet(let host, _) = policy.endpoint,
        !host.isEmpty, seen.insert("policy " + host).inserted
      else { return }
      inspectHost(host, text, item)
    default: return
    }
  }

  private mutating func add(
    _ severity: Diagnostic.Severity, _ id: String, _ message: String, _ item: LintedService.Item,
    help: String
  ) {
    diagnostics.append(Diagnostic(severity, id, message, at: item.range, help: help))
  }

  private func addresses(_ name: String) -> DNSAnswer? {
    guard case .dns(let answer)? = ask(.dns(name: Bytes(name), type: .a))?.value else {
      return nil
    }
    return answer
  }

  private mutating func inspectList(
    _ domain: String, listed: String?, unlisted: String, _ item: LintedService.Item
  ) {
    if case .records? = addresses("\(unlisted).\(domain)") {
      add(
        .error, "dns-list-lists-everything",
        "DNS list '\(domain)' lists \(unlisted == "invalid" ? "INVALID" : "127.0.0.1"), which no "
          + "list may do", item,
        help: "it lists everything or refuses this resolver: remove it")
      return
    }
    guard let listed, let answer = addresses("\(listed).\(domain)") else { return }
    switch answer {
    case .records: return
    case .noName, .noData:
      add(
        .error, "dns-list-silent",
        "DNS list '\(domain)' does not list 127.0.0.2, which every list must do", item,
        help: "it was closed, or refuses this resolver")
    case .temporary, .malformed:
      add(
        .error, "dns-list-silent", "DNS list '\(domain)' does not answer", item,
        help: "every mail waits for it: remove it")
    }
  }

  private mutating func inspectResolver(_ domain: String, _ item: LintedService.Item) {
    guard let server = resolvers.first(where: OnlineInspection.isPublic),
      OnlineInspection.strictLists.contains(where: {
        domain == $0 || domain.hasSuffix("." + $0)
      })
    else { return }
    add(
      .warning, "public-resolver",
      "DNS list '\(domain)' refuses questions that come through the public resolver \(server)",
      item, help: "run a resolver of your own, or get a key from the operator")
  }

  private mutating func inspectHost(_ host: String, _ text: String, _ item: LintedService.Item) {
    guard case .host(.failed(_, let reason))? = ask(.addresses(host: Bytes(host)))?.value else {
      return
    }
    add(
      .error, "policy-host-unknown", "policy service '\(text)': host '\(host)': \(reason)", item,
      help: "all mail that reaches it is deferred")
  }

  /// - Source: addresses that the operators of public resolvers announce
  private static func isPublic(_ address: IPAddress) -> Bool {
    let known = [
      "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222",
      "208.67.220.220", "64.6.64.6", "4.2.2.1", "4.2.2.2", "2001:4860:4860::8888",
      "2001:4860:4860::8844", "2606:4700:4700::1111", "2606:4700:4700::1001", "2620:fe::fe",
    ]
    return known.contains("\(address.unmapped)")
  }

  /// - Source: terms of use of the operators
  private static let strictLists = [
    "spamhaus.org", "uribl.com", "surbl.org", "dnswl.org", "mailspike.net", "barracudacentral.org",
    "spamcop.net",
  ]
}
