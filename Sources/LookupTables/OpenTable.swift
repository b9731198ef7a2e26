import RestrictionDSL

/// A table of the configuration in use by one event loop: its name, its kind, and key folding.
///
/// A table that could not be opened is an `OpenTable` all the same: every lookup throws.
public final class OpenTable {
  /// As written in the configuration.
  public let spec: TableSpec

  /// Whether callers try partial keys.
  public private(set) var kind: TableKind

  /// Answers cross a network or may block: the session loop must not call ``value(for:)`` itself.
  public let isRemote: Bool

  /// The same key may have another answer at the next question (`randmap:`, `tcp:` …).
  public let isVolatile: Bool

  private var table: any LookupTable
  private var folds: Bool
  private let checksUTF8: Bool
  private let warnings: TableWarnings?
  private let keepsKeyCase: Bool
  private let valuesAreFiles: Bool
  private let period: LookupPeriod
  private let mayRemember: Bool
  // Invariant: `mayRemember`, and the table in use is an indexed file.
  private var remembers: Bool
  private var recent = RecentAnswers()
  // Invariant: holds the folded key of the lookup in progress; kept for its capacity.
  private var folded: Bytes = []

  public convenience init(
    spec: TableSpec, table: any LookupTable, isRemote: Bool = false, isVolatile: Bool = false,
    foldsUnicode: Bool
  ) {
    self.init(
      spec: spec, table: table, isRemote: isRemote, isVolatile: isVolatile,
      options: TableOptions(smtputf8: foldsUnicode), warnings: nil, period: nil)
  }

  init(
    spec: TableSpec, table: any LookupTable, isRemote: Bool, isVolatile: Bool,
    options: TableOptions, warnings: TableWarnings?, period: LookupPeriod?
  ) {
    self.spec = spec
    self.table = table
    self.kind = table.kind
    self.isRemote = isRemote
    self.isVolatile = isVolatile
    self.warnings = warnings
    mayRemember = period != nil && !isRemote && !isVolatile
    remembers = mayRemember && table.isIndexed
    self.period = period ?? LookupPeriod()
    checksUTF8 = options.smtputf8
    keepsKeyCase = !options.foldsKeys
    valuesAreFiles = options.valuesAreFiles
    folds = table.foldsKeys && options.foldsKeys
    decodesFiles = options.valuesAreFiles && table.encodesFiles
  }

  /// It can be asked at once, and says the same when it is asked again.
  public var isSteady: Bool { !isRemote && !isVolatile }

  /// The table behind the name, for ``shape``.
  var opened: any LookupTable { table }

  /// Puts a newly opened table in the place of one that changed.
  func replace(with table: any LookupTable) {
    self.table = table
    recent = RecentAnswers()
    remembers = mayRemember && table.isIndexed
    kind = table.kind
    folds = table.foldsKeys && !keepsKeyCase
    decodesFiles = valuesAreFiles && table.encodesFiles
  }

  /// Looks one key up as the lookups of restrictions and address maps do.
  ///
  /// - Parameter isFolded: the key is ASCII in lower case: it is not looked at to be folded or checked.
  /// - Returns: the value, or `nil` where there is no entry.
  /// - Throws: ``LookupError``; an empty value is one.
  public func value(for key: Span<UInt8>, isFolded: Bool = false) throws(LookupError) -> Bytes? {
    guard let value = try isFolded ? foldedValue(for: key) : uncheckedValue(for: key) else {
      return nil
    }
    if value.isEmpty { throw emptyValue(of: key) }
    return value
  }

  @inline(__always)
  private func foldedValue(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    guard let value = try find(key) else { return nil }
    return try accepted(value, key)
  }

  /// The entry of a mail address, with the keys of ``AccessKeys/mail(_:kind:_:)``.
  ///
  /// - Parameter mail: internal form, ASCII in lower case: see ``value(for:isFolded:)``
  /// - Throws: ``LookupError`` as ``value(for:)``
  /// - Precondition: the table is not remote.
  public func entry(
    ofMail mail: Bytes, _ shape: MailShape, _ keys: AccessKeys
  ) throws(LookupError) -> Bytes? {
    let table = table
    return try keys.mail(mail.span, shape, in: self) { key throws(LookupError) in
      guard let found = try remembers ? recall(key) : table.value(for: key) else { return nil }
      let value = try accepted(found, key)
      if value.isEmpty { throw emptyValue(of: key) }
      return value
    }
  }

  private func emptyValue(of key: Span<UInt8>) -> LookupError {
    let name = PrintableText.of(key, utf8: checksUTF8)
    return LookupError(
      .configuration,
      [
        "warning: \(spec) lookup of \(name) returns an empty string result",
        "warning: \(spec) should return NO RESULT in case of NOT FOUND",
      ])
  }

