import Compiler
import RestrictionDSL

/// Restrictions about the domain of the sender or the recipient.
///
/// - Source: facts restrictions.md §5.4, §5.5
extension Evaluation {
  /// The address a restriction is about: `nil` where it is not known or the null sender.
  func address(of subject: Subject) -> Bytes? { facts.address(of: subject) }

  /// The address as given, before $myorigin is added.
  func rejectNonFQDN(_ subject: Subject) -> Outcome {
    if facts.hasFullDomain(subject) { return .dunno }
    return reject(
      Rejection(
        parameters.nonFQDNRejectCode, "4.5.2", .subject(subject), ReplyTexts.needQualifiedAddress))
  }

  func rejectUnknownDomain(_ subject: Subject) throws(Suspension) -> Outcome {
    guard let address = address(of: subject) else { return .dunno }
    let resolved = try resolve(address, subject)
    guard resolved.shape != nil, !resolved.addressClass.isFinal else { return .dunno }
    let domain = Bytes(MailAddress.domain(of: resolved.address))
    if domain.first == 0x5B, domain.last == 0x5D { return .dunno }
    let (status, nullCode, nullStatus) =
      subject == .sender ? ("4.1.8", 550, "4.7.27") : ("4.1.2", 556, "4.1.10")
    let code = parameters.unknownAddressRejectCode
    switch try lookUpAny(asciiDomain(domain), [.mx, .a, .aaaa], stopsAtFilteredMX: true) {
    case .records: return .dunno
    case .nullMX:
      return reject(Rejection(nullCode, nullStatus, .subject(subject), ReplyTexts.nullMX(domain)))
    case .filtered:
      log(
        "warning: \(domain.text): MX or address lookup error: DNS reply filter drops all results")
      return .dunno
    case .malformed:
      return reject(Rejection(code, status, .subject(subject), ReplyTexts.malformedReply))
    case .notFound:
      return reject(Rejection(code, status, .subject(subject), ReplyTexts.domainNotFound))
    case .temporary, .badFilter:
      return postpone(
        Rejection(450, status, .subject(subject), ReplyTexts.domainNotFound),
        parameters.unknownAddressTempfailAction)
    }
  }

  /// The name as DNS knows it; unchanged where it has no such form.
  func asciiDomain(_ domain: Bytes) -> Bytes {
    DomainName.isASCII(domain.span) ? domain : DomainName.ascii(domain) ?? domain
  }
}

extension Facts {
  /// The sender, or the recipient: `nil` where it is not known or the null sender.
  func address(of subject: Subject) -> Bytes? {
    let address = subject == .sender ? sender : recipient
    guard let address, !address.isEmpty else { return nil }
    return address
  }

  /// Whether there is an ``address(of:)``.
  func hasAddress(of subject: Subject) -> Bool {
    subject == .sender ? sender?.isEmpty == false : recipient?.isEmpty == false
  }

  /// Whether an address, as given, has a domain in full, or a literal; true where it is not known.
  func hasFullDomain(_ subject: Subject) -> Bool {
    guard let address = address(of: subject) else { return true }
    let at = address.span.lastIndex(of: 0x40) ?? address.count - 1
    let domain = address.span.extracting((at + 1)..<address.count)
    if domain.count > 0, domain[0] == 0x5B, domain[domain.count - 1] == 0x5D { return true }
    return isFullyQualified(domain)
  }
}
