import LookupTables
import RestrictionDSL

/// Restrictions about the client certificate.
///
/// - Source: facts restrictions.md §5.2
extension Evaluation {
  func permitTLSClientCerts(trustsAll: Bool) throws(Suspension) -> Outcome {
    guard facts.tlsIsActive else { return .dunno }
    guard let certificate = facts.certificate else {
      if !parameters.asksClientCertificate { noteNotAsked() }
      return .dunno
    }
    if trustsAll && certificate.isTrusted {
      return try permit(Bytes(restriction), .subject(.client))
    }
    for fingerprint in [certificate.fingerprint, certificate.publicKeyFingerprint] {
      for table in context.relayClientCertificates {
        if try run.book.value(of: table, for: fingerprint.span) != nil {
          return try permit(Bytes(restriction), .subject(.client))
        }
      }
    }
    return .dunno
  }

  func certificateAccess(
    _ table: OpenTable, _ searchOrder: [String], _ bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    guard let certificate = facts.certificate else {
      if !parameters.asksClientCertificate { noteNotAsked() }
      return .dunno
    }
    let order = searchOrder.isEmpty ? ["cert_fingerprint", "pubkey_fingerprint"] : searchOrder
    while run.certificateKey < order.count {
      guard let key = certificate.key(order[run.certificateKey]) else {
        run.certificateKey = 0
        return reject(.configurationError)
      }
      run.certificateKey += 1
      guard let value = try probe(table, key.span, check: "check_ccert_access") else {
        continue
      }
      let outcome = try apply(
        value, Finding(table: table.spec.description, key: key, target: .subject(.ccert)),
        .nextKey(run.certificateKey), bound)
      if case .dunno = outcome { continue }
      return outcome
    }
    return .dunno
  }

  private func noteNotAsked() {
    log("warning: \(restriction) is requested, but \"smtpd_tls_ask_ccert = no\"")
  }
}

extension ClientCertificate {
  /// The key that a search_order word stands for; `nil` for those that are not supported.
  fileprivate func key(_ word: String) -> Bytes? {
    switch word {
    case "cert_fingerprint": fingerprint
    case "pubkey_fingerprint": publicKeyFingerprint
    default: nil
    }
  }
}
