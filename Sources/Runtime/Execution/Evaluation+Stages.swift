import Compiler
import RestrictionDSL

/// What happens between the lists of a command.
///
/// - Source: facts restrictions.md §1, §2 "defer_if_permit carry-over", §10.7
extension Evaluation {
  /// Starts a list, or goes to its end where its subject is not known.
  func enter(_ stage: Stage) -> Outcome {
    run.begin(stage, facts, &state.flags, delaysReject: parameters.delaysReject)
    return run.entersList(facts, state.flags) ? .dunno : .permit
  }

  func endStage() { run.endStage(facts, &state.flags) }

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

extension PolicyRun {
  /// Starts a list.
  mutating func begin(
    _ stage: Stage, _ facts: Facts, _ flags: inout PolicyState.Flags, delaysReject: Bool
  ) {
    self.stage = stage
    switch stage {
    case .client:
      flags.deferIfPermit = false
    case .helo:
      flags.deferIfPermit = flags.afterClient
    case .sender:
      flags.deferIfPermit = flags.afterClient || flags.afterHelo
      if facts.sender != nil { flags.senderIsChecked = false }
    case .relay, .recipient:
      // The two lists are one stage.
      guard firstRecipientList == nil else { return }
      firstRecipientList = stage
      if !didSender, facts.sender != nil, delaysReject {
        flags.afterSender = flags.afterClient || flags.afterHelo
      }
      flags.deferIfPermit = flags.afterSender
    case .etrn:
      flags.deferIfPermit = flags.afterClient || flags.afterHelo
    case .data, .endOfData:
      flags.deferIfPermit = false
    }
    flags.deferIfReject = false
  }

  /// Whether the list that was started is evaluated: its subject is known, and nothing is discarded.
  func entersList(_ facts: Facts, _ flags: PolicyState.Flags) -> Bool {
    guard let stage else { return false }
    return facts.hasSubject(of: stage) && !flags.discard
  }

  /// Keeps the state of defer_if_permit for the stages that follow.
  mutating func endStage(_ facts: Facts, _ flags: inout PolicyState.Flags) {
    guard let stage, facts.hasSubject(of: stage) else { return }
    switch stage {
    case .client: flags.afterClient = flags.deferIfPermit
    case .helo: flags.afterHelo = flags.deferIfPermit
    case .sender:
      flags.afterSender = flags.deferIfPermit
      didSender = true
    case .relay, .recipient, .etrn, .data, .endOfData: break
    }
  }
}
