import RestrictionDSL

/// Mail for unknown users is accepted and bounced later.
public struct UnknownRecipientsAccepted: LintRule {
  public static let id = "unknown-recipients-accepted"
  public static let number: String? = "SP705"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    Mail for unknown users is accepted and bounced later. The bounces go to forged senders. \
    Keep smtpd_reject_unlisted_recipient, and give local_recipient_maps and \
    relay_recipient_maps the known users.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let settings = service.settings
    var result: [Diagnostic] = []
    if settings.isSet("smtpd_reject_unlisted_recipient"),
      !settings.bool("smtpd_reject_unlisted_recipient"), service.audience == .exchange,
      !service.allItems.contains(where: { $0.operation == .rejectUnlisted(.recipient) })
    {
      result.append(
        finding(
          "smtpd_reject_unlisted_recipient = no accepts mail for unknown users",
          at: service.range("smtpd_reject_unlisted_recipient")))
    }
    if settings.isSet("local_recipient_maps"), settings.list("local_recipient_maps").isEmpty,
      !settings.list("mydestination").isEmpty, service.audience != .loopback
    {
      result.append(
        finding(
          "an empty local_recipient_maps accepts mail for every local name",
          at: service.range("local_recipient_maps")))
    }
    // A domain of mydestination is local, whatever relay_domains says.
    let relayed = Set(settings.list("relay_domains")).subtracting(settings.list("mydestination"))
    if settings.isSet("relay_domains"), !relayed.isEmpty,
      settings.list("relay_recipient_maps").isEmpty, service.audience == .exchange
    {
      result.append(
        finding(
          "without relay_recipient_maps mail for every name in relay_domains is accepted",
          at: service.range("relay_domains")))
    }
    return result
  }
}
