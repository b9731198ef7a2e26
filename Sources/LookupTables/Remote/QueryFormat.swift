import RestrictionDSL

/// What tables with a query have in common: query and result template, domain filter, limit.
///
/// - Source: sqlite_table(5) and its siblings: query, result_format, domain, expansion_limit; texts
///   observed on 3.7.11
final class QueryFormat {
  /// File or name, for messages.
  let name: String
  private let table: String
  private let queries: [QueryTemplate]
  private let result: QueryTemplate
  private let domains: DomainFilter?
  private let limit: Int
  private let warnings: TableWarnings
  /// What keys and values must have for any of the templates.
  private var needsKeyUser = false
  private var needsKeyDomain = false
  private var keyLabels = 0
  private var needsValueUser = false
  private var needsValueDomain = false

  /// - Parameter type: for messages
  /// - Parameter queries: templates that every lookup fills in
  /// - Parameter hasResult: the table has result_format and expansion_limit
  init(
    type: String, queries: [String], hasResult: Bool = true, limit: Int? = nil,
    resultFormat: String? = nil, _ parameters: TableParameters, _ opening: TableOpening
  ) throws(OpenFailure) {
    name = parameters.name
    table = "\(type):\(parameters.name)"
    warnings = opening.warnings
    func invalid(_ what: String, _ text: String) -> OpenFailure {
      OpenFailure(
        "db_common_parse: \(parameters.name): Invalid \(what) template: \(text)", isFatal: true)
    }
    var templates: [QueryTemplate] = []
    for query in queries {
      guard let template = QueryTemplate(query) else { throw invalid("query", query) }
      templates.append(template)
    }
    self.queries = templates
    var format = resultFormat ?? "%s"
    if hasResult && resultFormat == nil {
      format = try parameters.required("result_format", "%s")
    }
    guard let template = QueryTemplate(format) else { throw invalid("result", format) }
    result = template
    if let limit {
      self.limit = limit
    } else {
      self.limit = hasResult ? try parameters.integer("expansion_limit", 0) : 0
    }
    let domains = parameters.string("domain")
    self.domains = domains.isEmpty ? nil : DomainFilter(domains, name: name, opening)
    note()
  }

  private func note() {
    for piece in queries.flatMap(\.pieces) {
      switch piece {
      case .valueUser, .keyUser: needsKeyUser = true
      case .valueDomain, .keyDomain: needsKeyDomain = true
      case .keyLabel(let number): keyLabels = max(keyLabels, number)
      case .literal, .value, .key: continue
      }
    }
    for piece in result.pieces {
      switch piece {
      case .keyUser: needsKeyUser = true
      case .keyDomain: needsKeyDomain = true
      case .keyLabel(let number): keyLabels = max(keyLabels, number)
      case .valueUser: needsValueUser = true
      case .valueDomain: needsValueDomain = true
      case .literal, .value, .key: continue
      }
    }
  }

  /// Whether a query does not depend on the key.
  func isConstant(_ index: Int) -> Bool { queries[index].isConstant }

  /// The parts of a key that the server is to be asked for.
  ///
  /// - Returns: `nil` where the key has no entry whatever the server would say
  /// - Throws: where the domain filter cannot be asked
  func candidate(_ key: Span<UInt8>) throws(LookupError) -> AddressParts? {
    let parts = AddressParts(Bytes(copying: key))
    if let domains, try !domains.allows(parts) { return nil }
    guard !parts.whole.isEmpty else {
      warnings.add("warning: table \"\(table)\": empty query string -- ignored")
      return nil
    }
    if needsKeyUser && parts.user.isEmpty { return nil }
    if needsKeyDomain && parts.domain == nil { return nil }
    if keyLabels > 0 && parts.label(keyLabels) == nil { return nil }
    return parts
  }

  /// A query for a key.
  ///
  /// - Parameter index: which of the templates
  /// - Parameter quote: what becomes of the parts that are put in
  func query(
    _ index: Int = 0, for key: AddressParts, quote: (Bytes) -> Bytes = { $0 }
  ) -> Bytes { queries[index].text(value: key, key: key, quote: quote) }

  /// All queries for a key, nothing quoted.
  func words(for key: AddressParts) -> [Bytes] { queries.indices.map { query($0, for: key) } }

  /// Values that a lookup collects.
  struct Results {
    fileprivate(set) var text = Bytes()
    fileprivate(set) var count = 0
    /// What the table answers; an empty result is none.
    var value: Bytes? { text.isEmpty ? nil : text }
  }

  /// Adds a value in its result format.
  ///
  /// - Returns: `false` where that is one more than the limit allows
  func add(_ value: Bytes, for key: Span<UInt8>, to results: inout Results) -> Bool {
    guard !value.isEmpty else {
      let shown = PrintableText.of(key, utf8: true)
      warnings.add(
        "warning: table \"\(table)\": empty lookup result for: \"\(shown)\" -- ignored")
      return true
    }
    let parts = AddressParts(value)
    if needsValueUser && parts.user.isEmpty || needsValueDomain && parts.domain == nil {
      return true
    }
    if !results.text.isEmpty { results.text.append(UInt8(ascii: ",")) }
    results.text += result.text(value: parts, key: AddressParts(Bytes(copying: key))) { $0 }
    results.count += 1
    return limit <= 0 || results.count <= limit
  }

  /// A warning that belongs to a lookup that went well.
  func warn(_ line: String) { warnings.add(line) }
}

extension QueryFormat {
  /// The values of an SQL result, row by row; NULL is none.
  func joined(
    _ rows: [[Bytes?]], for key: Span<UInt8>, type: String
  ) throws(LookupError) -> Bytes? {
    var results = Results()
    for case let value? in rows.joined() where !add(value, for: key, to: &results) {
      throw LookupError(
        .temporary,
        [
          "warning: dict_\(type)_lookup: \(name): "
            + "Expansion limit exceeded for key: '\(Bytes(copying: key).text)'"
        ], reason: "Application error")
    }
    return results.value
  }
}
