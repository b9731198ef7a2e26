import RestrictionDSL

/// The way every rejection takes.
///
/// - Source: facts restrictions.md §2, "Reject path"
extension Evaluation {
  /// Rejects, or warns under warn_if_reject.
  func reject(_ rejection: Rejection) -> Outcome {
    recording?.append(.reject(rejection))
    let warns = isWarning && rejection.errorClass.mayBeWarning
    let text = render(rejection.wording)
    return unrecordedReject(
      rejection.code, rejection.status, text, rejection.errorClass, warns: warns)
  }

  /// Rejects with the reason of a pending defer_if_permit.
  func applyDeferIfPermit() -> Outcome {
    guard state.flags.deferIfPermit, let deferral = state.permitDeferral else { return .dunno }
    return unrecordedReject(
      deferral.code, deferral.status, deferral.text, deferral.errorClass, warns: false)
  }

  /// What is stored of a rejection that is postponed.
  func deferral(_ rejection: Rejection) -> Deferral {
    Deferral(
      code: rejection.code, status: rejection.status, text: render(rejection.wording),
      errorClass: rejection.errorClass)
  }

  private func render(_ wording: Rejection.Wording) -> Bytes {
    switch wording {
    case .rejected(let target, let text): ReplyTexts.rejected(resolve(target), text)
    case .about(let name, let text): ReplyTexts.about(name, text)
    case .plain(let text): text
    }
  }

  private func unrecordedReject(
    _ code: Int, _ status: Bytes, _ text: Bytes, _ errorClass: ErrorClass, warns: Bool
  ) -> Outcome {
    var reply = replyLine(code, status, text)
    if !warns, state.flags.deferIfReject, reply.first == 0x35, let deferral = state.rejectDeferral {
      state.flags.deferIfReject = false
      isWarning = false
      return unrecordedReject(
        deferral.code, deferral.status, deferral.text, deferral.errorClass, warns: false)
    }
    if parameters.softBounce, reply.first == 0x35 { reply[0] = 0x34 }
    reply[4] = reply[0]
    unrecorded { $0.report(warns ? .rejectWarning : .reject, reply) }
    return warns ? .dunno : .decided(.reject(reply: reply, errorClass))
  }

  /// `CODE DSN TEXT`, or the reply that stands for an unusable one; printable.
  ///
  /// Not cut, whatever its length: observed on 3.7.11 with 5,000 bytes of text.
  private func replyLine(_ code: Int, _ status: Bytes, _ text: Bytes) -> Bytes {
    var reply = Bytes("\(code) ")
    reply.reserveCapacity(status.count + text.count + 8)
    reply.append(contentsOf: status)
    reply.append(0x20)
    reply.append(contentsOf: text)
    if !(400...599).contains(code) {
      run.book.log.append("warning: SMTP reply code configuration error: \(reply.text)")
      reply = Bytes(ReplyTexts.unusableReply)
    } else if !EnhancedStatus.isValid(status) {
      run.book.log.append("warning: DSN detail code configuration error: \(reply.text)")
      reply = Bytes(ReplyTexts.unusableReply)
    }
    LogLines.makePrintable(&reply, replacement: 0x20, keepsUTF8: parameters.usesUTF8)
    return reply
  }
}

extension ErrorClass {
  /// Errors of the server itself are never turned into warnings.
  var mayBeWarning: Bool {
    switch self {
    case .software, .resource, .data: false
    case .policy, .protocol, .bounce: true
    }
  }
}
