import RestrictionDSL

/// Restrictions about the HELO name.
///
/// - Source: facts restrictions.md §5.3
extension Evaluation {
  func rejectInvalidHelo() -> Outcome {
    guard let helo = facts.helo, !helo.isEmpty else { return .dunno }
    if helo.first == 0x5B { return rejectInvalidLiteral(helo) }
    return rejectInvalidName(helo)
  }

  private func rejectInvalidName(_ helo: Bytes) -> Outcome {
    let name = helo.span.extracting(0..<lengthWithoutTrailingDot(helo.span))
    if DomainName.isValidHostname(name) || DomainName.isValidAddress(name) { return .dunno }
    return rejectHelo(parameters.invalidHostnameRejectCode, "5.5.2", ReplyTexts.invalidName)
  }

  /// `[1.2.3.4]`, `[IPv6:…]`.
  private func rejectInvalidLiteral(_ helo: Bytes) -> Outcome {
    if DomainName.isValidLiteral(helo.span) { return .dunno }
    return rejectHelo(parameters.invalidHostnameRejectCode, "5.5.2", ReplyTexts.invalidAddress)
  }

  func rejectNonFQDNHelo() -> Outcome {
    guard let helo = facts.helo, !helo.isEmpty else { return .dunno }
    if helo.first == 0x5B { return rejectInvalidLiteral(helo) }
    if facts.isFullyQualified(helo.span) { return .dunno }
    return rejectHelo(parameters.nonFQDNRejectCode, "5.5.2", ReplyTexts.needQualifiedHost)
  }

  func rejectUnknownHelo() throws(Suspension) -> Outcome {
    guard let helo = facts.helo, !helo.isEmpty else { return .dunno }
    if helo.first == 0x5B { return rejectInvalidLiteral(helo) }
    switch try lookUpAny(helo, [.a, .aaaa, .mx]) {
    case .records, .nullMX: return .dunno
    case .filtered:
      log(
        "warning: \(helo.text): address or MX lookup error: DNS reply filter drops all results")
      return .dunno
    case .malformed:
      return rejectHelo(parameters.unknownHostnameRejectCode, "4.7.1", ReplyTexts.malformedReply)
    case .notFound:
      return rejectHelo(parameters.unknownHostnameRejectCode, "4.7.1", ReplyTexts.hostNotFound)
    case .temporary, .badFilter:
      return postpone(
        Rejection(450, "4.7.1", .subject(.helo), ReplyTexts.hostNotFound),
        parameters.unknownHeloTempfailAction)
    }
  }

  func permitNakedIPAddress() throws(Suspension) -> Outcome {
    log(
      "warning: restriction \(restriction) is deprecated."
        + " Use permit_mynetworks or permit_sasl_authenticated instead")
    guard let helo = facts.helo, !helo.isEmpty else { return .dunno }
    guard helo.allSatisfy({ $0.isASCIIDigit || $0 == 0x2E || $0 == 0x3A }) else { return .dunno }
    if DomainName.isValidAddress(helo.span) {
      return try permit(Bytes(restriction), .subject(.helo))
    }
    return rejectHelo(parameters.invalidHostnameRejectCode, "5.5.2", ReplyTexts.invalidAddress)
  }

  private func rejectHelo(_ code: Int, _ status: String, _ text: String) -> Outcome {
    reject(Rejection(code, status, .subject(.helo), text))
  }

}

extension Facts {
  /// A valid host name with a dot inside; UTF-8 only where the client asked for it.
  func isFullyQualified(_ text: Span<UInt8>) -> Bool {
    let name = text.extracting(0..<lengthWithoutTrailingDot(text))
    if !smtputf8 { return DomainName.labels(ofHostname: name) > 1 }
    return DomainName.isValidHostname(name, allowsUTF8: true) && name.has(0x2E)
  }
}

/// How much of a name counts: without one dot at its end, but not where two end it.
private func lengthWithoutTrailingDot(_ name: Span<UInt8>) -> Int {
  let count = name.count
  guard count > 0, name[count - 1] == 0x2E, count < 2 || name[count - 2] != 0x2E else {
    return count
  }
  return count - 1
}
