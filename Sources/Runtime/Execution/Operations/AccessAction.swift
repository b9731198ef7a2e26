import Compiler
import RestrictionDSL

/// What the right-hand sides of access tables and the answers of policy services do.
///
/// - Source: facts restrictions.md §6.6
extension Evaluation {
  func apply(
    _ value: Bytes, _ finding: Finding, _ continuation: Frame.Continuation, _ bound: BoundProgram,
    isDefaultAction: Bool = false
  ) throws(Suspension) -> Outcome {
    let action = value.isEmpty ? AccessAction.separators : AccessAction.parse(value)
    switch action {
    case .dunno: return .dunno
    case .ok(let name):
      return settle(
        try permit(name, finding.target, table: Bytes(finding.table)), continuation)
    case .reject(let dsn, let text):
      return reject(
        rejection(
          parameters.accessMapRejectCode, dsn, "5.7.1", text, ReplyTexts.accessDenied, finding))
    case .defer(let dsn, let text):
      return reject(
        rejection(
          parameters.accessMapDeferCode, dsn, "4.7.1", text, ReplyTexts.accessDenied, finding))
    case .code(let code, let dsn, let text):
      return reject(
        rejection(
          Int(code), dsn, code < 500 ? "4.7.1" : "5.7.1", text, ReplyTexts.accessDenied, finding))
    case .deferIfPermit(let dsn, let text):
      return deferIfPermit(
        rejection(
          parameters.accessMapDeferCode, dsn, "4.7.1", text, ReplyTexts.serviceUnavailable, finding)
      )
    case .deferIfReject(let dsn, let text):
      return deferIfReject(
        rejection(
          parameters.accessMapDeferCode, dsn, "4.7.1", text, ReplyTexts.serviceUnavailable, finding)
      )
    case .hangUp(let text):
      report(.hangUp, text)
      return .decided(.hangUp)
    case .info(let text):
      report(.info, text)
      return .dunno
    case .warn(let text):
      report(.warn, text)
      return .dunno
    case .filter, .hold, .discard, .redirect, .bcc, .prepend:
      return settle(try sideEffect(action, finding), continuation)
    case .lookupTable:
      log("warning: access table \(finding.table) has entry with lookup table: \(value.text)")
      log("warning: do not specify lookup tables inside SMTPD access maps")
      log("warning: define a restriction class and specify its name instead.")
      return reject(.configurationError)
    case .separators:
      log("warning: access table \(finding.table) entry \(value.text) has empty value")
      return settle(.permit, continuation)
    case .restrictions(let list):
      return enterList(list, finding, continuation, bound, isDefaultAction)
    }
  }

  private func rejection(
    _ code: Int, _ dsn: Bytes?, _ defaultDSN: String, _ text: Bytes, _ defaultText: String,
    _ finding: Finding
  ) -> Rejection {
    let status = fitted(dsn ?? Bytes(defaultDSN), to: resolve(finding.target).replyClass)
    return Rejection(
      code, status, .rejected(finding.target, text.isEmpty ? Bytes(defaultText) : text))
  }

  /// The status adapted to the class of the reply; says so where it changes.
  func fitted(_ status: Bytes, to replyClass: ReplyClass) -> Bytes {
    guard let adapted = EnhancedStatus.adapted(status, to: replyClass) else { return status }
    log("mapping DSN status \(status.text) into \(replyClass.text) status \(adapted.text)")
    return adapted
  }

  /// What OK means for the restriction that found it.
  private func settle(
    _ outcome: Outcome, _ continuation: Frame.Continuation
  ) -> Outcome {
    guard case .permit = outcome else { return outcome }
    switch continuation {
    case .plain, .nextKey: return .permit
    case .permitIsDunno: return .dunno
    case .permitIsError(let name): return state.flags.discard ? .permit : refusePermit(name)
    }
  }

  /// A restriction list, evaluated in the place of the table.
  private func enterList(
    _ list: Bytes, _ finding: Finding, _ continuation: Frame.Continuation, _ bound: BoundProgram,
    _ isDefaultAction: Bool
  ) -> Outcome {
    // Lists and classes count in the original; only that it ends can be seen from outside.
    guard run.frames.count < 100 else {
      log(
        "warning: access table \(finding.table) entry \(list.text) causes unreasonable recursion")
      return reject(.configurationError)
    }
    let fragment = context.fragment(list, stage: run.stage ?? .client)
    return .list(
      Frame(
        bound: fragment, pc: 0, caller: bound, isWarning: isWarning, name: resolve(finding.target),
        continuation: continuation,
        isDefaultAction: isDefaultAction || run.frames.last?.isDefaultAction == true))
  }

  // MARK: Actions on the message

  private func sideEffect(
    _ action: AccessAction, _ finding: Finding
  ) throws(Suspension) -> Outcome {
    guard isAvailable(action, finding) else { return .dunno }
    if let problem = action.malformation {
      log("warning: access table \(finding.table) entry \"\(finding.key.text)\" \(problem.text)")
      return .dunno
    }
    let name = resolve(finding.target)
    let subject = Bytes("<") + name.name + Bytes(">: \(name.replyClass.text) ")
    switch action {
    case .filter(let target):
      report(.filter, subject + Bytes("triggers FILTER ") + target)
      perform(.filter(target))
    case .redirect(let address):
      report(.redirect, subject + Bytes("triggers REDIRECT ") + address)
      perform(.redirect(address))
    case .bcc(let address):
      report(.bcc, subject + Bytes("triggers BCC ") + address)
      perform(.bcc(address))
    case .prepend(let header): perform(.prepend(header))
    case .hold(let text):
      hold(subject + (text.isEmpty ? Bytes("triggers HOLD action") : text))
    case .discard(let text):
      report(.discard, subject + (text.isEmpty ? Bytes("triggers DISCARD action") : text))
      perform(.discard)
      return try permit(Bytes("DISCARD"), finding.target, table: Bytes(finding.table))
    default: break
    }
    return .dunno
  }

  /// Whether an action on the message can be done here; says why not.
  private func isAvailable(_ action: AccessAction, _ finding: Finding) -> Bool {
    let table = "warning: access table \(finding.table): "
    let name = action.keyword
    let isPrepend = name == "PREPEND"
    if !isPrepend, parameters.hasProxyFilter {
      log(table + "with smtpd_proxy_filter specified, action \(name) is unavailable")
      return false
    }
    if !isPrepend, run.entry == .etrn {
      log(table + "action \(name) is unavailable in smtpd_etrn_restrictions")
      return false
    }
    if facts.sender == nil {
      log(
        table + "with smtpd_delay_reject=no, action \(name) is always skipped in Client host or"
          + " Helo command restrictions")
      return false
    }
    if isPrepend, run.entry == .endOfData {
      log(table + "action PREPEND must be used before smtpd_end_of_data_restrictions")
      return false
    }
    return true
  }
}

extension AccessAction {
  /// The word of an action on the message.
  fileprivate var keyword: String {
    switch self {
    case .filter: "FILTER"
    case .hold: "HOLD"
    case .discard: "DISCARD"
    case .redirect: "REDIRECT"
    case .bcc: "BCC"
    case .prepend: "PREPEND"
    default: ""
    }
  }
}

extension AccessAction.Malformation {
  /// The end of the warning.
  fileprivate var text: String {
    switch self {
    case .missingValue: "has FILTER entry without value"
    case .missingTransport: "requires transport:destination"
    case .missingDomain: "requires user@domain target"
    case .missingHeader: "requires header: text"
    }
  }
}
