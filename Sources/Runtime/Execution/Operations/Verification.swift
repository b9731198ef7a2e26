import Compiler
import RestrictionDSL

/// Address verification: asks whether mail to an address would be delivered.
///
/// - Source: facts restrictions.md §5.6
extension Evaluation {
  func rejectUnverified(_ subject: Subject) throws(Suspension) -> Outcome {
    guard let address = address(of: subject) else { return .dunno }
    let isSender = subject == .sender
    let status = isSender ? "4.1.7" : "4.1.1"
    let action =
      isSender
      ? parameters.unverifiedSenderTempfailAction : parameters.unverifiedRecipientTempfailAction
    guard case .status(let result, let text) = try verification(of: address) else {
      log("warning: verify service failure")
      return postpone(
        Rejection(450, status, .subject(subject), ReplyTexts.verificationProblem), action)
    }
    let reason =
      isSender ? parameters.unverifiedSenderReason : parameters.unverifiedRecipientReason
    let why = reason.isEmpty ? text : reason
    let isUndeliverable = result == 2
    let code: Int
    switch result {
    case 0: return .dunno
    case 1, 3:
      code =
        isSender ? parameters.unverifiedSenderDeferCode : parameters.unverifiedRecipientDeferCode
    case 2:
      code =
        isSender ? parameters.unverifiedSenderRejectCode : parameters.unverifiedRecipientRejectCode
    default:
      log("warning: unknown address verification status \(result)")
      return .dunno
    }
    guard code >= 300 else { return .dunno }
    if isUndeliverable, code >= 500 {
      return reject(Rejection(code, status, .subject(subject), ReplyTexts.undeliverable(why)))
    }
    return postpone(
      Rejection(code, status, .subject(subject), ReplyTexts.unverified(why)), action)
  }

  /// Asks until the probe has finished, or often enough.
  private func verification(of address: Bytes) throws(Suspension) -> VerifyAnswer {
    var attempt = 1
    while true {
      guard
        case .verify(let answer) = try run.book.answer(
          to: .verify(address: address, attempt: attempt))
      else { return .failed }
      guard case .status(3, _) = answer, attempt < parameters.verifyPollCount else { return answer }
      _ = try run.book.answer(
        to: .pause(milliseconds: parameters.verifyPollDelay, serial: nextSerial()))
      attempt += 1
    }
  }
}
