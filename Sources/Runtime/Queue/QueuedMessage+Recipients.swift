import RestrictionDSL

/// Mapping recipients, and keeping each one out that is in the file already.
extension QueuedMessage {
  /// Maps a recipient and writes what comes out.
  func expand(_ given: Recipient) {
    if keepsRecipients, !given.originalRecipient.isEmpty, MailForm.isStandard(given.address.span) {
      if settings.detectsUTF8 && given.address.span.hasHighBit { state.sizes.utf8 |= 1 }
      return write(given, as: given.address, original: given.address)
    }
    var recipient = given
    let plain = standardForm(recipient.address)
    let isUTF8 = plain.span.hasHighBit
    if settings.detectsUTF8 && isUTF8 { state.sizes.utf8 |= 1 }
    if recipient.originalRecipient.isEmpty {
      // Notices and access actions give none; it is invented from the standard form.
      recipient.originalRecipient = Bytes(state.smtputf8 && isUTF8 ? "utf-8;" : "rfc822;") + plain
    }
    guard settings.mapsAddresses else {
      return write(recipient, as: plain, original: recipient.address)
    }
    do {
      let mapped =
        parts.addresses.mapsNothing
        ? plain : try parts.addresses.mappedRecipient(plain, mappingLog)
      if parts.addresses.expandsNothing {
        write(recipient, as: mapped, original: recipient.address)
      } else {
        let addresses = try parts.addresses.expanded(mapped, mappingLog)
        // Seen: success is reported of the alias, not of what it stands for.
        if recipient.notify & 2 != 0, addresses != [mapped] {
          recipient.notify = recipient.notify == 2 ? 1 : recipient.notify & ~2
        }
        for address in addresses { write(recipient, as: address, original: recipient.address) }
      }
      guard parts.addresses.copiesRecipients,
        let copy = try parts.addresses.recipientBCC(mapped, mappingLog)
      else { return }
      addBlindCopy(copy)
    } catch {
      fail(error)
    }
  }

  /// Adds a recipient of the configuration: it gets no notifications, and its original is what canonical
  /// mapping made of it.
  ///
  /// - Parameter address: standard form
  func addBlindCopy(_ address: Bytes) {
    do {
      let original =
        parts.addresses.mapsNothing
        ? address : try parts.addresses.mappedRecipient(address, mappingLog)
      let blind = Recipient(address: original, originalRecipient: [], notify: 1)
      for result in try parts.addresses.expanded(original, mappingLog) {
        write(blind, as: result, original: original)
      }
    } catch {
      fail(error)
    }
  }

  /// Writes one recipient, unless the same is in the file already.
  private func write(_ recipient: Recipient, as address: Bytes, original: Bytes) {
    // Without enable_original_recipient the original is still written (seen), but duplicates are
    // found by the final address alone.
    let entry = RecipientFilter.Entry(
      address: address, original: original, envelope: recipient.originalRecipient,
      notify: recipient.notify)
    guard
      kept.recipients.isNew(
        entry, comparesOriginals: settings.keepsOriginalRecipient, limit: settings.duplicateLimit)
    else { return }
    if recipient.notify != 0 {
      records.append(attribute: "notify_flags=", decimal: UInt64(max(0, recipient.notify)))
    }
    if !recipient.originalRecipient.isEmpty {
      records.append(attribute: "dsn_orig_rcpt=", recipient.originalRecipient)
    }
    records.append(.originalRecipient, original)
    records.append(.recipient, address)
    state.sizes.recipients += 1
  }

  /// The blind copy that sender_bcc_maps asks for.
  func writeSenderCopy() {
    do {
      guard let copy = try parts.addresses.senderBCC(kept.sender, mappingLog) else { return }
      addBlindCopy(copy)
    } catch {
      fail(error)
    }
  }
}
