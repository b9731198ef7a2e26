import Glibc
import LookupTables
import RestrictionDSL

/// Decides where an address leads to: the work of trivial-rewrite(8), done in this process.
///
/// Results are kept for a second, or as long as the configuration where no table is asked. Problems of the tables behind it are logged under the
/// resolver's own name, not under that of the session, as with a separate process.
///
/// - Source: facts restrictions.md §7.2, postfix-ipc.md §4
public final class AddressResolver {
  public let classes: AddressClasses
  let forms: AddressForms
  let finder: AddressFinder
  let routing: Routing
  let rules: Rules
  private let log: (any LogSink)?
  private let dependsOnSender: Bool
  /// Answers may change while the configuration stays the same, or one came with a warning that is to be
  /// repeated.
  private var growsOld: Bool
  private var cache = ResolverCache()
  /// - Unit: seconds of a clock that is never set
  private var cacheStart = 0

  /// Switches that are read once.
  struct Rules: Sendable {
    let resolvesNullDomain: Bool
    let resolvesDequoted: Bool
    let resolvesNumericDomain: Bool
    let allowsMinUser: Bool
    let usesUTF8: Bool
    let emptyAddressRecipient: Bytes
    let hostName: Bytes
  }

  /// - Parameter own: interface and proxy addresses.
  /// - Parameter tables: opens the tables of the resolver's parameters; their open messages belong to
  ///   the resolver's log.
  /// - Parameter log: where problems of lists and tables go; `nil` drops them.
  public init(
    settings: Settings, own: OwnAddresses, tables: (TableSpec) -> OpenTable,
    log: (any LogSink)? = nil
  ) {
    classes = AddressClasses(settings: settings, own: own, tables: tables)
    forms = AddressForms(settings: settings)
    finder = AddressFinder(settings: settings)
    routing = Routing(settings: settings, tables: tables)
    dependsOnSender = routing.dependsOnSender
    growsOld =
      classes.askTables || routing.dependsOnSender || !routing.transports.isEmpty
      || !routing.relocated.isEmpty
    rules = Rules(
      resolvesNullDomain: settings.bool("resolve_null_domain"),
      resolvesDequoted: settings.bool("resolve_dequoted_address"),
      resolvesNumericDomain: settings.bool("resolve_numeric_domain"),
      allowsMinUser: settings.bool("allow_min_user"),
      usesUTF8: settings.bool("smtputf8_enable"),
      emptyAddressRecipient: Bytes(settings.string("empty_address_recipient")),
      hostName: Bytes(settings.string("myhostname")))
    self.log = log
  }

  /// Whether an address may lead elsewhere the next time, or with another end of the transaction.
  var isVolatile: Bool {
    routing.dependsOnSender || classes.areVolatile || routing.transports.isVolatile
      || routing.relocated.isVolatile
  }

  /// Resolves an address in internal form.
  ///
  /// - Parameter sender: the other end of the transaction; matters only with tables that depend on
  ///   the sender.
  /// - Throws: ``Suspension/ask(_:)`` only; a table that fails makes ``ResolvedAddress/hasFailed``.
  /// - Complexity: one dictionary probe for an address seen before.
  public func resolve(
    _ address: Bytes, sender: Bytes = [], book: inout AnswerBook
  ) throws(Suspension) -> Resolution {
    let key = dependsOnSender ? sender + [0] + address : address
    if let known = cache.value(for: key.span) { return known }
    return try resolve(address, sender: sender, key, &book)
  }

  /// What is known of an address without resolving it.
  ///
  /// - Returns: `nil` where it is not known, or the sender matters
  func known(_ address: Span<UInt8>) -> Resolution? {
    dependsOnSender ? nil : cache.value(for: address)
  }

  /// The same.
  func known(_ address: Bytes) -> Resolution? { known(address.span) }

