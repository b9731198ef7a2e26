import Compiler
import RestrictionDSL

/// Restrictions about the existence of an address, and of the bounce with many recipients.
///
/// - Source: facts restrictions.md §5.5, §7.5
extension Evaluation {
  func rejectMultiRecipientBounce() -> Outcome {
    guard let sender = facts.sender, sender.isEmpty,
      facts.recipientCount > (facts.command == Bytes("RCPT") ? 0 : 1)
    else { return .dunno }
    return reject(
      Rejection(
        parameters.multiRecipientBounceRejectCode, "5.5.3", .list, ReplyTexts.multiRecipientBounce))
  }

  func implicitUnlistedSender() throws(Suspension) -> Outcome {
    guard parameters.rejectsUnlistedSender else { return .dunno }
    return try rejectUnlisted(.sender)
  }

  func implicitUnlistedRecipient() throws(Suspension) -> Outcome {
    guard parameters.rejectsUnlistedRecipient else { return .dunno }
    return try rejectUnlisted(.recipient)
  }

  /// Once per command; under warn_if_reject it does not count.
  ///
  /// What is kept for further recipients is that the sender was looked at and nothing was said.
  func rejectUnlisted(_ subject: Subject) throws(Suspension) -> Outcome {
    let isRecorded = recording != nil
    recording = nil
    guard let address = address(of: subject), !state.flags.isChecked(subject),
      !state.flags.discard, parameters.checksUnlisted
    else { return .dunno }
    let validity: AddressValidity
    if let seen = run.takeValidity() {
      validity = seen
    } else {
      validity = try context.validator.check(
        address, role: subject == .sender ? .sender : .recipient, other: otherEnd(of: subject),
        book: &run.book)
    }
    let outcome = try judge(validity, of: address, subject)
    if isRecorded, case .valid = validity, run.book.log.isEmpty { recording = [] }
    if !isWarning { state.flags.noteChecked(subject) }
    return outcome
  }

  private func judge(
    _ validity: AddressValidity, of address: Bytes, _ subject: Subject
  ) throws(Suspension) -> Outcome {
    switch validity {
    case .valid:
      if parameters.compatibility.relayDomains,
        try resolve(address, subject).addressClass == .relay
      {
        log(
          "using backwards-compatible default setting relay_domains=$mydestination to accept mail"
            + " for address \"\(address.text)\"")
      }
      return .dunno
    case .failed(let error):
      log(error.messages)
      return reject(error.kind == .temporary ? .temporaryFailure(address) : .configurationError)
    case .unknown(let unknown):
      let replyClass = facts.replyName(of: subject).replyClass
      var rejection = Rejection(
        parameters.code(unknown.code), fitted(unknown.status, to: replyClass),
        .rejected(.subject(subject), unknown.text))
      rejection.errorClass = .bounce
      return reject(rejection)
    }
  }
}
