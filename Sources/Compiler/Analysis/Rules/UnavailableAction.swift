import RestrictionDSL

/// An action has no effect at this place.
public struct UnavailableAction: LintRule {
  public static let id = "unavailable-action"
  public static let number: String? = "SP308"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    An action has no effect at this place. FILTER, HOLD, DISCARD, REDIRECT and BCC do \
    nothing in ETRN and with smtpd_proxy_filter; with smtpd_delay_reject = no they and \
    PREPEND do nothing in client and helo lists; PREPEND does nothing at end of data. \
    Postfix warns for each mail.
    """

  public init() {}

  public func findings(in service: LintedService) -> [Diagnostic] {
    let settings = service.settings
    return service.knownActions.compactMap { known -> Diagnostic? in
      let item = known.item
      guard let word = word(known.action) else { return nil }
      let early = item.stage == .client || item.stage == .helo
      let reason: String
      if word != "PREPEND" && !settings.string("smtpd_proxy_filter").isEmpty {
        reason = "with smtpd_proxy_filter"
      } else if item.stage == .etrn {
        reason = "in \(item.stage.parameterName)"
      } else if early && !settings.bool("smtpd_delay_reject") {
        reason = "in \(item.stage.parameterName) with smtpd_delay_reject = no"
      } else if word == "PREPEND" && item.stage == .endOfData {
        reason = "in \(item.stage.parameterName)"
      } else {
        return nil
      }
      return finding("\(word) has no effect \(reason)", about: known)
    }
  }

  private func word(_ action: AccessAction) -> String? {
    switch action {
    case .filter: "FILTER"
    case .hold: "HOLD"
    case .discard: "DISCARD"
    case .redirect: "REDIRECT"
    case .bcc: "BCC"
    case .prepend: "PREPEND"
    default: nil
    }
  }
}
