/// Every name that a restriction list may contain besides classes.
public enum RestrictionCatalog {
  /// What follows a name in the list.
  public enum Argument: Hashable, Sendable {
    case none
    /// `type:name`; `check_ccert_access` also takes `{ type:name { search_order = … } }`.
    case table
    /// DNS list domain, with or without `=filter`.
    case domain
    /// `inet:host:port`, `unix:path`, or the form in braces with options.
    case policyService
    /// Decimal digits.
    case number
    /// The next restriction.
    case restriction
  }

  /// One spelling.
  public struct Entry: Hashable, Sendable {
    /// Lower case.
    public let spelling: String
    public let name: RestrictionName
    public let argument: Argument
    /// First Postfix release that knows the spelling.
    public let since: String
    /// What to write instead, where the spelling is old.
    public let modern: String?
    /// First release without it, where there is one.
    public let removedIn: String?

    init(
      _ spelling: String, _ name: RestrictionName, _ argument: Argument, since: String,
      modern: String? = nil, removedIn: String? = nil
    ) {
      self.spelling = spelling
      self.name = name
      self.argument = argument
      self.since = since
      self.modern = modern
      self.removedIn = removedIn
    }
  }

  /// The entry of a name, letters of either case.
  ///
  /// `reject_sender_login_mismatch` is a class that is always there, and classes are
  /// case-sensitive.
  ///
  /// - Source: facts restrictions.md §2 step 4, §5.4; observed on 3.7.11
  public static func entry(_ spelling: String) -> Entry? {
    guard let entry = bySpelling[spelling.asciiLowercased] else { return nil }
    if entry.name == .rejectSenderLoginMismatch && spelling != entry.spelling { return nil }
    return entry
  }

  /// The entry of the current spelling.
  public static func entry(of name: RestrictionName) -> Entry { byName[name] ?? all[0] }

  /// Every row, current spellings and old ones.
  ///
  /// - Source: facts restrictions.md §5 and §11; postconf(5)
  public static let all: [Entry] = current + legacy

  private static let bySpelling = Dictionary(uniqueKeysWithValues: all.map { ($0.spelling, $0) })
  private static let byName = Dictionary(uniqueKeysWithValues: current.map { ($0.name, $0) })

  private static let legacy: [Entry] = [
    old("reject_unknown_client", .rejectUnknownClientHostname, .none),
    old("reject_invalid_hostname", .rejectInvalidHeloHostname, .none),
    old("reject_unknown_hostname", .rejectUnknownHeloHostname, .none),
    old("reject_non_fqdn_hostname", .rejectNonFQDNHeloHostname, .none),
    old("reject_unknown_address", .rejectUnknownSenderDomain, .none),
    old("check_recipient_maps", .rejectUnlistedRecipient, .none),
    old("reject_rbl", .rejectRBLClient, .domain),
  ]

  private static func old(
    _ spelling: String, _ name: RestrictionName, _ argument: Argument
  ) -> Entry {
    Entry(spelling, name, argument, since: "1.1", modern: name.rawValue)
  }

  private static func row(
    _ name: RestrictionName, _ argument: Argument = .none, since: String = "1.1",
    modern: String? = nil, removedIn: String? = nil
  ) -> Entry {
    Entry(name.rawValue, name, argument, since: since, modern: modern, removedIn: removedIn)
  }

