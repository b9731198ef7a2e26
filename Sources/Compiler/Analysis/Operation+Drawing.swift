/// What drawings say of operations.
extension Operation {
  /// What evaluating it costs besides memory; `nil` for nothing.
  public var cost: String? {
    switch self {
    case .access, .certificateAccess, .permitTLSClientCerts: "table"
    case .rejectUnlisted, .implicitUnlistedSender, .implicitUnlistedRecipient,
      .rejectSenderLoginMismatch:
      "tables"
    case .rejectDNSList, .permitDNSList: "1 DNS wait, 2 if listed"
    case .rejectMapsRBL: "a DNS wait for each list"
    case .rejectUnknownHelo, .rejectUnknownDomain: "up to 3 DNS waits"
    case .serverAccess(_, let record, _):
      record == .a ? "1 DNS wait, table" : "DNS waits for each server, table"
    case .permitMXBackup: "DNS waits for each server"
    case .checkPolicyService: "policy service"
    case .rejectUnverified: "verify service"
    case .sleep(let seconds): "\(seconds) s"
    default: nil
    }
  }

  var costColour: String? {
    switch cost {
    case "table"?, "tables"?: "lightcyan"
    case nil: nil
    default: "gold"
    }
  }

  /// Green where it can permit, red where it is there to reject, blue for tables, which can do both.
  var kindColour: String? {
    switch self {
    case .access, .certificateAccess: "lightcyan"
    case .permit, .permitInetInterfaces, .permitMynetworks, .permitSASLAuthenticated,
      .permitTLSClientCerts, .permitTLSAllClientCerts, .permitAuthDestination, .checkRelayDomains:
      "honeydew"
    case .reject, .defer, .deferIfPermit, .deferIfReject, .rejectUnauthDestination,
      .deferUnauthDestination, .misconfigured:
      "mistyrose"
    default: nil
    }
  }
}
