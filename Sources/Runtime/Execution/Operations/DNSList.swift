import Compiler
import LookupTables
import RestrictionDSL

/// A DNS list as a restriction names it: `domain` or `domain=filter`.
struct DNSList: Hashable, Sendable {
  let argument: Bytes
  let domain: Bytes
  /// Parsed when an answer is first compared with it; a bad one is fatal then.
  let filter: Bytes?

  init(_ argument: String) {
    self.argument = Bytes(argument)
    let parts = self.argument.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
    domain = Bytes(parts[0])
    filter = parts.count > 1 ? Bytes(parts[1]) : nil
  }
}

/// DNS block lists and welcome lists.
///
/// - Source: facts restrictions.md §5.8
extension Evaluation {
  /// What a list says.
  private enum Listing {
    case listed(reason: Bytes)
    case notListed
    case unknown
    case badFilter(String)
  }

  func rejectDNSList(
    _ subject: DNSListSubject, _ list: DNSList
  ) throws(Suspension) -> Outcome {
    guard let query = listQuery(subject, list.domain) else { return .dunno }
    switch try listing(query, list) {
    case .notListed, .unknown: return .dunno
    case .badFilter(let message): return stop("RBL reply error: \(message)")
    case .listed(let reason):
      // The reply may name the recipient.
      recording = nil
      return try rejectListed(subject, list, reason)
    }
  }

  func permitDNSList(
    _ subject: DNSListSubject, _ list: DNSList
  ) throws(Suspension) -> Outcome {
    if run.entry == .rcpt, let recipient = facts.recipient {
      guard try isAuthorized(recipient) else { return .dunno }
    }
    guard let query = listQuery(subject, list.domain) else { return .dunno }
    switch try listing(query, list) {
    case .notListed: return .dunno
    case .badFilter(let message): return stop("RBL reply error: \(message)")
    case .listed: return try permit(Bytes(restriction), .subject(.client))
    case .unknown:
      return deferIfReject(
        Rejection(
          450, "4.7.1", .named(listWhat(subject), .client), ReplyTexts.serviceUnavailable))
    }
  }

  func rejectMapsRBL() throws(Suspension) -> Outcome {
    let warning =
      "warning: support for restriction \"\(restriction)\" will be removed from"
      + " \(parameters.mailName); use \"reject_rbl_client domain-name\" instead"
    if !context.hasWarned(warning) { log(warning) }
    var outcome = Outcome.dunno
    for domain in parameters.mapsRBLDomains {
      outcome = try rejectDNSList(.clientAddress, DNSList(domain))
      guard case .dunno = outcome else { break }
    }
    context.noteWarned(warning)
    return outcome
  }

  /// A mistake that ends Postfix's process in the middle of a session.
  func stop(_ message: String) -> Outcome {
    recording = nil
    log("fatal: \(message)")
    return .decided(.fatal)
  }

  // MARK: Asking

  /// The name to ask, or `nil` where the subject is not known or cannot be listed.
  func listQuery(_ subject: DNSListSubject, _ domain: Bytes) -> Bytes? {
    let name: Bytes
    switch subject {
    case .clientAddress:
      guard let address = facts.client.address else { return nil }
      return address.reversedLabels + Bytes(".") + domain
    case .clientName: name = facts.client.name
    case .reverseClientName: name = facts.client.reverseName
    case .helo: name = facts.helo ?? []
    case .sender: name = facts.sender ?? []
    case .recipient: name = facts.recipient ?? []
    }
    if subject == .clientName || subject == .reverseClientName, name == Bytes("unknown") {
      return nil
    }
    let at = name.lastIndex(of: 0x40)
    let part = at.map { Bytes(name[($0 + 1)...]) } ?? name
    if at != nil, part.first == 0x5B { return nil }
    let lastLabel = part[((part.lastIndex(of: 0x2E) ?? -1) + 1)...]
    guard !part.isEmpty, !lastLabel.allSatisfy(\.isASCIIDigit) || lastLabel.isEmpty else {
      return nil
    }
    let ascii = asciiDomain(part)
    guard DomainName.isValidHostname(ascii.span) else { return nil }
    return ascii + Bytes(".") + domain
  }

