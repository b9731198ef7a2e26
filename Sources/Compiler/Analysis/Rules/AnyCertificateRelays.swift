import RestrictionDSL

/// Any client with a certificate can relay.
public struct AnyCertificateRelays: LintRule {
  public static let id = "any-certificate-relays"
  public static let number: String? = "SP109"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    Any client with a certificate can relay. permit_tls_all_clientcerts permits every \
    certificate that some trusted authority signed, before foreign recipients are refused. \
    Use permit_tls_clientcerts with relay_clientcerts.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    RelayAnalysis.openDoors(service).filter { $0.operation == .permitTLSAllClientCerts }.map {
      item in
      finding(
        "'\(item.name)' relays for every trusted certificate", at: item.range,
        help: "use permit_tls_clientcerts with relay_clientcerts")
    }
  }
}
