import RestrictionDSL

/// Restrictions to operations: what a name means, with its argument.
///
/// Mistakes become operations too: they are reported when evaluation reaches them, as in Postfix.
public struct RestrictionLowering: Sendable {
  /// Stage of the list: it decides what a bare table means.
  ///
  /// Classes are lowered once per stage.
  public let stage: Stage

  public init(stage: Stage) { self.stage = stage }

  /// Lowers a list in order.
  func elements(_ list: RestrictionList) -> [DecisionGraph.Element] {
    list.restrictions.flatMap { restriction -> [DecisionGraph.Element] in
      works(restriction).map { work in
        DecisionGraph.Element(work: work, source: source(restriction), warns: restriction.warns)
      }
    }
  }

  private func source(_ restriction: Restriction) -> DecisionProgram.Source {
    var name = restriction.element.text
    if restriction.kind == .bareTable { name = stage.defaultTableRestriction ?? name }
    return DecisionProgram.Source(name: name, range: restriction.element.range)
  }

  private func works(_ restriction: Restriction) -> [DecisionGraph.Work] {
    switch restriction.kind {
    case .class:
      return [.call(restriction.element.text)]
    case .unknown:
      return [.operation(.misconfigured(.unknownRestriction(restriction.element.text)))]
    case .bareTable:
      return [.operation(bareTable(restriction.element.text))]
    case .builtin(.rejectSenderLoginMismatch, _):
      // A class that is always there.
      return [
        .operation(.rejectSenderLoginMismatch(.authenticated)),
        .operation(.rejectSenderLoginMismatch(.unauthenticated)),
      ]
    case .builtin(let name, let argument):
      return [.operation(operation(name, argument?.text, restriction))]
    }
  }

  private func bareTable(_ text: String) -> Operation {
    guard let name = stage.defaultTableRestriction.flatMap(RestrictionName.init(rawValue:)) else {
      return .misconfigured(.bareTable(text))
    }
    return tableOperation(name, text)
  }

  private func operation(
    _ name: RestrictionName, _ argument: String?, _ restriction: Restriction
  ) -> Operation {
    switch RestrictionCatalog.entry(of: name).argument {
    case .table:
      // Postfix shows the restriction itself where the list ends.
      let text = argument ?? restriction.element.text
      guard argument != nil, text.utf8.contains(0x3A) else {
        return .misconfigured(
          .badTableArgument(restriction: name.rawValue, argument: text))
      }
      return tableOperation(name, text)
    case .domain:
      guard let argument else {
        return .warnOnly("restriction \(restriction.element.text) requires domain name argument")
      }
      return dnsList(name, argument)
    case .policyService:
      guard let argument, argument.utf8.contains(0x3A) else {
        return .misconfigured(.missingPolicyServer)
      }
      return .checkPolicyService(argument)
    case .number:
      guard let argument, !argument.isEmpty, argument.utf8.allSatisfy(\.isASCIIDigit) else {
        return .misconfigured(.badSleep)
      }
      // atoi(3) of the original keeps 31 bits; nobody waits longer than a day.
      return .sleep(seconds: min(Int(argument) ?? 86_400, 86_400))
    case .none, .restriction:
      return simple(name, restriction)
    }
  }

  private func simple(_ name: RestrictionName, _ restriction: Restriction) -> Operation {
    let ignored = [restriction.follower].compactMap(\.self)
    // Not under warn_if_reject: evaluation goes on behind these.
    let ignoredAfterReject = restriction.warns ? [] : ignored
    switch name {
    case .permit: return .permit(ignored: ignored)
    case .reject: return .reject(ignored: ignoredAfterReject)
    case .defer: return .defer(ignored: ignoredAfterReject)
    case .checkRelayDomains: return .checkRelayDomains(ignored: ignoredAfterReject)
    case .deferIfPermit: return .deferIfPermit
    case .deferIfReject: return .deferIfReject
    case .rejectUnauthPipelining: return .rejectUnauthPipelining
    case .rejectPlaintextSession: return .rejectPlaintextSession
    case .permitInetInterfaces: return .permitInetInterfaces
    case .permitMynetworks: return .permitMynetworks
    case .rejectUnknownClientHostname: return .rejectUnknownClientHostname
    case .rejectUnknownReverseClientHostname: return .rejectUnknownReverseClientHostname
    case .rejectMapsRBL: return .rejectMapsRBL
    case .permitSASLAuthenticated: return .permitSASLAuthenticated
    case .permitTLSClientCerts: return .permitTLSClientCerts
    case .permitTLSAllClientCerts: return .permitTLSAllClientCerts
    case .rejectInvalidHeloHostname: return .rejectInvalidHelo
    case .rejectNonFQDNHeloHostname: return .rejectNonFQDNHelo
    case .rejectUnknownHeloHostname: return .rejectUnknownHelo
    case .permitNakedIPAddress: return .permitNakedIPAddress
    case .rejectUnknownSenderDomain: return .rejectUnknownDomain(.sender)
    case .rejectNonFQDNSender: return .rejectNonFQDN(.sender)
    case .rejectUnverifiedSender: return .rejectUnverified(.sender)
    case .rejectUnlistedSender: return .rejectUnlisted(.sender)
    case .rejectAuthenticatedSenderLoginMismatch: return .rejectSenderLoginMismatch(.authenticated)
    case .rejectUnauthenticatedSenderLoginMismatch:
      return .rejectSenderLoginMismatch(.unauthenticated)
    case .rejectKnownSenderLoginMismatch: return .rejectSenderLoginMismatch(.known)
    case .permitAuthDestination: return .permitAuthDestination
    case .rejectUnauthDestination: return .rejectUnauthDestination
    case .deferUnauthDestination: return .deferUnauthDestination
    case .permitMXBackup: return .permitMXBackup
    case .rejectUnknownRecipientDomain: return .rejectUnknownDomain(.recipient)
    case .rejectNonFQDNRecipient: return .rejectNonFQDN(.recipient)
    case .rejectUnlistedRecipient: return .rejectUnlisted(.recipient)
    case .rejectUnverifiedRecipient: return .rejectUnverified(.recipient)
    case .rejectMultiRecipientBounce: return .rejectMultiRecipientBounce
    case .warnIfReject, .rejectSenderLoginMismatch, .checkPolicyService, .sleep,
      .checkClientAccess, .checkReverseClientHostnameAccess, .checkClientAAccess,
      .checkClientMXAccess, .checkClientNSAccess, .checkReverseClientHostnameAAccess,
      .checkReverseClientHostnameMXAccess, .checkReverseClientHostnameNSAccess,
      .checkCcertAccess, .checkSASLAccess, .checkHeloAccess, .checkHeloAAccess,
      .checkHeloMXAccess, .checkHeloNSAccess, .checkSenderAccess, .checkSenderAAccess,
      .checkSenderMXAccess, .checkSenderNSAccess, .checkRecipientAccess, .checkRecipientAAccess,
      .checkRecipientMXAccess, .checkRecipientNSAccess, .checkETRNAccess, .rejectRBLClient,
      .rejectRHSBLClient, .rejectRHSBLReverseClient, .permitDNSWLClient, .permitRHSWLClient,
      .rejectRHSBLHelo, .rejectRHSBLSender, .rejectRHSBLRecipient:
      // These take an argument and are lowered before; the parser consumes warn_if_reject.
      preconditionFailure("\(name) has an argument")
    }
  }
}
