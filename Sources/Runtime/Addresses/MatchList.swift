import LookupTables
import RestrictionDSL

/// A list of names, addresses, networks, tables and files that something is compared with.
///
/// The first element that matches decides; `!` in front of an element turns its match into "no".
///
/// - Source: facts restrictions.md §8
public final class MatchList {
  /// What the elements are compared with.
  public enum Style: Sendable {
    /// Exact text (mydestination, virtual_alias_domains, command lists).
    case strings
    /// A host name and, depending on the list, its parent domains (relay_domains).
    case domains
    /// A host name, else an address (mynetworks and other client lists).
    case clients
  }

  /// The parameter the list was written in, for messages.
  public let parameter: String

  /// `error: ` and `warning: ` lines of opening the list, logged once by whoever opens it; a line
  /// that begins with `fatal: ` stops the server.
  public let openMessages: [String]

  /// No element at all.
  public var isEmpty: Bool { elements.isEmpty }

  /// Whether an answer may differ the next time (remote or volatile tables).
  public let isVolatile: Bool

  /// An answer depends on tables, or an element cannot be used.
  public var asksTables: Bool {
    elements.contains { if case .literal = $0.pattern { false } else { true } }
  }

  private let style: Style
  private let matchesParents: Bool
  private let foldsUnicode: Bool
  private let elements: [MatchElement]

  /// - Parameter text: the expanded value of the parameter.
  /// - Parameter matchesParents: the parameter is named in parent_domain_matches_subdomains.
  /// - Parameter foldsUnicode: smtputf8_enable.
  /// - Parameter tables: opens a table.
  public init(
    parameter: String, text: String, style: Style, matchesParents: Bool = false,
    foldsUnicode: Bool = true, tables: (TableSpec) -> OpenTable
  ) {
    var reader = MatchListReader(parameter: parameter, foldsUnicode: foldsUnicode)
    reader.read(text, isPositive: true, depth: 0, tables: tables)
    self.parameter = parameter
    self.style = style
    self.matchesParents = matchesParents
    self.foldsUnicode = foldsUnicode
    elements = reader.elements
    openMessages = reader.messages
    isVolatile = reader.elements.contains { element in
      if case .table(let table) = element.pattern { return table.isRemote || table.isVolatile }
      return false
    }
  }

  /// What the list consists of, list files read: for analyses.
  public var contents: [MatchListElement] { elements.map(MatchListElement.init) }

  /// The list of a parameter.
  public convenience init(
    _ parameter: String, style: Style, settings: Settings, tables: (TableSpec) -> OpenTable
  ) {
    self.init(
      parameter: parameter, text: settings.string(parameter), style: style,
      matchesParents: MatchList.matchesParents(parameter, settings: settings),
      foldsUnicode: settings.bool("smtputf8_enable"), tables: tables)
  }

  /// Whether parent_domain_matches_subdomains names the list.
  public static func matchesParents(_ parameter: String, settings: Settings) -> Bool {
    settings.list("parent_domain_matches_subdomains").contains {
      $0.utf8.elementsEqual(parameter.utf8) || $0.lowercased() == parameter
    }
  }

  /// Compares a text, or a domain, with the list.
  ///
  /// - Throws: ``Suspension/failed(_:)`` with the lines to be logged where an element cannot be used.
  public func matches(
    _ text: Span<UInt8>, book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    for element in elements where try matchesName(element.pattern, text, &book) {
      book.trace?.note(parameter, element)
      return element.isPositive
    }
    return false
  }

  /// Compares a text, or a domain, with the list.
  public func matches(_ text: Bytes, book: inout AnswerBook) throws(Suspension) -> Bool {
    try matches(text.span, book: &book)
  }

  /// Compares a client with the list.
  ///
  /// - Parameter name: verified host name, or `unknown`.
  /// - Parameter address: canonical text, or `unknown`.
  /// - Parameter ip: the same, parsed.
  /// - Throws: ``Suspension/failed(_:)`` with the lines to be logged where an element cannot be used.
  /// - Complexity: O(elements); no allocation where no table is asked.
  public func matches(
    name: Bytes, address: Bytes, ip: IPAddress?, book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    for element in elements {
      if try matchesName(element.pattern, name.span, &book) {
        book.trace?.note(parameter, element)
        return element.isPositive
      }
      if style == .clients, try matchesAddress(element.pattern, address, ip, &book) {
        book.trace?.note(parameter, element)
        return element.isPositive
      }
    }
    return false
  }

  // MARK: Names