  /// Whether there is an entry, as match lists ask: an empty value counts.
  ///
  /// - Throws: ``LookupError``
  public func contains(_ key: Span<UInt8>) throws(LookupError) -> Bool {
    try uncheckedValue(for: key) != nil
  }

  /// Looks one key up and lets an empty value pass.
  ///
  /// - Returns: the value, or `nil` where there is no entry or the key is not UTF-8.
  /// - Throws: ``LookupError``
  public func uncheckedValue(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    let shape = KeyShape(key)
    if shape.hasHighBytes && checksUTF8 && !UTF8Check.isValid(key) {
      let name = PrintableText.of(key, utf8: true)
      warnings?.add(
        "warning: \(ownName): non-UTF-8 key \"\(name)\": malformed UTF-8 or invalid codepoint")
      return nil
    }
    let value: Bytes?
    if folds && (shape.hasUpperCase || shape.hasHighBytes && checksUTF8) {
      folded.removeAll(keepingCapacity: true)
      CaseFolding.append(key, to: &folded, unicode: checksUTF8)
      // Moved out, so that a table which reaches itself again finds no open access here.
      let bytes = folded
      value = try find(bytes.span)
    } else {
      value = try find(key)
    }
    guard let value else { return nil }
    return try accepted(value, key)
  }

  /// A value as callers see it.
  private func accepted(_ value: Bytes, _ key: Span<UInt8>) throws(LookupError) -> Bytes {
    if decodesFiles { return try decoded(value, key) }
    if checksUTF8, !value.span.isASCII, !UTF8Check.isValid(value.span) {
      throw LookupError(
        .configuration,
        [
          "warning: \(ownName): key \"\(PrintableText.of(key, utf8: true))\": non-UTF-8 value "
            + "\"\(PrintableText.of(value.span, utf8: true))\": "
            + "malformed UTF-8 or invalid codepoint"
        ])
    }
    return value
  }

  /// Asks the table, or remembers.
  @inline(__always)
  private func find(_ key: Span<UInt8>) throws(LookupError) -> Bytes? {
    try remembers ? recall(key) : table.value(for: key)
  }

  private func recall(_ key: Span<UInt8>) throws(LookupError) -> Bytes? {
    guard RecentAnswers.isKept(key) else { return try table.value(for: key) }
    let hash = key.hash
    if let known = recent.answer(for: key, hash, in: period.number) { return known }
    let value = try table.value(for: key)
    recent.keep(value, for: key, hash, in: period.number)
    return value
  }

  /// Whether it is remembered that neither the domain nor a parent has an entry.
  func isBarren(_ domain: Span<UInt8>) -> Bool {
    remembers && recent.isBarren(domain, in: period.number)
  }

  /// Remembers, where it can, that neither the domain nor a parent has an entry.
  func noteBarren(_ domain: Span<UInt8>) {
    if remembers { recent.noteBarren(domain, in: period.number) }
  }

  /// The file that a value holds in BASE64.
  private func decoded(_ value: Bytes, _ key: Span<UInt8>) throws(LookupError) -> Bytes {
    if let content = Base64.decode(value) { return content }
    throw LookupError(
      .configuration,
      [
        "warning: table \(ownName): key \(PrintableText.of(key, utf8: checksUTF8)): malformed "
          + "BASE64 value: \(value.prefix(30).text)"
      ])
  }

  /// Whether values of an open table have to be decoded.
  public private(set) var decodesFiles: Bool

  /// Postfix's log line behind a failed lookup of an access or address table.
  ///
  /// - Parameter key: the key before folding; cut at 100 bytes.
  public func lookupErrorLine(for key: Span<UInt8>) -> String {
    let name = PrintableText.of(key.extracting(0..<min(key.count, 100)), utf8: checksUTF8)
    return "warning: \(ownName) lookup error for \"\(name)\""
  }

  /// The name in messages about the open table.
  public var ownName: String { table.ownName ?? spec.description }

  /// Why the table cannot be asked; `nil` where it is open.
  public var openFailure: OpenFailure? { (table as? UnavailableTable)?.failure }

  /// Looks for damage that opening did not show.
  ///
  /// - Throws: ``LookupError`` that names the file
  /// - Complexity: one pass over the file
  public func inspect() throws(LookupError) { try table.inspect() }

  /// Whether the file behind the table was replaced or changed since it was opened.
  var hasChanged: Bool { table.hasChanged }

  /// The table as one that keys can be removed from; `nil` where its type has no such thing, or is a file.
  public var removing: (any RemovingTable)? { table as? any RemovingTable }

  /// The table as a list of entries; `nil` where its type has none.
  public var listable: (any ListableTable)? { table as? any ListableTable }
}