  private func resolve(
    _ address: Bytes, sender: Bytes, _ key: Bytes, _ book: inout AnswerBook
  ) throws(Suspension) -> Resolution {
    let mark = book.log.count
    var resolved: ResolvedAddress
    do {
      resolved = try resolveAnew(
        forms.rewrite(internal: address, for: .local),
        sender: dependsOnSender ? forms.rewrite(internal: sender, for: .local) : [], &book)
    } catch {
      guard case .failed(let cause) = error else {
        book.log.removeSubrange(mark...)
        throw error
      }
      book.log += cause.messages
      resolved = ResolvedAddress(address: [], hasFailed: true)
    }
    if book.log.count > mark {
      if let log { for line in book.log[mark...] { log.write(line) } }
      growsOld = true
      book.log.removeSubrange(mark...)
    }
    resolved.address = CaseFolding.fold(resolved.address, unicode: rules.usesUTF8)
    let resolution = Resolution(resolved, of: key)
    if !resolved.hasFailed { cache.insert(resolution) }
    return resolution
  }

  /// Whether an address of MAIL, RCPT or VRFY is acceptable.
  ///
  /// The resolver finds no fault, and without SMTPUTF8 the domain is ASCII. The null address is
  /// acceptable.
  public func accepts(
    _ address: Bytes, sender: Bytes = [], smtputf8: Bool, book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    guard !address.isEmpty else { return true }
    return try resolve(address, sender: sender, book: &book).isAcceptable(smtputf8: smtputf8)
  }

  /// An address in internal form, completed with origin and domain.
  public func rewrite(_ address: Bytes) -> Bytes { forms.rewrite(internal: address, for: .local) }

  /// Whether mail for the domain is local.
  ///
  /// - Throws: ``Suspension/failed(_:)`` with the lines to be logged.
  public func isLocal(_ domain: Bytes, book: inout AnswerBook) throws(Suspension) -> Bool {
    try classes.isLocal(domain.span, book: &book)
  }

  /// Forgets all results: a table changed.
  public func forget() { cache.forget() }

  /// Forgets the results of an earlier second: a table that changes without notice (lmdb written in place, a
  /// server) is heard within that time.
  func forgetOld() {
    guard growsOld else { return }
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
    guard now.tv_sec != cacheStart else { return }
    cacheStart = now.tv_sec
    cache.forget()
  }
}

/// The results of the last addresses; more than the 100 of the client of trivial-rewrite(8), so that those of a
/// transaction with as many recipients seldom share a place.
///
/// Sender and recipient of a transaction are asked about again and again: the last two that were new
/// are compared before anything is hashed, and comparing the same array with itself is one step.
struct ResolverCache {
  private static let count = 1024

  private struct Slot {
    var generation: UInt32
    var resolution: Resolution?
  }

  /// Each at the place that its hash gives; a newer one drives it out.
  private var slots: [Slot] = []
  /// What was kept before the last ``forget()`` is of an earlier one: forgetting touches no slot.
  private var generation: UInt32 = 0
  private var latest: Resolution?
  private var earlier: Resolution?

  @inline(__always)
  mutating func value(for key: Span<UInt8>) -> Resolution? {
    if latest?.isOf(key) == true { return latest }
    if earlier?.isOf(key) == true { return earlier }
    return olderValue(for: key)
  }

  private mutating func olderValue(for key: Span<UInt8>) -> Resolution? {
    guard !slots.isEmpty else { return nil }
    let index = ResolverCache.slot(of: key)
    guard slots[index].generation == generation, let resolution = slots[index].resolution,
      resolution.isOf(key)
    else { return nil }
    note(resolution)
    return resolution
  }

  mutating func insert(_ resolution: Resolution) {
    if slots.isEmpty {
      slots = Array(repeating: Slot(generation: 0, resolution: nil), count: ResolverCache.count)
    }
    let key = resolution.key
    slots[ResolverCache.slot(of: key.span)] = Slot(
      generation: generation, resolution: resolution)
    note(resolution)
  }

  mutating func forget() {
    (latest, earlier) = (nil, nil)
    generation &+= 1
  }

  private static func slot(of key: Span<UInt8>) -> Int {
    Int(truncatingIfNeeded: key.hash) & (count - 1)
  }

  private mutating func note(_ resolution: Resolution) {
    earlier = latest
    latest = resolution
  }
}
