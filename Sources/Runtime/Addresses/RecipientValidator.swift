import LookupTables
import RestrictionDSL

/// Whether an address exists, as far as our tables tell.
public enum AddressValidity: Hashable, Sendable {
  /// Found, or nothing says that it does not exist.
  case valid
  /// The address does not exist, or mail for it is to be refused.
  case unknown(UnknownAddress)
  /// A table or the resolver failed: 451. The messages of the error are to be logged.
  case failed(LookupError)
}

/// Why an address is refused.
///
/// Text and codes go into the usual reject reply.
public struct UnknownAddress: Hashable, Sendable {
  /// Where the reply code comes from.
  public enum Code: Hashable, Sendable {
    /// Value of an `unknown_*_reject_code` parameter, by name.
    case parameter(String)
    case fixed(Int)
  }

  public let code: Code
  /// Enhanced code, before it is adapted to the class of the reply.
  public let status: Bytes
  public let text: Bytes

  public init(code: Code, status: Bytes, text: Bytes) {
    self.code = code
    self.status = status
    self.text = text
  }
}

/// reject_unlisted_recipient, reject_unlisted_sender and the implicit checks.
///
/// - Source: facts restrictions.md §7.5
public final class RecipientValidator {
  /// Which end of the transaction is asked about.
  public enum Role: Hashable, Sendable { case sender, recipient }

  private let resolver: AddressResolver
  private let finder: AddressFinder
  private let localRecipients: TableList
  private let recipientCanonical: TableList
  private let canonical: TableList
  private let senderCanonical: TableList
  private let virtualAlias: TableList
  private let virtualMailbox: TableList
  private let relayRecipients: TableList
  private let doubleBounceSender: Bytes
  private let namesTable: Bool
  /// Whether an answer may differ the next time, or with another end of the transaction.
  let isVolatile: Bool

  /// Opens its tables in the order in which smtpd(8) does.
  public init(
    settings: Settings, resolver: AddressResolver, tables: (TableSpec) -> OpenTable
  ) {
    self.resolver = resolver
    finder = AddressFinder(settings: settings)
    localRecipients = TableList("local_recipient_maps", settings: settings, tables: tables)
    recipientCanonical = TableList("recipient_canonical_maps", settings: settings, tables: tables)
    canonical = TableList("canonical_maps", settings: settings, tables: tables)
    senderCanonical = TableList("sender_canonical_maps", settings: settings, tables: tables)
    virtualAlias = TableList("virtual_alias_maps", settings: settings, tables: tables)
    virtualMailbox = TableList("virtual_mailbox_maps", settings: settings, tables: tables)
    relayRecipients = TableList("relay_recipient_maps", settings: settings, tables: tables)
    doubleBounceSender = Bytes(settings.string("double_bounce_sender"))
    namesTable = settings.bool("show_user_unknown_table_name")
    isVolatile =
      resolver.isVolatile
      || [
        localRecipients, recipientCanonical, canonical, senderCanonical, virtualAlias,
        virtualMailbox, relayRecipients,
      ].contains(where: \.isVolatile)
  }

  /// Looks an address up in the tables of its class.
  ///
  /// - Parameter address: internal form, as given with the command.
  /// - Parameter other: the other end of the transaction, for sender-dependent transports.
  /// - Throws: ``Suspension/ask(_:)`` only.
  public func check(
    _ address: Bytes, role: Role, other: Bytes = [], book: inout AnswerBook
  ) throws(Suspension) -> AddressValidity {
    do {
      let resolved = try resolver.resolve(address, sender: other, book: &book)
      return try checkTables(resolved, isSender: role == .sender, &book)
    } catch {
      guard case .failed(let cause) = error else { throw error }
      return .failed(cause)
    }
  }

  /// The same for an address that is resolved.
  func check(
    _ resolved: Resolution, role: Role, book: inout AnswerBook
  ) throws(Suspension) -> AddressValidity {
    do {
      return try checkTables(resolved, isSender: role == .sender, &book)
    } catch {
      guard case .failed(let cause) = error else { throw error }
      return .failed(cause)
    }
  }

