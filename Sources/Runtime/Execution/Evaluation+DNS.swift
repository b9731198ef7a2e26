import RestrictionDSL

/// What DNS says about a name, for one or several record types.
enum DNSFinding: Hashable {
  case records([DNSRecord])
  /// A null MX: the domain says that it accepts no mail.
  case nullMX
  /// `hasName`: the name exists without records of the type.
  case notFound(hasName: Bool)
  case temporary
  case malformed
  /// smtpd_dns_reply_filter left nothing.
  case filtered
  /// smtpd_dns_reply_filter could not be applied: a temporary failure.
  case badFilter

  /// The words of the resolver for a failure.
  ///
  /// - Source: facts restrictions.md §5.7, §5.8
  var why: String {
    switch self {
    case .records, .nullMX: ""
    case .notFound(let hasName):
      hasName ? "Host found but no data record of requested type" : "Host not found"
    case .temporary, .badFilter: "Host not found, try again"
    case .malformed: "Malformed or unexpected name server reply"
    case .filtered: "DNS reply filter policy"
    }
  }
}

extension Evaluation {
  /// Asks for one record type.
  ///
  /// A name that is no host name does not exist.
  func lookUp(_ name: Bytes, _ type: DNSType) throws(Suspension) -> DNSFinding {
    guard DomainName.isValidHostname(name.span) else { return .notFound(hasName: false) }
    guard case .dns(let answer) = try run.book.answer(to: .dns(name: name, type: type)) else {
      return .temporary
    }
    switch answer {
    case .records(let records):
      if type == .mx, records.count == 1, case .mx(_, let host, _)? = records.first, host.isEmpty {
        return .nullMX
      }
      return try filtered(records, of: name)
    case .noName: return .notFound(hasName: false)
    case .noData: return .notFound(hasName: true)
    case .temporary:
      // The next recipient may have more luck.
      recording = nil
      return .temporary
    case .malformed: return .malformed
    }
  }

  /// Asks for several types until one exists; a temporary failure counts where none does.
  ///
  /// - Parameter stopsAtFilteredMX: an MX that the reply filter drops is the last word.
  func lookUpAny(
    _ name: Bytes, _ types: [DNSType], stopsAtFilteredMX: Bool = false
  ) throws(Suspension) -> DNSFinding {
    var result: DNSFinding?
    for type in types {
      let finding = try lookUp(name, type)
      switch finding {
      // A reply that makes no sense ends the search (observed), unlike one without records.
      case .records, .nullMX, .malformed: return finding
      case .temporary, .badFilter: result = .temporary
      case .filtered:
        if stopsAtFilteredMX, type == .mx { return .filtered }
        if result != .temporary { result = .filtered }
      case .notFound:
        if result != .temporary, result != .filtered { result = finding }
      }
    }
    return result ?? .notFound(hasName: false)
  }

  /// Applies smtpd_dns_reply_filter.
  private func filtered(
    _ records: [DNSRecord], of name: Bytes
  ) throws(Suspension) -> DNSFinding {
    guard !context.dnsReplyFilter.isEmpty else { return .records(records) }
    var kept: [DNSRecord] = []
    for record in records {
      let line = record.line(of: name)
      let action: Bytes?
      do throws(Suspension) {
        action = try context.dnsReplyFilter.value(for: line.span, isPartial: false, book: &run.book)
      } catch {
        guard case .failed(let cause) = error else { throw error }
        log(cause.messages)
        recording = nil
        return .badFilter
      }
      guard let action else {
        kept.append(record)
        continue
      }
      guard action.prefix(while: { !$0.isASCIISpace }).equalsIgnoringCase("IGNORE") else {
        log("warning: smtpd_dns_reply_filter: unknown DNS filter action: \"\(action.text)\"")
        return .badFilter
      }
      log("ignoring DNS RR: \(line.text)")
    }
    return kept.isEmpty && !records.isEmpty ? .filtered : .records(kept)
  }

  /// The addresses of a host as the system's resolver gives them.
  func addresses(of host: Bytes) throws(Suspension) -> HostAnswer {
    guard case .host(let answer) = try run.book.answer(to: .addresses(host: host)) else {
      return .failed(temporary: true, reason: "Temporary failure in name resolution")
    }
    if case .failed(temporary: true, _) = answer { recording = nil }
    return answer
  }
}

extension DNSRecord {
  /// The record in zone file form, as a reply filter sees it.
  ///
  /// - Source: postconf(5) smtp_dns_reply_filter
  func line(of name: Bytes) -> Bytes {
    var line = name + Bytes(". ")
    func rest(_ ttl: UInt32, _ type: String, _ data: Bytes) -> Bytes {
      Bytes("\(ttl) IN \(type) ") + data
    }
    switch self {
    case .address(let address, let ttl):
      let type = address.bitWidth == 32 ? "A" : "AAAA"
      line += rest(ttl, type, Bytes(address.description))
    case .mx(let preference, let host, let ttl):
      line += rest(ttl, "MX", Bytes("\(preference) ") + host + Bytes("."))
    case .host(let host, let ttl): line += rest(ttl, "NS", host + Bytes("."))
    case .text(let text, let ttl): line += rest(ttl, "TXT", text)
    }
    return line
  }
}