  private static let current: [Entry] = [
    row(.permit),
    row(.reject),
    row(.defer, since: "2.0"),
    row(.deferIfPermit, since: "2.0"),
    row(.deferIfReject, since: "2.0"),
    row(.warnIfReject, .restriction),
    row(.checkPolicyService, .policyService, since: "2.1"),
    row(.rejectUnauthPipelining),
    row(.sleep, .number, since: "2.2"),
    row(.rejectPlaintextSession, since: "2.3"),

    row(.permitInetInterfaces, since: "2.2"),
    row(.permitMynetworks),
    row(.rejectUnknownClientHostname, since: "2.3"),
    row(.rejectUnknownReverseClientHostname, since: "2.3"),
    row(.checkClientAccess, .table),
    row(.checkReverseClientHostnameAccess, .table, since: "2.6"),
    row(.checkClientAAccess, .table, since: "3.0"),
    row(.checkClientMXAccess, .table, since: "2.7"),
    row(.checkClientNSAccess, .table, since: "2.7"),
    row(.checkReverseClientHostnameAAccess, .table, since: "3.0"),
    row(.checkReverseClientHostnameMXAccess, .table, since: "2.7"),
    row(.checkReverseClientHostnameNSAccess, .table, since: "2.7"),
    row(.rejectRBLClient, .domain, since: "2.0"),
    row(.rejectRHSBLClient, .domain, since: "2.0"),
    row(.rejectRHSBLReverseClient, .domain, since: "2.8"),
    row(.permitDNSWLClient, .domain, since: "2.8"),
    row(.permitRHSWLClient, .domain, since: "2.8"),
    row(.rejectMapsRBL, modern: "reject_rbl_client", removedIn: "3.9"),
    row(.permitSASLAuthenticated),
    row(.permitTLSClientCerts, since: "2.2"),
    row(.permitTLSAllClientCerts, since: "2.2"),
    row(.checkCcertAccess, .table, since: "2.2"),
    row(.checkSASLAccess, .table, since: "2.11"),

    row(.checkHeloAccess, .table),
    row(.checkHeloAAccess, .table, since: "3.0"),
    row(.checkHeloMXAccess, .table, since: "2.1"),
    row(.checkHeloNSAccess, .table, since: "2.1"),
    row(.rejectInvalidHeloHostname, since: "2.3"),
    row(.rejectNonFQDNHeloHostname, since: "2.3"),
    row(.rejectUnknownHeloHostname, since: "2.3"),
    row(.rejectRHSBLHelo, .domain, since: "2.1"),
    row(.permitNakedIPAddress, modern: "permit_mynetworks", removedIn: "3.9"),

    row(.checkSenderAccess, .table),
    row(.checkSenderAAccess, .table, since: "3.0"),
    row(.checkSenderMXAccess, .table, since: "2.1"),
    row(.checkSenderNSAccess, .table, since: "2.1"),
    row(.rejectUnknownSenderDomain),
    row(.rejectNonFQDNSender),
    row(.rejectUnverifiedSender, since: "2.1"),
    row(.rejectSenderLoginMismatch),
    row(.rejectAuthenticatedSenderLoginMismatch, since: "2.1"),
    row(.rejectUnauthenticatedSenderLoginMismatch, since: "2.1"),
    row(.rejectKnownSenderLoginMismatch, since: "2.11"),
    row(.rejectUnlistedSender, since: "2.1"),
    row(.rejectRHSBLSender, .domain, since: "2.0"),

    row(.checkRecipientAccess, .table),
    row(.checkRecipientAAccess, .table, since: "3.0"),
    row(.checkRecipientMXAccess, .table, since: "2.1"),
    row(.checkRecipientNSAccess, .table, since: "2.1"),
    row(.permitAuthDestination),
    row(.rejectUnauthDestination),
    row(.deferUnauthDestination, since: "2.10"),
    row(.permitMXBackup),
    row(.checkRelayDomains, modern: "reject_unauth_destination", removedIn: "3.9"),
    row(.rejectUnknownRecipientDomain),
    row(.rejectNonFQDNRecipient),
    row(.rejectUnlistedRecipient, since: "2.1"),
    row(.rejectUnverifiedRecipient, since: "2.1"),
    row(.rejectMultiRecipientBounce, since: "2.1"),
    row(.rejectRHSBLRecipient, .domain, since: "2.0"),
    row(.checkETRNAccess, .table),
  ]
}

extension String {
  /// ASCII letters in lower case; other characters are unchanged.
  var asciiLowercased: String { Bytes(self).asciiLowercased.text }
}
