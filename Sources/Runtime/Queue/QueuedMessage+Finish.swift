import RestrictionDSL

/// The extracted segment, and the job that makes the file durable.
extension QueuedMessage {
  func finish(_ actions: MessageActions) -> CommitJob {
    if status.isOK { parser.end(to: self) }
    if let mimeFailure { status.fail(mimeFailure) }
    sizes.content = offset - sizes.contentStart
    buffer.append(.extracted)
    writeActions(actions)
    writeLateRecipients(actions)
    buffer.append(.end)
    checkSize()
    writer.recycle(parser.takeStorage())
    if actions.hold { isHeld = true }
    if status.isOK && sizes.recipients == 0 { status.fail(.internalError(64)) }
    let outcome: CommitAnswer? =
      status.failure.map { .failed($0) } ?? (status.isDiscarded ? .queued : nil)
    if let outcome {
      let file = file
      return CommitJob {
        file.remove()
        return outcome
      }
    }
    isCommitted = true
    return writer.commit(
      Commit(
        file: file, buffer: buffer, sizes: sizes.data, isSizeInBuffer: flushed == 0,
        target: isHeld ? writer.hold : nil))
  }

  /// Filter and redirect of access actions come first, those of content checks follow.
  private func writeActions(_ actions: MessageActions) {
    if let target = actions.filter { buffer.append(.partOrFilter, target) }
    if let target = actions.redirect { buffer.append(.redirect, target) }
    if let filter { buffer.append(.partOrFilter, filter) }
    if let redirect { buffer.append(.redirect, redirect) }
    if !encoding.isEmpty { buffer.append(attribute: "encoding", encoding) }
  }

  /// Recipients that nobody sees: of access actions, always_bcc, of content checks.
  private func writeLateRecipients(_ actions: MessageActions) {
    guard status.isOK else { return }
    for (index, address) in actions.bcc.enumerated() {
      // smtpd(8) sends `notify_flags` behind each of these recipients, so the first has none.
      sizes.flags |= 1 << 1
      expand(
        Recipient(address: address, originalRecipient: [], notify: index == 0 ? 0 : 1))
    }
    if settings.mapsAddresses && !settings.alwaysBCC.isEmpty {
      addBlindCopy(standardForm(MailAddress.internal(settings.alwaysBCC)))
    }
    for address in blindCopies {
      addBlindCopy(standardForm(MailAddress.internal(address)))
    }
  }
}
