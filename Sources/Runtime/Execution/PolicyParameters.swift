import RestrictionDSL

/// What a reject-type restriction does after a temporary error.
enum TempfailAction: Hashable, Sendable {
  case defer_, deferIfPermit

  init(_ text: String) { self = text == "defer" ? .defer_ : .deferIfPermit }
}

/// Which DNS questions are started ahead of the one being waited for.
public enum DNSPrefetch: String, Hashable, Sendable {
  /// One at a time, as Postfix does.
  case no
  /// All that the rest of the program may ask.
  case yes
  /// As `yes`, and those about the connection already at connect.
  case connect
}

/// The parameters that access decisions depend on, read once.
///
/// - Source: postconf(5), "ACCESS CONTROL RESPONSES" and the parameters named
public final class PolicyParameters: Sendable {
  let accessMapRejectCode: Int
  let accessMapDeferCode: Int
  let rejectCode: Int
  let deferCode: Int
  let plaintextRejectCode: Int
  let unknownClientRejectCode: Int
  let invalidHostnameRejectCode: Int
  let nonFQDNRejectCode: Int
  let unknownHostnameRejectCode: Int
  let unknownAddressRejectCode: Int
  let relayDomainsRejectCode: Int
  let multiRecipientBounceRejectCode: Int
  let mapsRBLRejectCode: Int
  let mapsRBLDomains: [String]
  private let unknownAddressCodes: [String: Int]
  let unverifiedSenderRejectCode: Int
  let unverifiedSenderDeferCode: Int
  let unverifiedRecipientRejectCode: Int
  let unverifiedRecipientDeferCode: Int
  let unverifiedSenderReason: Bytes
  let unverifiedRecipientReason: Bytes
  let unknownHeloTempfailAction: TempfailAction
  let unknownAddressTempfailAction: TempfailAction
  let unverifiedSenderTempfailAction: TempfailAction
  let unverifiedRecipientTempfailAction: TempfailAction
  let verifyPollCount: Int
  /// - Unit: milliseconds
  let verifyPollDelay: Int

  let nullSenderKey: Bytes
  let allowsUntrustedRouting: Bool
  /// `no_unknown_recipient_checks` is not in receive_override_options.
  let checksUnlisted: Bool
  let rejectsUnlistedSender: Bool
  let rejectsUnlistedRecipient: Bool
  let delaysReject: Bool
  let hasProxyFilter: Bool
  let softBounce: Bool
  let logsExternalForm: Bool
  let usesUTF8: Bool
  let asksClientCertificate: Bool
  let saslIsEnabled: Bool
  let mailName: String
  let myHostname: Bytes
  let stress: Bytes

  let defaultRBLReply: Bytes
  let expansionFilter: MacroExpander.Filter
  let relayBeforeRecipient: Bool
  public let dnsPrefetch: DNSPrefetch
  let compatibility: Compatibility

