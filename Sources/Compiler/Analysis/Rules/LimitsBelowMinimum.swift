import RestrictionDSL

/// A limit is lower than RFC 5321 demands or switched off.
public struct LimitsBelowMinimum: LintRule {
  public static let id = "limits-below-minimum"
  public static let number: String? = "SP703"
  public static let severity = Diagnostic.Severity.info
  public static let explanation = """
    A limit is lower than RFC 5321 demands or switched off. A server must take 100 \
    recipients for one message; an error limit of 0 stops nobody.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let recipients = "smtpd_recipient_limit"
    var result: [Diagnostic] = []
    if service.settings.isSet(recipients), service.settings.int(recipients) < 100 {
      result.append(
        finding(
          "\(recipients) = \(service.settings.int(recipients)) is below the minimum of 100",
          at: service.range(recipients)))
    }
    let exceptions = "smtpd_client_event_limit_exceptions"
    for element in service.settings.elements(of: exceptions)
    where ["0.0.0.0/0", "::/0", "[::]/0", "static:all"].contains(element.text) {
      result.append(
        finding("'\(element.text)' in \(exceptions) lifts all rate limits", at: element.range))
    }
    for name in ["smtpd_hard_error_limit", "smtpd_soft_error_limit"]
    where service.settings.isSet(name) && service.settings.int(name) >= 1000 {
      result.append(
        finding(
          "\(name) = \(service.settings.int(name)) stops nobody", at: service.range(name)))
    }
    return result
  }
}
