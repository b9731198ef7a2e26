import RestrictionDSL

/// mynetworks contains the bridge of a container engine.
public struct TrustsContainerNetwork: LintRule {
  public static let id = "trusts-container-network"
  public static let number: String? = "SP103"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    mynetworks contains the bridge of a container engine. Where the engine or its user-space proxy \
    rewrites source addresses, every client on the Internet comes from that network, and \
    permit_mynetworks makes the server an open relay. Name the addresses of the containers that send \
    mail, and look into the log which address an outside client shows.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    service.settings.elements(of: "mynetworks").compactMap { element in
      guard let engine = TrustsContainerNetwork.bridges[element.text] else { return nil }
      return finding(
        "'\(element.text)' in mynetworks is the default network of \(engine)", at: element.range)
    }
  }

  /// - Source: defaults of the engines
  private static let bridges = [
    "172.17.0.0/16": "Docker", "172.17.0.1": "Docker", "172.17.0.1/32": "Docker",
    "10.88.0.0/16": "Podman", "10.42.0.0/16": "k3s", "10.244.0.0/16": "Kubernetes (flannel, kind)",
  ]
}
