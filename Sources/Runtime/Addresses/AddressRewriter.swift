import LookupTables
import RestrictionDSL

/// Rewrites the addresses of a message when it is stored: the work of cleanup(8).
///
/// Order for a sender: complete form, sender_canonical_maps, canonical_maps, masquerading. For a recipient:
/// the same with recipient_canonical_maps, then, in the envelope only, virtual_alias_maps.
///
/// - Source: canonical(5), virtual(5), postconf(5) masquerade_domains; compared with cleanup(8) 3.7.11
public final class AddressRewriter {
  /// Where an address stands.
  public struct Places: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let envelopeSender = Places(rawValue: 1)
    public static let envelopeRecipient = Places(rawValue: 2)
    public static let headerSender = Places(rawValue: 4)
    public static let headerRecipient = Places(rawValue: 8)

    /// The classes that a parameter names.
    public init(_ names: [String]) {
      self = []
      for name in names {
        switch name.lowercased() {
        case "envelope_sender": insert(.envelopeSender)
        case "envelope_recipient": insert(.envelopeRecipient)
        case "header_sender": insert(.headerSender)
        case "header_recipient": insert(.headerRecipient)
        default: continue
        }
      }
    }
  }

  /// Whose headers: those of remote clients are completed with remote_header_rewrite_domain.
  public enum HeaderContext: Hashable, Sendable { case local, remote }

  /// The message cannot be stored now.
  public enum Failure: Error, Hashable, Sendable {
    /// An answer is missing.
    case suspended(Question)
    /// A table failed; the messages of the error are to be logged.
    case lookup(LookupError)
    /// Alias expansion has no reasonable end: `451 4.6.0 Alias expansion error`. The line is to be
    /// logged.
    case unreasonable(String)
  }

  let forms: AddressForms
  let finder: AddressFinder
  let classes: AddressClasses
  private let canonical: TableList
  private let canonicalPlaces: Places
  private let senderCanonical: TableList
  private let senderPlaces: Places
  private let recipientCanonical: TableList
  private let recipientPlaces: Places
  private let masquerade: Masquerade
  let virtualAlias: TableList
  let propagatesVirtual: Bool
  private let propagatesCanonical: Bool
  let limits: AliasLimits
  private let tokenLimit: Int
  let foldsUnicode: Bool

  /// - Parameter tables: opens a table; the open messages belong to the log of the queue writer.
  public init(settings: Settings, classes: AddressClasses, tables: (TableSpec) -> OpenTable) {
    func list(_ parameter: String) -> TableList {
      TableList(parameter, settings: settings, tables: tables)
    }
    func places(_ parameter: String) -> Places { Places(settings.list(parameter)) }
    forms = AddressForms(settings: settings)
    finder = AddressFinder(settings: settings)
    self.classes = classes
    canonical = list("canonical_maps")
    canonicalPlaces = places("canonical_classes")
    senderCanonical = list("sender_canonical_maps")
    senderPlaces = places("sender_canonical_classes")
    recipientCanonical = list("recipient_canonical_maps")
    recipientPlaces = places("recipient_canonical_classes")
    masquerade = Masquerade(settings: settings, tables: tables)
    virtualAlias = list("virtual_alias_maps")
    let propagated = settings.list("propagate_unmatched_extensions").map { $0.lowercased() }
    propagatesCanonical = propagated.contains("canonical")
    propagatesVirtual = propagated.contains("virtual")
    limits = AliasLimits(settings: settings)
    tokenLimit = settings.int("header_address_token_limit")
    foldsUnicode = settings.bool("smtputf8_enable")
  }

  /// No table and no masquerading: addresses in complete form stay what they are.
  public var mapsNothing: Bool {
    canonical.isEmpty && senderCanonical.isEmpty && recipientCanonical.isEmpty && masquerade.isEmpty
  }

  /// No virtual alias table.
  public var expandsNothing: Bool { virtualAlias.isEmpty }

  /// The complete form of an address, internal form.
  public func complete(_ address: Bytes) -> Bytes { forms.rewrite(internal: address, for: .local) }

  /// The envelope sender, internal form; mailer-daemon of our own becomes the null sender.
  public func sender(
    _ address: Bytes, queueID: Bytes, book: inout AnswerBook
  ) throws(Failure) -> Bytes {
    var complete = address.isEmpty ? [] : forms.rewrite(internal: address, for: .local)
    // The null sender is mapped too: tables are asked for `""` (seen with static:).
    if isOwnMailerDaemon(complete) { complete = [] }
    return MailAddress.internal(
      try mapped(MailAddress.external(complete), .envelopeSender, queueID, &book))
  }

  /// An envelope recipient, internal form, before alias expansion.
  public func recipient(
    _ address: Bytes, queueID: Bytes, book: inout AnswerBook
  ) throws(Failure) -> Bytes {
    let complete = forms.rewrite(internal: address, for: .local)
    return MailAddress.internal(
      try mapped(MailAddress.external(complete), .envelopeRecipient, queueID, &book))
  }

  /// A header with addresses.
  ///
  /// - Parameter header: complete, lines separated by LF.
  /// - Parameter nameLength: the colon stands at this index.
  /// - Parameter place: ``Places/headerSender`` or ``Places/headerRecipient``; `nil` to complete addresses
  ///   without mapping them.
  /// - Returns: the new header; `nil` where nothing changes.
  public func header(
    _ header: Bytes, nameLength: Int, place: Places?, context: HeaderContext,
    queueID: Bytes, book: inout AnswerBook
  ) throws(Failure) -> Bytes? {
    var answers = book
    defer { book = answers }
    return try HeaderAddressList.rewritten(header, nameLength: nameLength, tokenLimit: tokenLimit) {
      (address) throws(Failure) in
      let complete = forms.rewrite(external: address, for: context == .local ? .local : .remote)
      guard let place, !mapsNothing else { return complete }
      return try mapped(complete, place, queueID, &answers)
    }
  }

  private func isOwnMailerDaemon(_ address: Bytes) -> Bool {
    let name = Bytes("mailer-daemon")
    guard MailAddress.localPart(of: address).equalsIgnoringCase(name) else { return false }
    let own = forms.rewrite(internal: name, for: .local)
    return CaseFolding.equal(address.span, own.span, unicode: foldsUnicode)
  }

  // MARK: One address, external form

  private func mapped(
    _ address: Bytes, _ place: Places, _ queueID: Bytes, _ book: inout AnswerBook
  ) throws(Failure) -> Bytes {
    let isSender = place == .envelopeSender || place == .headerSender
    var result = address
    if isSender && senderPlaces.contains(place) {
      result = try mapped(result, by: senderCanonical, queueID, &book)
    }
    if !isSender && recipientPlaces.contains(place) {
      result = try mapped(result, by: recipientCanonical, queueID, &book)
    }
    if canonicalPlaces.contains(place) {
      result = try mapped(result, by: canonical, queueID, &book)
    }
    if masquerade.places.contains(place) {
      do { result = try masquerade.applied(to: result, book: &book) } catch {
        throw Failure(
          error, line: "\(queueID.text): masquerade_exceptions map lookup problem -- \(Self.later)")
      }
    }
    return result
  }

  /// One list of tables, again and again until it says nothing new, ten times at most.
  private func mapped(
    _ address: Bytes, by list: TableList, _ queueID: Bytes, _ book: inout AnswerBook
  ) throws(Failure) -> Bytes {
    guard !list.isEmpty else { return address }
    var current = address
    for _ in 0..<10 {
      let found = try results(
        of: list, for: current, propagates: propagatesCanonical, queueID, &book)
      guard let found, let first = found.first else { return current }
      if found.count > 1 {
        book.log.append(
          "warning: \(queueID.text): multi-valued \(list.parameter) entry for \(current.text)")
      }
      let isSame = CaseFolding.equal(first.span, current.span, unicode: foldsUnicode)
      current = first
      if isSame { return current }
    }
    book.log.append(
      "warning: \(queueID.text): unreasonable \(list.parameter) map nesting for \(current.text) "
        + "-- \(Self.later)")
    return current
  }

  static let later = "message not accepted, try again later"

  /// What the tables say for an address, both in external form; `nil` where they say nothing.
  ///
  /// The results are complete, and carry the extension that no key matched.
  func results(
    of list: TableList, for address: Bytes, propagates: Bool, _ queueID: Bytes,
    _ book: inout AnswerBook
  ) throws(Failure) -> [Bytes]? {
    let plain = MailAddress.internal(address)
    let match: AddressFinder.Match?
    let classes = classes
    do {
      match = try finder.find(plain, in: list, book: &book) { (domain, book) throws(Suspension) in
        try classes.isLocal(domain, book: &book)
      }
    } catch {
      let what = "\(list.parameter) map lookup problem for \(address.text)"
      throw Failure(error, line: "warning: \(queueID.text): \(what) -- \(Self.later)")
    }
    guard let match else { return nil }
    var value = match.value
    if value.first == UInt8(ascii: "@") {
      // `@domain` keeps the user.
      let user = Bytes(MailAddress.localPart(of: plain).dropLast(match.unmatchedExtension.count))
      value = MailAddress.external(localPart: user) + value
    }
    return AddressList(parsing: value.span).addresses.map { parts in
      let complete = forms.rewrite(
        external: MailAddress.external(parts.joined.internalText), for: .local)
      guard propagates, !match.unmatchedExtension.isEmpty else { return complete }
      var extended = MailAddress.internal(complete)
      extended.insert(
        contentsOf: match.unmatchedExtension,
        at: extended.lastIndex(of: UInt8(ascii: "@")) ?? extended.endIndex)
      return MailAddress.external(extended)
    }
  }
}

extension AddressRewriter.Failure {
  /// - Parameter line: what cleanup(8) adds to the messages of the table.
  init(_ suspension: Suspension, line: String) {
    switch suspension {
    case .ask(let question): self = .suspended(question)
    case .failed(let error):
      self = .lookup(LookupError(error.kind, error.messages + [line]))
    }
  }
}
