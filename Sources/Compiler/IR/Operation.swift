import RestrictionDSL

/// Whose name or address a restriction is about.
public enum Subject: UInt8, Hashable, Sendable {
  case client, reverseClient, helo, sender, recipient, etrn, sasl, ccert
}

/// Which servers of a domain a `check_*_{a,mx,ns}_access` asks about.
public enum ServerRecord: UInt8, Hashable, Sendable { case a, mx, ns }

/// What a DNS list is asked with.
public enum DNSListSubject: UInt8, Hashable, Sendable {
  case clientAddress, clientName, reverseClientName, helo, sender, recipient
}

/// The three login mismatch checks.
public enum LoginCheck: UInt8, Hashable, Sendable { case authenticated, unauthenticated, known }

/// A mistake that Postfix reports each time evaluation reaches it, with `451 4.3.5`.
///
/// - Source: facts restrictions.md §3, "Run-time errors"
public enum Misconfiguration: Hashable, Sendable {
  /// `unknown smtpd restriction: "X"`
  case unknownRestriction(String)
  /// `restriction X: bad argument "Y": need maptype:mapname`
  case badTableArgument(restriction: String, argument: String)
  /// `restriction check_policy_service must be followed by transport:server`
  case missingPolicyServer
  /// `restriction sleep must be followed by number`
  case badSleep
  /// `specify one of (check_client_access, …) before CLASS restriction "X"`
  case bareTable(String)
  /// `See earlier parsing error messages for '{ … }` (the quote is not closed).
  case tableAttributes(String)
  /// A class that contains itself; Postfix runs out of stack there, we answer `451 4.3.5` and say
  /// `restriction class X contains itself`.
  case classCycle(String)
}

/// What a node of the decision graph asks or does.
///
/// The comment of each case has a fixed form, from which the reference page is made: first line
/// operands, scope and cost; then what is asked; then the outcomes. *dunno* goes on to the next
/// node, *permit* to the end of the list, *reject* ends the command; *deferral* is dunno that
/// sets defer_if_permit or defer_if_reject; *misconfigured* is the reject `451 4.3.5 Server
/// configuration error`. What an operation asks about and is not known (no HELO, no sender …)
/// makes it dunno.
///
/// - Source: facts restrictions.md §5
public enum Operation: Hashable, Sendable {
  // MARK: Structure of one SMTP command's program

  /// enter(stage) — scope config, cost none
  /// Starts a list: sets reply name and class, clears defer_if_reject and carries defer_if_permit
  /// over (§2). The second of relay and recipient lists keeps both. Outcomes: dunno; permit where
  /// the list is skipped (helo without HELO, sender without MAIL).
  case enter(Stage)
  /// leave(stage) — scope config, cost none
  /// Ends a list and keeps the defer_if_permit state for the next stage. Outcomes: dunno.
  case leave(Stage)
  /// implicitUnlistedSender — scope sender, cost table
  /// smtpd_reject_unlisted_sender, behind the sender list. Outcomes: as rejectUnlisted.
  case implicitUnlistedSender
  /// implicitUnlistedRecipient — scope recipient, cost table
  /// smtpd_reject_unlisted_recipient, behind relay and recipient lists. Outcomes: as
  /// rejectUnlisted.
  case implicitUnlistedRecipient
  /// warnEmptyRelayDefault — scope recipient, cost none
  /// End of the list that stands in for an empty smtpd_relay_restrictions below compatibility
  /// level 1: logs that the new default would have denied. Outcomes: dunno.
  case warnEmptyRelayDefault
  /// applyDeferIfPermit — scope config, cost none
  /// End of RCPT, ETRN, DATA and end of data. Outcomes: reject with the reason kept by
  /// defer_if_permit where it is set, even after a permit; else dunno.
  case applyDeferIfPermit
  /// accept — scope config, cost none
  /// The command is accepted. Outcomes: none.
  case accept

