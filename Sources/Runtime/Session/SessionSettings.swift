import RestrictionDSL

/// The values that sessions work with, read once per configuration.
public final class SessionSettings: Sendable {
  public let hostName: Bytes
  public let mailName: Bytes
  public let banner: Bytes
  /// $myorigin, for addresses without domain in notices and probes.
  public let origin: Bytes

  public let delaysReject: Bool
  public let requiresHelo: Bool
  public let delaysOpen: Bool
  public let disablesVRFY: Bool
  public let smtputf8: Bool
  public let strictSMTPUTF8: Bool
  public let strictEnvelopes: Bool
  public let softBounce: Bool
  public let looksUpNames: Bool
  public let logsPort: Bool
  public let showsAuthenticatedSender: Bool
  /// smtpd_hide_client_session.
  public let hidesSession: Bool
  /// info_log_address_format=external.
  public let logsExternalAddresses: Bool

  /// - Unit: bytes; 0 is no limit
  public let messageSizeLimit: Int
  public let queueMinFree: Int
  public let lineLimit: Int

  /// - Unit: milliseconds
  public let timeLimit: UInt64
  public let hasRequestDeadline: Bool
  /// - Unit: bytes per second
  public let minDataRate: Int

  public let softErrorLimit: Int
  public let hardErrorLimit: Int
  /// - Unit: milliseconds
  public let errorSleep: Int
  public let junkLimit: Int
  public let recipientLimit: Int
  public let overshootLimit: Int
  public let historyThreshold: Int

  public let forbidsPipelining: Bool
  public let bareNewline: BareNewlineMode
  public let bareNewlineCode: Int

  public let rejectFooter: Bytes
  public let footerFilter: MacroExpander.Filter
  public let discardedKeywords: EHLOKeywords

  public let limits: Limits
  /// Whether any of the smtpd_client_*_limit parameters is set: connections are counted then.
  public var countsClients: Bool { limits != Limits() }

  /// How many bits of a client's address its limits go by; all by default.
  public let limitPrefixes: (v4: Int, v6: Int)

  public let verpDelimiters: Bytes
  public let verpFilter: Bytes

  public let notifyClasses: Set<ErrorClass>
  public let errorNoticeRecipient: Bytes
  public let bounceNoticeRecipient: Bytes
  public let doubleBounceSender: Bytes
  public let obsoleteHeaderFrom: Bool

  public let probeSender: ProbeSender

  /// How often a client may do something in one anvil_rate_time_unit; 0 is no limit.
  public struct Limits: Hashable, Sendable {
    public var connections = 0
    public var connectionRate = 0
    public var messageRate = 0
    public var recipientRate = 0
    public var authRate = 0
    public var newTLSRate = 0

    public init() {}
  }

  public init(_ settings: Settings) {
    hostName = Bytes(settings.string("myhostname"))
    mailName = Bytes(settings.string("mail_name"))
    banner = Bytes("220 ") + Bytes(settings.string("smtpd_banner"))
    origin = Bytes(settings.string("myorigin"))
    delaysReject = settings.bool("smtpd_delay_reject")
    requiresHelo = settings.bool("smtpd_helo_required")
    delaysOpen = settings.bool("smtpd_delay_open_until_valid_rcpt")
    disablesVRFY = settings.bool("disable_vrfy_command")
    smtputf8 = settings.bool("smtputf8_enable")
    strictSMTPUTF8 = settings.bool("strict_smtputf8")
    strictEnvelopes = settings.bool("strict_rfc821_envelopes")
    softBounce = settings.bool("soft_bounce")
    looksUpNames = settings.bool("smtpd_peername_lookup")
    logsPort = settings.bool("smtpd_client_port_logging")
    hidesSession = settings.bool("smtpd_hide_client_session")
    showsAuthenticatedSender = settings.bool("smtpd_sasl_authenticated_header")
    logsExternalAddresses = settings.string("info_log_address_format").lowercased() != "internal"
    messageSizeLimit = settings.int("message_size_limit")
    queueMinFree = settings.int("queue_minfree")
    lineLimit = max(2, settings.int("line_length_limit"))
    timeLimit = UInt64(max(1, settings.seconds("smtpd_timeout"))) * 1000
    hasRequestDeadline = settings.bool("smtpd_per_request_deadline")
    minDataRate = max(1, settings.int("smtpd_min_data_rate"))
    softErrorLimit = settings.int("smtpd_soft_error_limit")
    hardErrorLimit = settings.int("smtpd_hard_error_limit")
    errorSleep = settings.seconds("smtpd_error_sleep_time") * 1000
    junkLimit = settings.int("smtpd_junk_command_limit")
    recipientLimit = settings.int("smtpd_recipient_limit")
    overshootLimit = settings.int("smtpd_recipient_overshoot_limit")
    historyThreshold = settings.int("smtpd_history_flush_threshold")
    forbidsPipelining = settings.bool("smtpd_forbid_unauth_pipelining")
    bareNewline = BareNewlineMode(settings.string("smtpd_forbid_bare_newline")) ?? .allowed
    bareNewlineCode = settings.int("smtpd_forbid_bare_newline_reject_code")
    rejectFooter = Bytes(settings.string("smtpd_reject_footer"))
    footerFilter = MacroExpander.Filter(raw: settings.string("smtpd_expansion_filter"))
    discardedKeywords = EHLOKeywords(settings.string("smtpd_discard_ehlo_keywords"))
    var limits = Limits()
    limits.connections = settings.int("smtpd_client_connection_count_limit")
    limits.connectionRate = settings.int("smtpd_client_connection_rate_limit")
    limits.messageRate = settings.int("smtpd_client_message_rate_limit")
    limits.recipientRate = settings.int("smtpd_client_recipient_rate_limit")
    limits.authRate = settings.int("smtpd_client_auth_rate_limit")
    limits.newTLSRate = settings.int("smtpd_client_new_tls_session_rate_limit")
    self.limits = limits
    limitPrefixes = (
      settings.int("smtpd_client_ipv4_prefix_length"),
      settings.int("smtpd_client_ipv6_prefix_length")
    )
    verpDelimiters = Bytes(settings.string("default_verp_delimiters"))
    verpFilter = Bytes(settings.string("verp_delimiter_filter"))
    notifyClasses = Set(
      settings.list("notify_classes").compactMap { SessionSettings.errorClass($0.lowercased()) })
    errorNoticeRecipient = Bytes(settings.string("error_notice_recipient"))
    bounceNoticeRecipient = Bytes(settings.string("bounce_notice_recipient"))
    doubleBounceSender = Bytes(settings.string("double_bounce_sender"))
    obsoleteHeaderFrom = settings.string("header_from_format").lowercased() == "obsolete"
    probeSender = ProbeSender(
      address: Bytes(settings.string("address_verify_sender")), origin: origin,
      interval: settings.seconds("address_verify_sender_ttl"))
  }

  private static func errorClass(_ word: String) -> ErrorClass? {
    switch word {
    case "resource": .resource
    case "software": .software
    case "policy": .policy
    case "protocol": .protocol
    case "bounce": .bounce
    case "data": .data
    default: nil
    }
  }
}
