import LookupTables
import RestrictionDSL

/// The address rewriting of messages, with blocking table lookups, and the tables of blind copies.
///
/// - Source: postconf(5) sender_bcc_maps, recipient_bcc_maps
public final class AddressMapping {
  private let rewriter: AddressRewriter
  private let finder: AddressFinder
  private let classes: AddressClasses
  private let senderCopies: TableList
  private let recipientCopies: TableList
  private let tables: (TableSpec) -> OpenTable

  /// No table of canonical or masquerade mapping is configured: standard addresses stay what they are.
  let mapsNothing: Bool

  /// sender_bcc_maps is set.
  let copiesSenders: Bool

  /// recipient_bcc_maps is set.
  let copiesRecipients: Bool

  /// Some mapping asks whether a domain is ours.
  var asksClasses: Bool {
    !mapsNothing || !expandsNothing || copiesSenders || copiesRecipients
  }

  /// No virtual_alias_maps.
  var expandsNothing: Bool { rewriter.expandsNothing }

  /// - Parameter classes: which domains are ours: `user` alone is tried for `user@domain`
  /// - Parameter tables: opens a table; a remote one is asked with a blocking call
  public init(
    settings: Settings, classes: AddressClasses, tables: @escaping (TableSpec) -> OpenTable
  ) {
    rewriter = AddressRewriter(settings: settings, classes: classes, tables: tables)
    finder = AddressFinder(settings: settings)
    self.classes = classes
    self.tables = tables
    senderCopies = TableList("sender_bcc_maps", settings: settings, tables: tables)
    recipientCopies = TableList("recipient_bcc_maps", settings: settings, tables: tables)
    mapsNothing = rewriter.mapsNothing
    copiesSenders = !senderCopies.isEmpty
    copiesRecipients = !recipientCopies.isEmpty
  }

  // All addresses are in internal form.

  /// The standard form of an address: what trivial-rewrite(8) makes of it.
  func standardForm(_ address: Bytes) -> Bytes { rewriter.complete(address) }

  /// Standard form, sender_canonical_maps, canonical_maps, masquerading.
  func mappedSender(
    _ address: Bytes, _ message: MappingLog
  ) throws(AddressMappingError) -> Bytes {
    try waiting(message) { (book) throws(AddressRewriter.Failure) in
      try rewriter.sender(address, queueID: message.queueID, book: &book)
    }
  }

  /// Standard form, recipient_canonical_maps, canonical_maps, masquerading.
  func mappedRecipient(
    _ address: Bytes, _ message: MappingLog
  ) throws(AddressMappingError) -> Bytes {
    try waiting(message) { (book) throws(AddressRewriter.Failure) in
      try rewriter.recipient(address, queueID: message.queueID, book: &book)
    }
  }

  /// virtual_alias_maps, again and again; the address itself where nothing matches.
  func expanded(
    _ address: Bytes, _ message: MappingLog
  ) throws(AddressMappingError) -> [Bytes] {
    try waiting(message) { (book) throws(AddressRewriter.Failure) in
      try rewriter.aliases(of: address, queueID: message.queueID, book: &book)
    }
  }

  /// A header with other addresses; `nil` where nothing changes.
  func mappedHeader(
    _ header: Bytes, nameLength: Int, _ place: AddressRewriter.Places?,
    _ context: AddressRewriter.HeaderContext, _ message: MappingLog
  ) throws(AddressMappingError) -> Bytes? {
    try waiting(message) { (book) throws(AddressRewriter.Failure) in
      try rewriter.header(
        header, nameLength: nameLength, place: place, context: context,
        queueID: message.queueID, book: &book)
    }
  }

  /// sender_bcc_maps, in standard form.
  func senderBCC(_ address: Bytes, _ message: MappingLog) throws(AddressMappingError) -> Bytes? {
    try blindCopy(senderCopies, address, message)
  }

  /// recipient_bcc_maps, in standard form.
  func recipientBCC(_ address: Bytes, _ message: MappingLog) throws(AddressMappingError) -> Bytes? {
    try blindCopy(recipientCopies, address, message)
  }

  private func blindCopy(
    _ list: TableList, _ address: Bytes, _ message: MappingLog
  ) throws(AddressMappingError) -> Bytes? {
    guard !list.isEmpty, !address.isEmpty else { return nil }
    let (classes, finder) = (classes, finder)
    let match = try waiting(message) { (book) throws(AddressRewriter.Failure) in
      do throws(Suspension) {
        return try finder.find(address, in: list, book: &book) {
          (domain, book) throws(Suspension) in
          try classes.isLocal(domain, book: &book)
        }
      } catch {
        let what = "\(list.parameter) map lookup problem"
        throw AddressRewriter.Failure(
          error,
          line: "warning: \(message.queueID.text): \(what) -- \(AddressRewriter.later)")
      }
    }
    return match.map {
      rewriter.complete(MailAddress.internal(Bytes($0.value.trimmedASCIISpace)))
    }
  }

  // MARK: Waiting

  /// Runs a step until no answer is missing.
  ///
  /// The queue writer cannot be suspended: a remote table is asked here and now.
  private func waiting<Result>(
    _ message: MappingLog,
    _ step: (inout AnswerBook) throws(AddressRewriter.Failure) -> Result
  ) throws(AddressMappingError) -> Result {
    var book = AnswerBook()
    while true {
      do {
        let result = try step(&book)
        for line in book.log { message.log.write(line) }
        return result
      } catch {
        switch error {
        case .suspended(let question): answer(question, &book)
        case .lookup(let cause): throw .lookup(cause)
        case .unreasonable(let line): throw .expansion(line)
        }
      }
      book.log = []
    }
  }

  private func answer(_ question: Question, _ book: inout AnswerBook) {
    guard case .table(let spec, let key) = question else {
      return book.file(Answer(.table(.failure(LookupError(.temporary, [])))), to: question)
    }
    do throws(LookupError) {
      let value = try tables(spec).value(for: key.span)
      book.file(Answer(.table(.success(value))), to: question)
    } catch {
      book.file(Answer(.table(.failure(error))), to: question)
    }
  }
}

/// The message that addresses are mapped for, and where its warnings go.
struct MappingLog {
  let queueID: Bytes
  let log: any LogSink
}
