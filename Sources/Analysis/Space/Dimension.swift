import Compiler
import RestrictionDSL

/// One independent thing that a session chooses.
enum Dimension: UInt8, Hashable, Sendable, CaseIterable, Comparable {
  case address
  /// Client names, and how well they are known.
  case name
  case helo, sender, recipient, login
  /// TLS and the client certificate.
  case channel
  case pipelining
  /// Whether another recipient was accepted before; at DATA, whether there are several.
  case count

  static func < (left: Dimension, right: Dimension) -> Bool { left.rawValue < right.rawValue }
}

extension Operation {
  /// What the answer depends on, besides answers from outside.
  ///
  /// A DNS list asked for the client's address depends on its answer alone.
  var dimensions: [Dimension] {
    switch self {
    case .enter(.helo): [.helo]
    case .enter, .leave, .warnEmptyRelayDefault, .applyDeferIfPermit, .accept, .permit, .reject,
      .defer, .deferIfPermit, .deferIfReject, .checkPolicyService, .sleep, .warnOnly,
      .misconfigured,
      .rejectMapsRBL:
      []
    case .implicitUnlistedSender: [.sender]
    case .implicitUnlistedRecipient, .permitAuthDestination, .rejectUnauthDestination,
      .deferUnauthDestination, .permitMXBackup:
      [.recipient]
    case .rejectUnauthPipelining: [.pipelining]
    case .rejectPlaintextSession, .certificateAccess, .permitTLSClientCerts,
      .permitTLSAllClientCerts:
      [.channel]
    case .permitInetInterfaces: [.address]
    case .permitMynetworks: [.address, .name]
    case .rejectUnknownClientHostname, .rejectUnknownReverseClientHostname: [.name]
    case .access(let subject, _):
      subject == .client || subject == .reverseClient
        ? [.address, .name] : subject.dimension.map { [$0] } ?? []
    case .serverAccess(let subject, _, _), .rejectUnknownDomain(let subject),
      .rejectNonFQDN(let subject), .rejectUnverified(let subject), .rejectUnlisted(let subject):
      subject.dimension.map { [$0] } ?? []
    case .permitSASLAuthenticated: [.login]
    case .rejectDNSList(let subject, _): subject.dimension.map { [$0] } ?? []
    case .permitDNSList(let subject, _):
      subject == .recipient ? [.recipient] : (subject.dimension.map { [$0] } ?? []) + [.recipient]
    case .rejectInvalidHelo, .rejectNonFQDNHelo, .rejectUnknownHelo, .permitNakedIPAddress: [.helo]
    case .rejectSenderLoginMismatch: [.sender, .login]
    case .checkRelayDomains: [.name, .recipient]
    case .rejectMultiRecipientBounce: [.sender, .count]
    }
  }
}

extension Subject {
  fileprivate var dimension: Dimension? {
    switch self {
    case .client, .reverseClient: .name
    case .helo: .helo
    case .sender: .sender
    case .recipient: .recipient
    case .sasl: .login
    case .ccert: .channel
    case .etrn: nil
    }
  }
}

extension DNSListSubject {
  fileprivate var dimension: Dimension? {
    switch self {
    case .clientAddress: nil
    case .clientName, .reverseClientName: .name
    case .helo: .helo
    case .sender: .sender
    case .recipient: .recipient
    }
  }
}
