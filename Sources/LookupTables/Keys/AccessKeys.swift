import RestrictionDSL

/// The keys with which access(5) tables are asked, in order.
///
/// Each function hands one key after the other to `probe` and stops at the first answer. Tables of the
/// pattern kind see the full keys only.
///
/// - Source: facts restrictions.md §6.1–6.4
public struct AccessKeys: Hashable, Sendable {
  /// Parents are tried as `.example.com` rather than `example.com`: smtpd_access_maps is not named in
  /// parent_domain_matches_subdomains.
  public let parentsWithDot: Bool
  public let delimiter: RecipientDelimiter

  public init(parentsWithDot: Bool, delimiter: RecipientDelimiter) {
    self.parentsWithDot = parentsWithDot
    self.delimiter = delimiter
  }

  public init(settings: Settings) {
    let lists = settings.list("parent_domain_matches_subdomains").map { $0.lowercased() }
    self.init(
      parentsWithDot: !lists.contains("smtpd_access_maps"),
      delimiter: RecipientDelimiter(settings: settings))
  }

  /// A host name, HELO name or ETRN domain, then its parent domains.
  ///
  /// A name that is an address has no parents.
  public func host<Found, Failure: Error>(
    _ name: Span<UInt8>, kind: TableKind, _ probe: (Span<UInt8>) throws(Failure) -> Found?
  ) throws(Failure) -> Found? {
    let isPartial = kind == .fixed && !DomainName.isValidAddress(name)
    return try domain(name, isPartial: isPartial, probe)
  }

  /// An address in text form, then its networks.
  public func address<Found, Failure: Error>(
    _ address: Span<UInt8>, kind: TableKind, _ probe: (Span<UInt8>) throws(Failure) -> Found?
  ) throws(Failure) -> Found? {
    var keys = NetworkKeys(of: address, isPartial: kind == .fixed)
    while let range = keys.next(in: address) {
      if let found = try probe(address.extracting(range)) { return found }
    }
    return nil
  }

  /// A resolved mail address: `L@D`, `B@D`, `D` and parents, `L@`, `B@`; quoted forms first.
  ///
  /// - Parameter mail: internal form, in lower case.
  /// - Complexity: allocates only for local parts that need quotes or have an extension.
  public func mail<Found, Failure: Error>(
    _ mail: Span<UInt8>, kind: TableKind, _ probe: (Span<UInt8>) throws(Failure) -> Found?
  ) throws(Failure) -> Found? {
    guard let shape = MailShape(mail) else { return nil }
    return try self.mail(mail, shape, kind: kind, in: nil, probe)
  }

  /// The same for an address whose shape is known, in a table that may remember its domain.
  public func mail<Found, Failure: Error>(
    _ mail: Span<UInt8>, _ shape: MailShape, in table: OpenTable,
    _ probe: (Span<UInt8>) throws(Failure) -> Found?
  ) throws(Failure) -> Found? {
    try self.mail(mail, shape, kind: table.kind, in: table, probe)
  }

  private func mail<Found, Failure: Error>(
    _ mail: Span<UInt8>, _ shape: MailShape, kind: TableKind, in table: OpenTable?,
    _ probe: (Span<UInt8>) throws(Failure) -> Found?
  ) throws(Failure) -> Found? {
    let at = shape.at
    if let found = try bothForms(mail, shape, probe) { return found }
    guard kind == .fixed else { return nil }
    var bare: Bytes = []
    if let end = delimiter.split(mail.extracting(0..<at)) {
      bare.reserveCapacity(mail.count)
      for index in 0..<end { bare.append(mail[index]) }
      for index in at..<mail.count { bare.append(mail[index]) }
      if let found = try bothForms(bare.span, probe) { return found }
    }
    let host = mail.extracting((at + 1)..<mail.count)
    if table?.isBarren(host) != true {
      if let found = try domain(host, isPartial: true, probe) { return found }
      table?.noteBarren(host)
    }
    if let found = try bothForms(mail.extracting(0..<(at + 1)), shape, probe) { return found }
    guard !bare.isEmpty else { return nil }
    bare.removeLast(mail.count - at - 1)
    return try bothForms(bare.span, probe)
  }

  private func domain<Found, Failure: Error>(
    _ name: Span<UInt8>, isPartial: Bool,
    _ probe: (Span<UInt8>) throws(Failure) -> Found?
  ) throws(Failure) -> Found? {
    var keys = DomainKeys(isPartial: isPartial, withDot: parentsWithDot)
    while let range = keys.next(in: name) {
      if let found = try probe(name.extracting(range)) { return found }
    }
    return nil
  }

  private func bothForms<Found, Failure: Error>(
    _ address: Span<UInt8>, _ shape: MailShape, _ probe: (Span<UInt8>) throws(Failure) -> Found?
  ) throws(Failure) -> Found? {
    try shape.isPlain ? probe(address) : bothForms(address, probe)
  }

  /// The quoted form where it differs, then the address as it is.
  private func bothForms<Found, Failure: Error>(
    _ address: Span<UInt8>, _ probe: (Span<UInt8>) throws(Failure) -> Found?
  ) throws(Failure) -> Found? {
    if MailAddress.needsQuotes(address) {
      let external = MailAddress.external(Bytes(copying: address))
      if let found = try probe(external.span) { return found }
    }
    return try probe(address)
  }
}
