import RestrictionDSL

/// Whoever owns a domain can relay through this server.
public struct MXBackupWithoutNetworks: LintRule {
  public static let id = "mx-backup-without-networks"
  public static let number: String? = "SP108"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Whoever owns a domain can relay through this server. permit_mx_backup accepts mail for \
    every domain that lists this server as a secondary mail exchanger, and the owner of a \
    domain writes what he likes. Set permit_mx_backup_networks to the networks of the \
    primary servers.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    guard service.settings.list("permit_mx_backup_networks").isEmpty else { return [] }
    return service.allItems.filter { $0.operation == .permitMXBackup }.map { item in
      finding(
        "'\(item.name)' without permit_mx_backup_networks relays for any domain that names us",
        at: item.range, help: "set permit_mx_backup_networks, or list the domains in relay_domains")
    }
  }
}
