import Compiler
import LookupTables
import RestrictionDSL

/// check_*_a_access, check_*_mx_access, check_*_ns_access: the hosts behind a name.
///
/// - Source: facts restrictions.md §5.7
extension Evaluation {
  /// More addresses than this are ignored.
  private static let addressLimit = 100
  /// More hosts than this are ignored.
  ///
  /// Postfix asks for all that have no address: thousands fit into an answer, each of them a
  /// question that the owner of the domain can make us wait for.
  static let hostLimit = 100

  func serverAccess(
    _ subject: Subject, _ record: ServerRecord, _ table: OpenTable, _ bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    guard let input = serverInput(subject), let domain = serverDomain(subject) else {
      return .dunno
    }
    let continuation = Frame.Continuation.permitIsError(input)
    if domain.first == 0x5B {
      guard record != .ns, domain.last == 0x5D, let address = literal(domain) else { return .dunno }
      return try addressAccess(address, subject, continuation, table, bound) ?? .dunno
    }
    guard let hosts = try servers(of: asciiDomain(domain), record, input: input) else {
      return .dunno
    }
    var count = 0
    for host in hosts.prefix(Evaluation.hostLimit) {
      if DomainName.isValidAddress(host.span) {
        if let outcome = try addressAccess(host, subject, continuation, table, bound) {
          return outcome
        }
        continue
      }
      if record != .a, let value = try probeName(table, host.span) {
        return try apply(value, finding(table, host, subject), continuation, bound)
      }
      guard let addresses = try serverAddresses(of: host, record, subject) else { continue }
      for address in addresses {
        count += 1
        guard count <= Evaluation.addressLimit else {
          logRemainder("address", Evaluation.addressLimit, record, subject)
          return .dunno
        }
        let text = Bytes(address.description)
        if let outcome = try addressAccess(text, subject, continuation, table, bound) {
          return outcome
        }
      }
    }
    if hosts.count > Evaluation.hostLimit {
      logRemainder("host", Evaluation.hostLimit, record, subject)
    }
    return .dunno
  }

  private func logRemainder(
    _ what: String, _ limit: Int, _ record: ServerRecord, _ subject: Subject
  ) {
    let name = facts.replyName(of: subject)
    log(
      "warning: check_server_access: \(record.typeName) server \(what) count limit (\(limit)) exceeded for"
        + " \(name.replyClass.text) \(name.name.text) -- ignoring the remainder")
  }

  private func serverInput(_ subject: Subject) -> Bytes? {
    let unknown = Bytes("unknown")
    switch subject {
    case .client: return facts.client.name == unknown ? nil : facts.client.name
    case .reverseClient:
      return facts.client.reverseName == unknown ? nil : facts.client.reverseName
    case .helo: return facts.helo
    case .sender: return facts.sender
    case .recipient: return facts.recipient
    case .etrn, .sasl, .ccert: return nil
    }
  }

  /// The name whose servers are asked for.
  func serverDomain(_ subject: Subject) -> Bytes? {
    guard let input = serverInput(subject), !input.isEmpty else { return nil }
    guard subject == .sender || subject == .recipient, let at = input.lastIndex(of: 0x40) else {
      return input
    }
    return Bytes(input[(at + 1)...])
  }

  /// The address of `[…]`.
  private func literal(_ domain: Bytes) -> Bytes? {
    let inner = Bytes(domain[1..<max(1, domain.count - 1)])
    return DomainName.literalAddress(inner.span).map { Bytes(inner[$0]) }
  }

  private func addressAccess(
    _ address: Bytes, _ subject: Subject, _ continuation: Frame.Continuation, _ table: OpenTable,
    _ bound: BoundProgram
  ) throws(Suspension) -> Outcome? {
    guard let value = try probeAddress(table, address.span) else { return nil }
    return try apply(value, finding(table, address, subject), continuation, bound)
  }

  /// The servers of a domain, or `nil` where they are not known: that never rejects.
  private func servers(
    of domain: Bytes, _ record: ServerRecord, input: Bytes
  ) throws(Suspension) -> [Bytes]? {
    if record == .a { return [domain] }
    var asked = domain
    var result = try lookUp(asked, record == .mx ? .mx : .ns)
    if record == .mx, case .notFound = result { return [domain] }
    while record == .ns, case .notFound = result,
      let dot = asked.firstIndex(of: 0x2E), dot + 1 < asked.count
    {
      asked = Bytes(asked[(dot + 1)...])
      result = try lookUp(asked, .ns)
    }
    switch result {
    case .records(let records): return records.compactMap(\.serverName)
    case .nullMX: return nil
    case .notFound:
      log("warning: Unable to look up \(record.typeName) host for \(input.text): \(result.why)")
    case .temporary, .malformed, .filtered, .badFilter:
      log("warning: Unable to look up \(record.typeName) host for \(asked.text): \(result.why)")
    }
    return nil
  }

  private func serverAddresses(
    of host: Bytes, _ record: ServerRecord, _ subject: Subject
  ) throws(Suspension) -> [IPAddress]? {
    switch try addresses(of: host) {
    case .addresses(let addresses): return addresses
    case .failed(_, let reason):
      if record != .a {
        let name = facts.replyName(of: subject)
        log(
          "warning: Unable to look up \(record.typeName) host \(host.text) for"
            + " \(name.replyClass.text) \(name.name.text): \(reason)")
      }
      return nil
    case .name: return nil
    }
  }
}

extension ServerRecord {
  /// The record type as messages name it.
  var typeName: String {
    switch self {
    case .a: "A"
    case .mx: "MX"
    case .ns: "NS"
    }
  }
}

extension DNSRecord {
  /// The host of an MX or NS record.
  fileprivate var serverName: Bytes? {
    switch self {
    case .mx(_, let host, _), .host(let host, _): host
    case .address, .text: nil
    }
  }
}