  private func matchesName(
    _ pattern: MatchElement.Pattern, _ name: Span<UInt8>, _ book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    switch pattern {
    case .literal(let literal):
      if CaseFolding.equal(name, literal.text.span, unicode: foldsUnicode) { return true }
      return style != .strings && isParent(literal.text, of: name)
    case .table(let table):
      let shape = KeyShape(name)
      guard shape.hasUpperCase || shape.hasHighBytes else {
        return try holdsName(table, name, &book)
      }
      let folded = CaseFolding.fold(Bytes(copying: name), unicode: foldsUnicode)
      return try holdsName(table, folded.span, &book)
    case .unavailable:
      guard name.count > 0 else { return false }
      throw failure(of: pattern)
    }
  }

  /// `example.com` is a parent with parent matching, `.example.com` without.
  private func isParent(_ pattern: Bytes, of name: Span<UInt8>) -> Bool {
    let start = name.count - pattern.count
    guard start > 0 else { return false }
    if matchesParents {
      guard name[start - 1] == UInt8(ascii: ".") else { return false }
    } else {
      guard pattern.first == UInt8(ascii: ".") else { return false }
    }
    return CaseFolding.equal(
      name.extracting(start..<name.count), pattern.span, unicode: foldsUnicode)
  }

  /// - Parameter name: folded: a list folds its keys, whatever the table does with them.
  private func holdsName(
    _ table: OpenTable, _ name: Span<UInt8>, _ book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    guard style != .strings else { return try holds(table, name, &book) }
    return try holdsDomain(table, name, &book)
  }

  private func holdsDomain(
    _ table: OpenTable, _ name: Span<UInt8>, _ book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    var keys = DomainKeys(isPartial: table.kind == .fixed, withDot: !matchesParents)
    while let range = keys.next(in: name) {
      if try holds(table, name.extracting(range), &book) { return true }
    }
    return false
  }

  // MARK: Addresses

  private func matchesAddress(
    _ pattern: MatchElement.Pattern, _ address: Bytes, _ ip: IPAddress?, _ book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    guard address.allSatisfy(Self.isAddressCharacter) else { return false }
    switch pattern {
    case .table(let table): return try holds(table, address.span, &book)
    case .unavailable: throw failure(of: pattern)
    case .literal(let literal):
      if isSpelling(literal.text, of: address) { return true }
      guard let network = literal.network,
        address.contains(UInt8(ascii: ":")) == literal.hasColon
      else { return false }
      switch network {
      case .success(let network):
        guard let ip = ip ?? IPAddress(address) else { return false }
        return network.contains(ip)
      case .failure(let bad):
        throw .failed(LookupError(.temporary, ["warning: \(parameter): \(bad.reason)"]))
      }
    }
  }

  private func isSpelling(_ pattern: Bytes, of address: Bytes) -> Bool {
    guard pattern.first == UInt8(ascii: "[") else { return pattern.equalsIgnoringCase(address) }
    return pattern.count == address.count + 2 && pattern.last == UInt8(ascii: "]")
      && pattern[1..<(pattern.count - 1)].equalsIgnoringCase(address)
  }

  private static func isAddressCharacter(_ byte: UInt8) -> Bool {
    byte.isASCIIDigit || (byte | 0x20) &- 97 < 6 || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: ":")
  }

  // MARK: Tables

  private func holds(
    _ table: OpenTable, _ key: Span<UInt8>, _ book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    let cause: LookupError
    if table.isRemote {
      do { return try book.value(of: table, for: key) != nil } catch {
        guard case .failed(let failure) = error else { throw error }
        if EmptyValue.isReported(by: failure) { return true }
        cause = failure
      }
    } else {
      do {
        let isThere = try table.contains(key)
        book.trace?.note(table.spec, key, isThere ? Bytes() : nil)
        return isThere
      } catch { cause = error }
    }
    let problem = "warning: \(parameter): \(table.ownName): table lookup problem"
    throw .failed(LookupError(cause.kind, cause.messages + [problem]))
  }

  private func failure(of pattern: MatchElement.Pattern) -> Suspension {
    guard case .unavailable(let name, let reason) = pattern else {
      return .failed(LookupError(.temporary, []))
    }
    return .failed(
      LookupError(
        .temporary,
        [
          "warning: \(name) is unavailable. \(reason)",
          "warning: \(parameter): \(name): table lookup problem",
        ]))
  }
}

/// A table answered with an empty value.
enum EmptyValue {
  /// Whether this is what the error says: a match list asks for existence only, and a list of tables
  /// reports it under its own name.
  static func isReported(by error: LookupError) -> Bool {
    error.messages.first?.hasSuffix(" returns an empty string result") == true
  }
}
