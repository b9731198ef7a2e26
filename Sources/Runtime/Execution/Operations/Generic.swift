import Compiler
import RestrictionDSL

/// Restrictions that stand in every list.
///
/// - Source: facts restrictions.md §3, §5.1
extension Evaluation {
  func permitAll(_ ignored: [String]) throws(Suspension) -> Outcome {
    let outcome = try permit(Bytes(restriction), .list)
    noteIgnored(ignored, after: "permit")
    return outcome
  }

  func rejectAll(_ ignored: [String]) -> Outcome {
    let outcome = reject(
      Rejection(parameters.rejectCode, "5.7.1", .list, ReplyTexts.accessDenied))
    if !isWarning { noteIgnored(ignored, after: "reject") }
    return outcome
  }

  func deferAll(_ ignored: [String]) -> Outcome {
    let outcome = reject(
      Rejection(parameters.deferCode, "4.3.2", .list, ReplyTexts.tryAgainLater))
    if !isWarning { noteIgnored(ignored, after: "defer") }
    return outcome
  }

  /// Postfix names the next element only.
  func noteIgnored(_ ignored: [String], after name: String) {
    guard let next = ignored.first else { return }
    log("warning: restriction `\(next)' after `\(name)' is ignored")
  }

  func rejectUnauthPipelining() -> Outcome {
    guard facts.improperPipelining else { return .dunno }
    var rejection = Rejection(503, "5.5.0", .list, ReplyTexts.pipelining)
    rejection.errorClass = .protocol
    return reject(rejection)
  }

  func sleep(_ seconds: Int) throws(Suspension) -> Outcome {
    let (pause, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
    _ = try run.book.answer(
      to: .pause(milliseconds: isTooLong ? .max : pause, serial: nextSerial()))
    return .dunno
  }

  func rejectPlaintextSession() -> Outcome {
    guard !facts.tlsIsActive else { return .dunno }
    return reject(
      Rejection(
        parameters.plaintextRejectCode, Bytes("4.7.1"), .plain(Bytes(ReplyTexts.encryptionRequired))
      ))
  }

  func warnOnly(_ text: String) -> Outcome {
    log("warning: \(text)")
    return .dunno
  }

  /// A mistake that is reported each time evaluation reaches it.
  func misconfigured(_ mistake: Misconfiguration) -> Outcome {
    switch mistake {
    case .unknownRestriction(let name):
      log("warning: unknown smtpd restriction: \"\(name)\"")
    case .badTableArgument(let restriction, let argument):
      log(
        "warning: restriction \(restriction): bad argument \"\(argument)\": need maptype:mapname")
    case .missingPolicyServer:
      log("warning: restriction check_policy_service must be followed by transport:server")
    case .badSleep:
      log("warning: restriction sleep must be followed by number")
    case .tableAttributes(let text):
      log("warning: See earlier parsing error messages for '\(text)")
    case .classCycle(let name):
      log("warning: restriction class \(name) contains itself")
    case .bareTable(let table):
      log(
        "warning: specify one of (check_client_access, check_reverse_client_hostname_access,"
          + " check_helo_access, check_sender_access, check_recipient_access, check_etrn_access)"
          + " before \(listName.replyClass.text) restriction \"\(table)\"")
    }
    return reject(.configurationError)
  }

  /// A restriction that must not permit was told to.
  func refusePermit(_ name: Bytes) -> Outcome {
    log("warning: restriction \(restriction) returns OK for \(name.text)")
    log("warning: this is not allowed for security reasons")
    log("warning: use DUNNO instead of OK if you want to make an exception")
    return reject(.configurationError)
  }

  /// A number that makes a question of this session unique; given back when the step is suspended.
  func nextSerial() -> Int {
    state.flags.serial += 1
    return state.flags.serial
  }
}
