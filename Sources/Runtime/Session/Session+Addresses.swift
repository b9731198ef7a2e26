import RestrictionDSL

/// Addresses in the arguments of commands.
///
/// - Source: facts smtp-session.md §5
extension Session {
  /// SMTPUTF8 may be asked for.
  var offersSMTPUTF8: Bool {
    service.settings.smtputf8 && !hiddenKeywords.contains(.smtputf8)
  }

  /// Takes the address out of an argument.
  ///
  /// - Returns: the internal form, or `nil` where it is not acceptable.
  @inline(__always)
  func address(
    in word: Span<UInt8>, isStrict: Bool, allowsEmpty: Bool, _ work: Work
  ) throws(Suspension) -> Bytes? {
    // An address that was resolved lately is here already, whole.
    if let range = AddressParser.bracketed(in: word),
      let known = service.resolver.known(word.extracting(range)), known.isPlain
    {
      return known.isAcceptable(smtputf8: facts.smtputf8) ? known.key : nil
    }
    return try newAddress(in: word, isStrict: isStrict, allowsEmpty: allowsEmpty, work)
  }

  private func newAddress(
    in word: Span<UInt8>, isStrict: Bool, allowsEmpty: Bool, _ work: Work
  ) throws(Suspension) -> Bytes? {
    guard let address = AddressParser.parse(word, isStrict: isStrict, allowsEmpty: allowsEmpty)
    else { return nil }
    let isAccepted = try service.resolver.accepts(
      address, smtputf8: facts.smtputf8, book: &work.book)
    return isAccepted ? address : nil
  }

  /// Logs and answers an address that is not acceptable.
  func refuseAddress(_ word: Span<UInt8>, _ io: inout SessionIO, _ reply: SessionReply) {
    log(SessionLogLines.illegalAddress(clientName, in: verb.name, Bytes(copying: word)))
    send(reply, &io)
  }

  /// strict_smtputf8: an address that is not ASCII needs SMTPUTF8.
  func needsSMTPUTF8(_ address: Bytes) -> Bool {
    service.settings.strictSMTPUTF8 && !facts.smtputf8 && address.contains { $0 >= 128 }
  }

  /// Whether a word stands among those of the command from a position on.
  func hasWord(_ word: StaticString, in work: Work, from first: Int) -> Bool {
    for index in first..<max(first, work.words.count) {
      if work.word(index).equalsIgnoringCase(word) { return true }
    }
    return false
  }

  /// `postmaster` without domain is always accepted.
  ///
  /// - Source: facts restrictions.md §1 "Shortcuts"
  func isPostmaster(_ address: Bytes) -> Bool { address.equalsIgnoringCase("postmaster") }
}
