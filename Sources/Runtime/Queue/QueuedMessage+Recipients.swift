import RestrictionDSL

/// Mapping recipients, and keeping each one out that is in the file already.
extension QueuedMessage {
  /// Maps a recipient and writes what comes out.
  func expand(_ given: Recipient) {
    var recipient = given
    let plain = standardForm(recipient.address)
    let isUTF8 = plain.span.hasHighBit
    if settings.detectsUTF8 && isUTF8 { sizes.utf8 |= 1 }
    if recipient.originalRecipient.isEmpty {
      // Notices and access actions give none; it is invented from the standard form.
      recipient.originalRecipient = Bytes(head.smtputf8 && isUTF8 ? "utf-8;" : "rfc822;") + plain
    }
    guard settings.mapsAddresses else {
      return write(recipient, as: plain, original: recipient.address)
    }
    do {
      let mapped =
        writer.addresses.mapsNothing
        ? plain : try writer.addresses.mappedRecipient(plain, mappingLog)
      if writer.addresses.expandsNothing {
        write(recipient, as: mapped, original: recipient.address)
      } else {
        for address in try writer.addresses.expanded(mapped, mappingLog) {
          write(recipient, as: address, original: recipient.address)
        }
      }
      guard let copy = try writer.addresses.recipientBCC(mapped, mappingLog) else { return }
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
        writer.addresses.mapsNothing
        ? address : try writer.addresses.mappedRecipient(address, mappingLog)
      let blind = Recipient(address: original, originalRecipient: [], notify: 1)
      for result in try writer.addresses.expanded(original, mappingLog) {
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
    guard isNew(recipient, address, original) else { return }
    if recipient.notify != 0 {
      buffer.append(attribute: "notify_flags", DecimalText.bytes(Int64(recipient.notify)))
    }
    if !recipient.originalRecipient.isEmpty {
      buffer.append(attribute: "dsn_orig_rcpt", recipient.originalRecipient)
    }
    buffer.append(.originalRecipient, original)
    buffer.append(.recipient, address)
    sizes.recipients += 1
  }

  /// Most messages have one recipient: keys are only made from the second one on.
  private func isNew(_ recipient: Recipient, _ address: Bytes, _ original: Bytes) -> Bool {
    let present = Written(recipient: recipient, address: address, original: original)
    guard let first = firstRecipient else {
      firstRecipient = present
      return true
    }
    if seenRecipients.isEmpty { seenRecipients.insert(key(first)) }
    // A full filter still knows what is in it.
    guard settings.duplicateLimit > 0, seenRecipients.count >= settings.duplicateLimit else {
      return seenRecipients.insert(key(present)).inserted
    }
    return !seenRecipients.contains(key(present))
  }

  private func key(_ written: Written) -> Bytes {
    var key = Bytes()
    key.reserveCapacity(
      2 * written.address.count + written.recipient.originalRecipient.count + 8)
    for byte in written.address { key.append(byte.asciiLowercased) }
    guard settings.keepsOriginalRecipient else { return key }
    key.append(0)
    for byte in written.original { key.append(byte.asciiLowercased) }
    key.append(UInt8(truncatingIfNeeded: written.recipient.notify))
    for byte in written.recipient.originalRecipient { key.append(byte.asciiLowercased) }
    return key
  }

  /// The blind copy that sender_bcc_maps asks for.
  func writeSenderCopy() {
    do {
      guard let copy = try writer.addresses.senderBCC(sender, mappingLog) else { return }
      addBlindCopy(copy)
    } catch {
      fail(error)
    }
  }
}
