import RestrictionDSL

/// What the shape of the programs depends on besides the lists.
struct PolicyOptions: Hashable, Sendable {
  /// smtpd_delay_reject: client, helo and sender lists wait for RCPT.
  var delaysReject = true
  /// smtpd_relay_before_recipient_restrictions.
  var relayFirst = true
  /// The unset relay list of a compatibility level below 1.
  var relayDefaultIsEmpty = false
  var rejectsUnlistedSender = false
  var rejectsUnlistedRecipient = false

  init() {}

  init(settings: Settings) {
    delaysReject = settings.bool("smtpd_delay_reject")
    relayFirst = settings.bool("smtpd_relay_before_recipient_restrictions")
    let relay = settings.entry(Stage.relay.parameterName)
    relayDefaultIsEmpty = relay.map { $0.range == nil && $0.value.isEmpty } ?? false
    let checksRecipients = !settings.list("receive_override_options").contains {
      $0 == "no_unknown_recipient_checks"
    }
    rejectsUnlistedSender = checksRecipients && settings.bool("smtpd_reject_unlisted_sender")
    rejectsUnlistedRecipient =
      checksRecipients && settings.bool("smtpd_reject_unlisted_recipient")
  }
}