  @inline(__always)
  private func checkTables(
    _ resolved: Resolution, isSender: Bool, _ book: inout AnswerBook
  ) throws(Suspension) -> AddressValidity {
    if resolved.hasFailed { return .failed(LookupError(.temporary, [])) }
    if try contains(recipientCanonical, resolved, &book) { return .valid }
    if isSender, try contains(senderCanonical, resolved, &book) { return .valid }
    if try contains(canonical, resolved, &book) { return .valid }
    if try contains(virtualAlias, resolved, &book) { return .valid }
    switch resolved.outlet {
    case .error:
      let code: UnknownAddress.Code =
        resolved.addressClass == .virtualAlias
        ? .parameter("unknown_virtual_alias_reject_code") : .fixed(550)
      return refuse(code, resolved.nextHop, default: isSender ? "5.1.0" : "5.1.1")
    case .retry:
      return refuse(.fixed(450), resolved.nextHop, default: isSender ? "4.1.0" : "4.1.1")
    case .delivery: return try checkClass(resolved, isSender: isSender, &book)
    }
  }

  @inline(__always)
  private func checkClass(
    _ resolved: Resolution, isSender: Bool, _ book: inout AnswerBook
  ) throws(Suspension) -> AddressValidity {
    switch resolved.addressClass {
    case .local:
      if isOurs(resolved.address, resolved.shape) { return .valid }
      if localRecipients.isEmpty { return .valid }
      if try finds(resolved, in: localRecipients, &book) { return .valid }
      return unknown("unknown_local_recipient_reject_code", "local recipient", isSender)
    case .virtualMailbox:
      if virtualMailbox.isEmpty { return .valid }
      if try finds(resolved, in: virtualMailbox, &book) { return .valid }
      return unknown("unknown_virtual_mailbox_reject_code", "virtual mailbox", isSender)
    case .relay:
      if relayRecipients.isEmpty { return .valid }
      if try finds(resolved, in: relayRecipients, &book) { return .valid }
      return unknown("unknown_relay_recipient_reject_code", "relay recipient", isSender)
    case .virtualAlias, .default: return .valid
    }
  }

  private func unknown(_ code: String, _ table: String, _ isSender: Bool) -> AddressValidity {
    .unknown(
      UnknownAddress(
        code: .parameter(code), status: Bytes(isSender ? "5.1.0" : "5.1.1"),
        text: Bytes(namesTable ? "User unknown in \(table) table" : "User unknown")))
  }

  /// Local parts that every system has.
  private func isOurs(_ address: Bytes, _ shape: MailShape?) -> Bool {
    let local = address.span.extracting(0..<(shape?.at ?? address.count))
    let doubleBounceSender = doubleBounceSender
    return local.equalsIgnoringCase(doubleBounceSender.span)
      || local.equalsIgnoringCase("postmaster") || local.equalsIgnoringCase("mailer-daemon")
  }

  // Most of the lists are empty.
  @inline(__always)
  private func contains(
    _ list: TableList, _ resolved: Resolution, _ book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    try list.isEmpty ? false : finds(resolved, in: list, &book)
  }

  private func finds(
    _ resolved: Resolution, in list: TableList, _ book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    let isPlain = resolved.shape?.isPlain == true
    // Mostly this is all.
    if isPlain,
      try list.value(
        for: resolved.address, isPartial: false, isFolded: resolved.isFolded, book: &book) != nil
    {
      return true
    }
    return try finder.find(resolved.address, in: list, book: &book, isAsked: isPlain) {
      (domain, book) throws(Suspension) in
      try resolver.classes.isLocal(domain, book: &book)
    } != nil
  }

  /// The text of an `error` or `retry` transport may begin with an enhanced code.
  private func refuse(
    _ code: UnknownAddress.Code, _ text: Bytes, default status: String
  ) -> AddressValidity {
    let length = EnhancedCodePrefix.length(text)
    guard length > 0 else {
      return .unknown(UnknownAddress(code: code, status: Bytes(status), text: text))
    }
    return .unknown(
      UnknownAddress(
        code: code, status: Bytes(text[..<length]),
        text: Bytes(text[length...].drop { $0 == 0x20 || $0 == 0x09 })))
  }
}

/// `D.D.D` at the start of a text.
///
/// - Source: facts restrictions.md §4: digit 2, 4 or 5; 1–3 digits; 1–3 digits; blank or end
enum EnhancedCodePrefix {
  /// Length of the code, or 0.
  static func length(_ text: Bytes) -> Int {
    guard let first = text.first, "245".utf8.contains(first) else { return 0 }
    var index = 1
    for _ in 0..<2 {
      guard index < text.count, text[index] == UInt8(ascii: ".") else { return 0 }
      index += 1
      var digits = 0
      while index < text.count, text[index].isASCIIDigit, digits < 3 {
        index += 1
        digits += 1
      }
      guard digits > 0 else { return 0 }
    }
    return index == text.count || text[index].isASCIISpace ? index : 0
  }
}