  // MARK: §5.1 Generic

  /// permit(ignored) — scope config, cost none
  /// Permits. `ignored`: the name behind it in the same list, reported when it is reached.
  /// Outcomes: permit.
  case permit(ignored: [String])
  /// reject(ignored) — scope config, cost none
  /// Rejects with `reject_code`; `ignored` is reported behind the reject line, not under
  /// warn_if_reject. Outcomes: reject.
  case reject(ignored: [String])
  /// defer(ignored) — scope config, cost none
  /// Rejects with `defer_code`; `ignored` as above. Outcomes: reject.
  case `defer`(ignored: [String])
  /// deferIfPermit — scope config, cost none
  /// Asks for a deferral of what would be permitted. Outcomes: deferral.
  case deferIfPermit
  /// deferIfReject — scope config, cost none
  /// Asks for a deferral of what would be rejected. Outcomes: deferral.
  case deferIfReject
  /// checkPolicyService(endpoint) — scope recipient, cost network, volatile
  /// Asks a policy service; `endpoint` as written. Outcomes: those of an access table entry.
  case checkPolicyService(String)
  /// rejectUnauthPipelining — scope recipient, cost none, volatile
  /// Whether the client sent ahead where it must not. Outcomes: reject, dunno.
  case rejectUnauthPipelining
  /// sleep(seconds) — scope config, cost time, volatile
  /// Waits. Outcomes: dunno.
  case sleep(seconds: Int)
  /// rejectPlaintextSession — scope helo, cost none
  /// Whether the session is in clear. Outcomes: reject, dunno.
  case rejectPlaintextSession
  /// warnOnly(text) — scope config, cost none
  /// Logs a warning each time: `restriction X requires domain name argument`. Outcomes: dunno.
  case warnOnly(String)
  /// misconfigured(mistake) — scope config, cost none
  /// Reports a mistake of the configuration each time. Outcomes: misconfigured.
  case misconfigured(Misconfiguration)

  // MARK: §5.2 Client

  /// permitInetInterfaces — scope connection, cost none
  /// Whether the socket's address is one of our own. Outcomes: permit, dunno.
  case permitInetInterfaces
  /// permitMynetworks — scope connection, cost list
  /// Whether mynetworks matches. Outcomes: permit, dunno; reject 451 4.3.0 where the list fails.
  case permitMynetworks
  /// rejectUnknownClientHostname — scope connection, cost none
  /// Whether the client's name is verified. Outcomes: reject, dunno.
  case rejectUnknownClientHostname
  /// rejectUnknownReverseClientHostname — scope connection, cost none
  /// Whether the client's address has a name. Outcomes: reject, dunno.
  case rejectUnknownReverseClientHostname
  /// access(subject, table) — scope of the subject, cost table
  /// Probes the keys of access(5). Outcomes: the action of the first entry found; dunno where
  /// there is none; reject `Server configuration error` where the table fails; misconfigured for
  /// OK about reverseClient.
  case access(Subject, TableSpec)
  /// serverAccess(subject, record, table) — scope of the subject, cost DNS and table
  /// Probes names and addresses of the servers of a domain. Outcomes: the action of the first entry
  /// found; misconfigured for OK; dunno where there is none or DNS fails.
  case serverAccess(Subject, ServerRecord, TableSpec)
  /// certificateAccess(table, searchOrder) — scope helo, cost table
  /// Probes fingerprints of the client certificate; `searchOrder` is empty for the default.
  /// Outcomes: the action of the first entry found; dunno.
  case certificateAccess(TableSpec, searchOrder: [String])
  /// permitSASLAuthenticated — scope auth, cost none
  /// Whether the client is logged in. Outcomes: permit, dunno.
  case permitSASLAuthenticated
  /// permitTLSClientCerts — scope helo, cost table
  /// Whether relay_clientcerts has the client certificate. Outcomes: permit, dunno; reject 451
  /// where the table fails.
  case permitTLSClientCerts
  /// permitTLSAllClientCerts — scope helo, cost none
  /// Whether the client certificate is trusted. Outcomes: permit, dunno.
  case permitTLSAllClientCerts
  /// rejectDNSList(subject, argument) — scope of the subject, cost DNS
  /// Asks a DNS list; `argument` as written with its `=filter`. Outcomes: reject, dunno.
  case rejectDNSList(DNSListSubject, argument: String)
  /// permitDNSList(subject, argument) — scope recipient, cost DNS
  /// Asks an allow list, in RCPT only about authorized destinations. Outcomes: permit, dunno,
  /// deferral (reject).
  case permitDNSList(DNSListSubject, argument: String)
  /// rejectMapsRBL — scope connection, cost DNS
  /// Asks every list of maps_rbl_domains. Outcomes: reject, dunno.
  case rejectMapsRBL

