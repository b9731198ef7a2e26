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
/// Outcomes follow facts restrictions.md §5: dunno goes on to `next`, permit to `onPermit`, reject ends the command.
public enum Operation: Hashable, Sendable {
  // Structure of one SMTP command's program.
  /// Starts a list: sets reply name and class, clears defer_if_reject and warn_if_reject, and
  /// carries defer_if_permit over as §2 says.
  case enter(Stage)
  /// Ends a list: keeps the defer_if_permit state for the next stage.
  case leave(Stage)
  /// smtpd_reject_unlisted_sender, after the sender list.
  case implicitUnlistedSender
  /// smtpd_reject_unlisted_recipient, after relay and recipient lists.
  case implicitUnlistedRecipient
  /// End of the list that stands in for an empty smtpd_relay_restrictions below compatibility
  /// level 1: logs that the new default would have denied, and goes on.
  case warnEmptyRelayDefault
  /// Turns a pending defer_if_permit into the reject (end of RCPT, ETRN, DATA, end of data).
  case applyDeferIfPermit
  /// The command is accepted.
  case accept

  // §5.1 Generic
  /// `ignored`: names after it in the same list, which Postfix reports when it is reached.
  case permit(ignored: [String])
  case reject(ignored: [String])
  case `defer`(ignored: [String])
  case deferIfPermit, deferIfReject
  case checkPolicyService(String)
  case rejectUnauthPipelining
  case sleep(seconds: Int)
  case rejectPlaintextSession
  /// A restriction that logs a warning and answers dunno (`restriction X requires domain name argument` …).
  case warnOnly(String)
  case misconfigured(Misconfiguration)

  // §5.2–5.5
  case permitInetInterfaces, permitMynetworks
  case rejectUnknownClientHostname, rejectUnknownReverseClientHostname
  /// `check_client_access`, `check_helo_access`, … and `check_sasl_access`.
  case access(Subject, TableSpec)
  /// `check_*_a_access`, `check_*_mx_access`, `check_*_ns_access`.
  case serverAccess(Subject, ServerRecord, TableSpec)
  /// `check_ccert_access`; `searchOrder` is empty for the default order.
  case certificateAccess(TableSpec, searchOrder: [String])
  case permitSASLAuthenticated, permitTLSClientCerts, permitTLSAllClientCerts
  /// `argument` as written, with its `=filter`.
  case rejectDNSList(DNSListSubject, argument: String)
  case permitDNSList(DNSListSubject, argument: String)
  case rejectMapsRBL
  case rejectInvalidHelo, rejectNonFQDNHelo, rejectUnknownHelo, permitNakedIPAddress
  /// Subject is `.sender` or `.recipient` in the next four.
  case rejectUnknownDomain(Subject)
  case rejectNonFQDN(Subject)
  case rejectUnverified(Subject)
  case rejectUnlisted(Subject)
  case rejectSenderLoginMismatch(LoginCheck)
  case permitAuthDestination, rejectUnauthDestination, deferUnauthDestination
  case permitMXBackup
  case checkRelayDomains(ignored: [String])
  case rejectMultiRecipientBounce
}
