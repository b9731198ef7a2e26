import RestrictionDSL

/// The extracted segment, and the job that makes the file durable.
extension QueuedMessage {
  func finish(_ actions: MessageActions) -> any CommitJob {
    if kept.status.isOK { settleHeader() }
    if kept.status.isOK { parser.end(to: self) }
    if let error = state.mimeError, !kept.status.isDiscarded {
      kept.status.fail(.content(Bytes("5.6.0 \(error.text)")))
    }
    state.sizes.content = offset - state.sizes.contentStart
    records.append(.extracted)
    writeActions(actions)
    writeLateRecipients(actions)
    records.append(.end)
    checkSize()
    if actions.hold { state.isHeld = true }
    if kept.status.isOK && state.sizes.recipients == 0 { kept.status.fail(.internalError(64)) }
    if let failure = kept.status.failure {
      outcome = .failed(failure)
    } else if kept.status.isDiscarded {
      outcome = .queued
    } else if state.flushed == 0 {
      records.setSizes(state.sizes)
    }
    return self
  }

  /// Filter and redirect of access actions come first, those of content checks follow.
  private func writeActions(_ actions: MessageActions) {
    if let target = actions.filter { records.append(.partOrFilter, target) }
    if let target = actions.redirect { records.append(.redirect, target) }
    if let target = kept.filter { records.append(.partOrFilter, target) }
    if let target = kept.redirect { records.append(.redirect, target) }
    if !kept.encoding.isEmpty { records.append(attribute: "encoding=", kept.encoding) }
  }

  /// Recipients that nobody sees: of access actions, always_bcc, of content checks.
  private func writeLateRecipients(_ actions: MessageActions) {
    guard kept.status.isOK else { return }
    for (index, address) in actions.bcc.enumerated() {
      // smtpd(8) sends `notify_flags` behind each of these recipients, so the first has none.
      state.sizes.flags |= 1 << 1
      expand(
        Recipient(address: address, originalRecipient: [], notify: index == 0 ? 0 : 1))
    }
    if settings.mapsAddresses && !settings.alwaysBCC.isEmpty {
      addBlindCopy(standardForm(MailAddress.internal(settings.alwaysBCC)))
    }
    for address in kept.blindCopies {
      addBlindCopy(standardForm(MailAddress.internal(address)))
    }
  }
}
