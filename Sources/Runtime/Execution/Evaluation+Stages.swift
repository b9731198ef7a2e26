import Compiler
import RestrictionDSL

/// What happens between the lists of a command.
///
/// - Source: facts restrictions.md §1, §2 "defer_if_permit carry-over", §10.7
extension Evaluation {
  /// Starts a list, or goes to its end where its subject is not known.
  func enter(_ stage: Stage) -> Outcome {
    run.stage = stage
    beginStage(stage)
    guard facts.hasSubject(of: stage), !state.flags.discard else { return .permit }
    return .dunno
  }

  func beginStage(_ stage: Stage) {
    switch stage {
    case .client:
      state.flags.deferIfPermit = false
    case .helo:
      state.flags.deferIfPermit = state.flags.afterClient
    case .sender:
      state.flags.deferIfPermit = state.flags.afterClient || state.flags.afterHelo
      if facts.sender != nil { state.flags.senderIsChecked = false }
    case .relay, .recipient:
      // The two lists are one stage.
      guard run.firstRecipientList == nil else { return }
      run.firstRecipientList = stage
      if !run.didSender, facts.sender != nil, parameters.delaysReject {
        state.flags.afterSender = state.flags.afterClient || state.flags.afterHelo
      }
      state.flags.deferIfPermit = state.flags.afterSender
    case .etrn:
      state.flags.deferIfPermit = state.flags.afterClient || state.flags.afterHelo
    case .data, .endOfData:
      state.flags.deferIfPermit = false
    }
    state.flags.deferIfReject = false
  }

  /// Keeps the state of defer_if_permit for the stages that follow.
  func endStage() {
    guard let stage = run.stage, facts.hasSubject(of: stage) else { return }
    switch stage {
    case .client: state.flags.afterClient = state.flags.deferIfPermit
    case .helo: state.flags.afterHelo = state.flags.deferIfPermit
    case .sender:
      state.flags.afterSender = state.flags.deferIfPermit
      run.didSender = true
    case .relay, .recipient, .etrn, .data, .endOfData: break
    }
  }

  /// A command without a program of its own: the stage was empty.
  func skipStage() {
    switch run.entry {
    case .connect: state.flags.afterClient = false
    case .helo: state.flags.afterHelo = state.flags.afterClient
    case .mail:
      state.flags.afterSender = state.flags.afterClient || state.flags.afterHelo
      state.flags.senderIsChecked = false
    case .rcpt, .vrfy, .etrn, .data, .endOfData: break
    }
  }

  /// The recipient list was evaluated first and has rejected, because of an old default.
  func noteRelayOrder(_ verdict: Verdict) {
    guard parameters.compatibility.relayOrder, run.firstRecipientList == .recipient,
      run.stage == .recipient, case .reject = verdict, let recipient = facts.recipient
    else { return }
    log(
      "using backwards-compatible default setting smtpd_relay_before_recipient_restrictions=no"
        + " to reject recipient \"\(recipient.text)\" from client"
        + " \"\(facts.client.nameAndAddress.text)\"")
    flushLog()
  }

  /// The default of smtpd_relay_restrictions was empty once: says where today's would have refused.
  func warnEmptyRelayDefault() -> Outcome {
    guard let recipient = facts.recipient else { return .dunno }
    log(
      "using backwards-compatible default setting \"smtpd_relay_restrictions = (empty)\" to avoid"
        + " \"Relay access denied\" error for recipient \"\(recipient.text)\" from client"
        + " \"\(facts.client.nameAndAddress.text)\"")
    return .dunno
  }
}
