import RestrictionDSL

/// permit_mx_backup: we are a mail exchanger of the domain, but not the best one.
///
/// - Source: facts restrictions.md §5.5
extension Evaluation {
  func permitMXBackup() throws(Suspension) -> Outcome {
    guard let recipient = address(of: .recipient) else { return .dunno }
    if try isAuthorized(recipient) { return try permit(Bytes(restriction), .subject(.recipient)) }
    let resolved = try resolve(recipient, .recipient)
    if resolved.isRouted && !parameters.allowsUntrustedRouting { return .dunno }
    let domain = Bytes(MailAddress.domain(of: resolved.address))
    if domain.first == 0x5B { return .dunno }
    let answer = try lookUp(asciiDomain(domain), .mx)
    guard case .records(let records) = answer else {
      switch answer {
      case .temporary, .malformed, .filtered, .badFilter:
        return deferIfReject(exchangerFailure(ReplyTexts.exchangerInformation(answer.why)))
      case .records, .nullMX, .notFound: return .dunno
      }
    }
    // Nobody has so many; what is not looked at must not be permitted.
    guard records.count <= Evaluation.hostLimit else {
      log(
        "warning: permit_mx_backup: MX server host count limit (\(Evaluation.hostLimit)) exceeded for"
          + " \(domain.text)")
      return .dunno
    }
    let exchangers = records.compactMap(\.exchanger)
      .enumerated().sorted {
        ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset)
      }
      .map(\.element)
    let best = exchangers.first?.preference ?? 0
    let primaries = exchangers.prefix { $0.preference == best }
    if try isMe(among: primaries) { return .dunno }
    guard try isMe(among: exchangers.dropFirst(primaries.count)) else { return .dunno }
    if !context.mxBackupNetworks.isEmpty, try !allInNetworks(primaries) { return .dunno }
    return try permit(Bytes(restriction), .subject(.recipient))
  }

  private func exchangerFailure(_ text: Bytes) -> Rejection {
    Rejection(450, "4.4.4", .subject(.recipient), text)
  }

  private func isMe(
    among exchangers: ArraySlice<(preference: UInt16, host: Bytes)>
  ) throws(Suspension) -> Bool {
    for exchanger in exchangers {
      do throws(Suspension) {
        if try isLocal(exchanger.host) { return true }
      } catch {
        guard case .failed(let cause) = error else { throw error }
        log(cause.messages)
        _ = deferIfReject(exchangerFailure(ReplyTexts.unverifiableExchanger(exchanger.host)))
        continue
      }
      switch try addresses(of: exchanger.host) {
      case .addresses(let addresses):
        if addresses.contains(where: context.ownAddresses.contains) { return true }
      case .failed(_, let reason):
        _ = deferIfReject(exchangerFailure(ReplyTexts.exchangerHost(exchanger.host, reason)))
      case .name: break
      }
    }
    return false
  }

  private func allInNetworks(
    _ exchangers: ArraySlice<(preference: UInt16, host: Bytes)>
  ) throws(Suspension) -> Bool {
    for exchanger in exchangers {
      switch try addresses(of: exchanger.host) {
      case .addresses(let addresses):
        for address in addresses {
          guard try isInNetworks(address, of: exchanger.host) else { return false }
        }
      case .failed(_, let reason):
        _ = deferIfReject(exchangerFailure(ReplyTexts.hostAsExchanger(exchanger.host, reason)))
        return false
      case .name: return false
      }
    }
    return true
  }

  /// A list that cannot be read holds nobody, and a rejection later on becomes temporary.
  private func isInNetworks(_ address: IPAddress, of host: Bytes) throws(Suspension) -> Bool {
    let text = address.bytes
    do throws(Suspension) {
      return try matches(context.mxBackupNetworks, host, address: text, ip: address)
    } catch {
      guard case .failed(let cause) = error else { throw error }
      log(cause.messages)
      log(
        "warning: all_auth_mx_addr: permit_mx_backup_networks lookup error for address \(text.text)"
          + " for \(host.text)")
      _ = deferIfReject(exchangerFailure(ReplyTexts.unverifiableExchanger(host)))
      return false
    }
  }
}

extension DNSRecord {
  fileprivate var exchanger: (preference: UInt16, host: Bytes)? {
    if case .mx(let preference, let host, _) = self { return (preference, host) }
    return nil
  }
}