  /// What the list is asked about, as replies show it.
  func listWhat(_ subject: DNSListSubject) -> Bytes {
    switch subject {
    case .clientAddress: facts.client.addressText
    case .clientName: facts.client.name
    case .reverseClientName: facts.client.reverseName
    case .helo: facts.helo ?? []
    case .sender: facts.sender ?? []
    case .recipient: facts.recipient ?? []
    }
  }

  private func listing(_ query: Bytes, _ list: DNSList) throws(Suspension) -> Listing {
    // The original keeps answers of lists, failures too, and says of a failure when it happens.
    if state.failedLists.contains(query) || failedLists.contains(query) { return .unknown }
    let answer = try lookUp(query, .a)
    guard case .records(let records) = answer else {
      switch answer {
      case .notFound, .nullMX, .records: return .notListed
      case .temporary, .malformed, .filtered, .badFilter:
        if !context.failedLists.contains(query) {
          log("warning: \(query.text): RBL lookup error: \(lookupError(query, "A", answer))")
        }
        failedLists.append(query)
        return .unknown
      }
    }
    let reason = try listReason(query)
    guard let pattern = list.filter else { return .listed(reason: reason) }
    do throws(DNSListFilter.SyntaxError) {
      let filter = try DNSListFilter(pattern)
      let isListed = records.contains { record in
        if case .address(let address, _) = record { return filter.matches(address) }
        return false
      }
      return isListed ? .listed(reason: reason) : .notListed
    } catch {
      return .badFilter(error.message)
    }
  }

  /// The TXT records, joined; at most 500 bytes.
  private func listReason(_ query: Bytes) throws(Suspension) -> Bytes {
    let answer = try lookUp(query, .txt)
    if case .filtered = answer {
      log("warning: \(query.text): TXT lookup error: \(lookupError(query, "TXT", answer))")
    }
    guard case .records(let records) = answer else { return [] }
    var reason = Bytes()
    for (index, record) in records.enumerated() {
      guard case .text(let text, _) = record else { continue }
      if index > 0 { reason += Bytes(" / ") }
      reason += text
      if reason.count >= 500 { break }
    }
    return Bytes(reason.prefix(500))
  }

  /// A failed lookup in the words of the DNS client.
  func lookupError(_ name: Bytes, _ type: String, _ finding: DNSFinding) -> String {
    switch finding {
    case .malformed:
      "Name service error for name=\(name.text) type=\(type): \(finding.why)"
    case .filtered:
      "Error looking up name=\(name.text) type=\(type): DNS reply filter drops all results"
    case .badFilter:
      "Error looking up name=\(name.text) type=\(type): Invalid DNS reply filter syntax"
    case .records, .nullMX, .notFound, .temporary:
      "Host or domain name not found. Name service error for name=\(name.text) type=\(type):"
        + " \(finding.why)"
    }
  }
}

extension DNSListSubject {
  /// The class of the replies.
  var replyClass: ReplyClass {
    switch self {
    case .clientAddress, .clientName: .client
    case .reverseClientName: .reverseClient
    case .helo: .helo
    case .sender: .sender
    case .recipient: .recipient
    }
  }
}

extension IPAddress {
  /// The labels a DNS list is asked with: octets or nibbles in reverse.
  var reversedLabels: Bytes {
    switch self {
    case .v4(let value):
      return Bytes("\(value & 255).\(value >> 8 & 255).\(value >> 16 & 255).\(value >> 24)")
    case .v6(let high, let low):
      var labels = Bytes()
      for half in [low, high] {
        for shift in 0..<16 {
          if !labels.isEmpty { labels.append(0x2E) }
          labels.append(contentsOf: String(half >> UInt64(4 * shift) & 15, radix: 16).utf8)
        }
      }
      return labels
    }
  }
}
