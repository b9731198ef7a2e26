import Compiler
import RestrictionDSL

/// The one switch on the operation.
extension Evaluation {
  func evaluate(
    _ step: BoundProgram.Step, in bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    switch step.operation {
    case .enter(let stage): return enter(stage)
    case .leave:
      if run.frames.isEmpty { endStage() }
      return .dunno
    case .warnEmptyRelayDefault: return warnEmptyRelayDefault()
    case .implicitUnlistedSender: return try implicitUnlistedSender()
    case .implicitUnlistedRecipient: return try implicitUnlistedRecipient()
    case .applyDeferIfPermit: return applyDeferIfPermit()
    case .accept: return .dunno

    case .permit(let ignored): return try permitAll(ignored)
    case .reject(let ignored): return rejectAll(ignored)
    case .defer(let ignored): return deferAll(ignored)
    case .deferIfPermit:
      return deferIfPermit(Rejection(450, "4.7.0", .list, ReplyTexts.deferIfPermit))
    case .deferIfReject:
      return deferIfReject(Rejection(450, "4.7.0", .list, ReplyTexts.deferIfReject))
    case .checkPolicyService(let text): return try checkPolicyService(text, step.binding, bound)
    case .rejectUnauthPipelining: return rejectUnauthPipelining()
    case .sleep(let seconds): return try sleep(seconds)
    case .rejectPlaintextSession: return rejectPlaintextSession()
    case .warnOnly(let text): return warnOnly(text)
    case .misconfigured(let mistake): return misconfigured(mistake)

    case .permitInetInterfaces: return try permitInetInterfaces()
    case .permitMynetworks: return try permitMynetworks(restriction)
    case .rejectUnknownClientHostname: return rejectUnknownClient()
    case .rejectUnknownReverseClientHostname: return rejectUnknownReverseClient()
    case .access(let subject, _):
      guard let table = step.table else { return misconfiguredTable(step) }
      return try access(subject, table, bound)
    case .serverAccess(let subject, let record, _):
      guard let table = step.table else { return misconfiguredTable(step) }
      return try serverAccess(subject, record, table, bound)
    case .certificateAccess(_, let order):
      guard let table = step.table else { return misconfiguredTable(step) }
      return try certificateAccess(table, order, bound)
    case .permitSASLAuthenticated: return try permitSASLAuthenticated(restriction)
    case .permitTLSClientCerts: return try permitTLSClientCerts(trustsAll: false)
    case .permitTLSAllClientCerts: return try permitTLSClientCerts(trustsAll: true)
    case .rejectDNSList(let subject, let argument):
      guard case .list(let list) = step.binding else {
        return try rejectDNSList(subject, DNSList(argument))
      }
      return try rejectDNSList(subject, list)
    case .permitDNSList(let subject, let argument):
      guard case .list(let list) = step.binding else {
        return try permitDNSList(subject, DNSList(argument))
      }
      return try permitDNSList(subject, list)
    case .rejectMapsRBL: return try rejectMapsRBL()
    case .rejectInvalidHelo: return rejectInvalidHelo()
    case .rejectNonFQDNHelo: return rejectNonFQDNHelo()
    case .rejectUnknownHelo: return try rejectUnknownHelo()
    case .permitNakedIPAddress: return try permitNakedIPAddress()
    case .rejectUnknownDomain(let subject): return try rejectUnknownDomain(subject)
    case .rejectNonFQDN(let subject): return rejectNonFQDN(subject)
    case .rejectUnverified(let subject): return try rejectUnverified(subject)
    case .rejectUnlisted(let subject): return try rejectUnlisted(subject)
    case .rejectSenderLoginMismatch(let check): return try rejectSenderLoginMismatch(check)
    case .permitAuthDestination: return try permitAuthDestination(restriction)
    case .rejectUnauthDestination: return try rejectUnauthDestination(defers: false)
    case .deferUnauthDestination: return try rejectUnauthDestination(defers: true)
    case .permitMXBackup: return try permitMXBackup()
    case .checkRelayDomains(let ignored): return try checkRelayDomains(ignored)
    case .rejectMultiRecipientBounce: return rejectMultiRecipientBounce()
    }
  }

  private func misconfiguredTable(_ step: BoundProgram.Step) -> Outcome {
    let argument = step.operation.table?.description ?? ""
    return misconfigured(.badTableArgument(restriction: restriction, argument: argument))
  }
}