  public init(_ settings: Settings) {
    accessMapRejectCode = settings.int("access_map_reject_code")
    accessMapDeferCode = settings.int("access_map_defer_code")
    rejectCode = settings.int("reject_code")
    deferCode = settings.int("defer_code")
    plaintextRejectCode = settings.int("plaintext_reject_code")
    unknownClientRejectCode = settings.int("unknown_client_reject_code")
    invalidHostnameRejectCode = settings.int("invalid_hostname_reject_code")
    nonFQDNRejectCode = settings.int("non_fqdn_reject_code")
    unknownHostnameRejectCode = settings.int("unknown_hostname_reject_code")
    unknownAddressRejectCode = settings.int("unknown_address_reject_code")
    relayDomainsRejectCode = settings.int("relay_domains_reject_code")
    multiRecipientBounceRejectCode = settings.int("multi_recipient_bounce_reject_code")
    mapsRBLRejectCode = settings.int("maps_rbl_reject_code")
    mapsRBLDomains = settings.list("maps_rbl_domains")
    unknownAddressCodes = [
      "unknown_local_recipient_reject_code": settings.int("unknown_local_recipient_reject_code"),
      "unknown_relay_recipient_reject_code": settings.int("unknown_relay_recipient_reject_code"),
      "unknown_virtual_alias_reject_code": settings.int("unknown_virtual_alias_reject_code"),
      "unknown_virtual_mailbox_reject_code":
        settings.int("unknown_virtual_mailbox_reject_code"),
    ]
    unverifiedSenderRejectCode = settings.int("unverified_sender_reject_code")
    unverifiedSenderDeferCode = settings.int("unverified_sender_defer_code")
    unverifiedRecipientRejectCode = settings.int("unverified_recipient_reject_code")
    unverifiedRecipientDeferCode = settings.int("unverified_recipient_defer_code")
    unverifiedSenderReason = Bytes(settings.string("unverified_sender_reject_reason"))
    unverifiedRecipientReason = Bytes(settings.string("unverified_recipient_reject_reason"))
    unknownHeloTempfailAction = TempfailAction(
      settings.string("unknown_helo_hostname_tempfail_action"))
    unknownAddressTempfailAction = TempfailAction(
      settings.string("unknown_address_tempfail_action"))
    unverifiedSenderTempfailAction = TempfailAction(
      settings.string("unverified_sender_tempfail_action"))
    unverifiedRecipientTempfailAction = TempfailAction(
      settings.string("unverified_recipient_tempfail_action"))
    verifyPollCount = settings.int("address_verify_poll_count")
    let (delay, isTooLong) = settings.seconds("address_verify_poll_delay")
      .multipliedReportingOverflow(by: 1000)
    verifyPollDelay = isTooLong ? .max : delay

    nullSenderKey = Bytes(settings.string("smtpd_null_access_lookup_key"))
    allowsUntrustedRouting = settings.bool("allow_untrusted_routing")
    checksUnlisted = !settings.list("receive_override_options")
      .contains("no_unknown_recipient_checks")
    rejectsUnlistedSender = settings.bool("smtpd_reject_unlisted_sender")
    rejectsUnlistedRecipient = settings.bool("smtpd_reject_unlisted_recipient")
    delaysReject = settings.bool("smtpd_delay_reject")
    hasProxyFilter = !settings.string("smtpd_proxy_filter").isEmpty
    softBounce = settings.bool("soft_bounce")
    logsExternalForm = settings.string("info_log_address_format") != "internal"
    usesUTF8 = settings.bool("smtputf8_enable")
    asksClientCertificate =
      settings.bool("smtpd_tls_ask_ccert") || settings.bool("smtpd_tls_req_ccert")
    saslIsEnabled = settings.bool("smtpd_sasl_auth_enable")
    mailName = settings.string("mail_name")
    myHostname = Bytes(settings.string("myhostname"))
    stress = Bytes(settings.string("stress"))

    defaultRBLReply = Bytes(settings.string("default_rbl_reply"))
    expansionFilter = MacroExpander.Filter(raw: settings.string("smtpd_expansion_filter"))
    relayBeforeRecipient = settings.bool("smtpd_relay_before_recipient_restrictions")
    dnsPrefetch = DNSPrefetch(rawValue: settings.string("smtpd_dns_prefetch")) ?? .yes
    compatibility = Compatibility(settings)
  }

  /// The reply code for an address that does not exist.
  func code(_ code: UnknownAddress.Code) -> Int {
    switch code {
    case .fixed(let code): code
    case .parameter(let name): unknownAddressCodes[name] ?? 550
    }
  }
}

/// Old defaults whose use is logged below a compatibility level.
///
/// - Source: facts restrictions.md §10.7
struct Compatibility: Hashable, Sendable {
  let relayDomains: Bool
  /// The value of mynetworks_style to name, or `nil`.
  let mynetworksStyle: String?
  let relayOrder: Bool

  init(_ settings: Settings) {
    let level = Compatibility.level(settings.string("compatibility_level"))
    relayDomains = level < [2] && !settings.isSet("relay_domains")
    mynetworksStyle =
      level < [2] && !settings.isSet("mynetworks") && !settings.isSet("mynetworks_style")
      ? settings.string("mynetworks_style") : nil
    relayOrder =
      level < [3, 6] && !settings.isSet("smtpd_relay_before_recipient_restrictions")
  }

  private static func level(_ text: String) -> [Int] {
    text.split(separator: ".").map { Int($0) ?? 0 }
  }
}

private func < (left: [Int], right: [Int]) -> Bool {
  for index in 0..<max(left.count, right.count) {
    let (l, r) = (index < left.count ? left[index] : 0, index < right.count ? right[index] : 0)
    if l != r { return l < r }
  }
  return false
}
