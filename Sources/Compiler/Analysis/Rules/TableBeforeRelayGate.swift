import RestrictionDSL

/// One OK in this table relays to any domain.
public struct TableBeforeRelayGate: LintRule {
  public static let id = "table-before-relay-gate"
  public static let number: String? = "SP102"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    One OK in this table relays to any domain. The table is looked up before the element \
    that refuses foreign recipients, in the only list that does so. HELO names, senders and \
    recipients are chosen by the client. Move the table to smtpd_recipient_restrictions and \
    keep the relay gate in smtpd_relay_restrictions, or answer permit_auth_destination \
    instead of OK.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    RelayAnalysis.openDoors(service).compactMap { item in
      guard let table = item.operation.table, !isCertificate(item.operation) else { return nil }
      let known = service.facts(table) != nil
      let rows = service.rows(of: table, where: \.mayPermit)
      let total = service.contents[table]?.rowCount ?? 0
      let how = total > 0 ? "answers OK for \(rows.count) of \(total) keys" : "answers OK"
      var diagnostic = finding(
        "table '\(table)' \(known ? how : "may answer OK") before foreign recipients are refused",
        at: item.range,
        help: "look it up in \(Stage.recipient.parameterName), behind the relay gate",
        severity: known && !isAddressList(item, table, in: service) ? .error : .warning)
      diagnostic.notes = rows.notes
      return diagnostic
    }
  }

  /// Clients are permitted one by one, which may be meant; everybody chooses HELO and sender.
  private func isAddressList(
    _ item: LintedService.Item, _ table: TableSpec, in service: LintedService
  ) -> Bool {
    guard case .access(.client, _) = item.operation else { return false }
    return service.facts(table)?.matchesEveryKey != true
  }

  private func isCertificate(_ operation: Operation) -> Bool {
    if case .certificateAccess = operation { return true }
    return false
  }
}