  // MARK: §5.3 HELO

  /// rejectInvalidHelo — scope helo, cost none
  /// Whether the name is well-formed. Outcomes: reject, dunno.
  case rejectInvalidHelo
  /// rejectNonFQDNHelo — scope sender (SMTPUTF8), cost none
  /// Whether the name has a dot. Outcomes: reject, dunno.
  case rejectNonFQDNHelo
  /// rejectUnknownHelo — scope helo, cost DNS
  /// Whether the name has A, AAAA or MX records. Outcomes: reject, dunno; deferral or reject on
  /// failure.
  case rejectUnknownHelo
  /// permitNakedIPAddress — scope helo, cost none
  /// Whether the name is an address. Outcomes: permit, reject, dunno, always with a warning.
  case permitNakedIPAddress

  // MARK: §5.4 and §5.5 Sender and recipient; the subject is `.sender` or `.recipient`

  /// rejectUnknownDomain(subject) — scope of the subject, cost DNS
  /// Whether mail can be sent to the domain. Outcomes: reject, dunno; deferral or reject on
  /// failure.
  case rejectUnknownDomain(Subject)
  /// rejectNonFQDN(subject) — scope of the subject, cost none
  /// Whether the domain has a dot. Outcomes: reject, dunno.
  case rejectNonFQDN(Subject)
  /// rejectUnverified(subject) — scope of the subject, cost network, volatile
  /// Asks the verify service. Outcomes: reject, dunno; deferral or reject while unknown.
  case rejectUnverified(Subject)
  /// rejectUnlisted(subject) — scope of the subject, cost table
  /// Whether the address exists, once per command. Outcomes: reject, dunno.
  case rejectUnlisted(Subject)
  /// rejectSenderLoginMismatch(check) — scope sender, cost table
  /// Whether the login owns the sender. Outcomes: reject, dunno.
  case rejectSenderLoginMismatch(LoginCheck)
  /// permitAuthDestination — scope recipient, cost list
  /// Whether we are responsible for the recipient. Outcomes: permit, dunno.
  case permitAuthDestination
  /// rejectUnauthDestination — scope recipient, cost list
  /// Whether we are not responsible for the recipient. Outcomes: reject, dunno.
  case rejectUnauthDestination
  /// deferUnauthDestination — scope recipient, cost list
  /// As rejectUnauthDestination with a 4xx code. Outcomes: reject, dunno.
  case deferUnauthDestination
  /// permitMXBackup — scope recipient, cost DNS
  /// Whether we are a secondary mail exchanger of the domain. Outcomes: permit, dunno, deferral
  /// (reject).
  case permitMXBackup
  /// checkRelayDomains(ignored) — scope recipient, cost list
  /// The old relay gate, always with a warning. Outcomes: permit, reject.
  case checkRelayDomains(ignored: [String])
  /// rejectMultiRecipientBounce — scope recipient, cost none
  /// Whether a bounce has several recipients. Outcomes: reject, dunno.
  case rejectMultiRecipientBounce
}
