/// The point of the SMTP dialogue that a restriction list belongs to.
///
/// - Source: postconf(5) smtpd_client_restrictions … smtpd_end_of_data_restrictions
public enum Stage: UInt8, Hashable, Sendable, CaseIterable {
  case client, helo, sender, relay, recipient, etrn, data, endOfData

  /// The parameter that holds the list of this stage.
  public var parameterName: String {
    switch self {
    case .client: "smtpd_client_restrictions"
    case .helo: "smtpd_helo_restrictions"
    case .sender: "smtpd_sender_restrictions"
    case .relay: "smtpd_relay_restrictions"
    case .recipient: "smtpd_recipient_restrictions"
    case .etrn: "smtpd_etrn_restrictions"
    case .data: "smtpd_data_restrictions"
    case .endOfData: "smtpd_end_of_data_restrictions"
    }
  }

  /// The restriction that a bare `type:table` stands for in the list of this stage.
  ///
  /// - Returns: `nil` at DATA and end of data, where a bare table is a configuration error.
  public var defaultTableRestriction: String? {
    switch self {
    case .client: "check_client_access"
    case .helo: "check_helo_access"
    case .sender: "check_sender_access"
    case .relay, .recipient: "check_recipient_access"
    case .etrn: "check_etrn_access"
    case .data, .endOfData: nil
    }
  }
}
