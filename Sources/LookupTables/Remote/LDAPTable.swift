#if LDAP
  import CLDAP
  import Glibc
  import RestrictionDSL

  /// `ldap:file` – a search of an LDAP directory.
  ///
  /// - Source: ldap_table(5); texts observed on 3.7.11
  final class LDAPTable: LookupTable {
    let kind = TableKind.fixed
    private let format: QueryFormat
    private let settings: LDAPSettings
    private var connection: LDAPConnection?
    /// errno(3) of the last failure to connect.
    private var unconnectedReason = ""

    /// The query templates.
    private static let base = 0
    private static let filter = 1

    init(name: String, opening: TableOpening) throws(OpenFailure) {
      let parameters = try TableParameters(name: name, opening: opening)
      let filter = parameters.string("query_filter", "(mailacceptinggeneralid=%s)")
      let old = parameters.optional("result_filter")
      format = try QueryFormat(
        type: "ldap", queries: [parameters.string("search_base"), filter], limit: 0,
        resultFormat: parameters.optional("result_format") ?? old ?? "%s", parameters, opening)
      if format.isConstant(LDAPTable.filter) {
        opening.warn(
          "warning: dict_ldap_open: \(name): Fixed query_filter \(filter) is probably useless")
      }
      settings = try LDAPSettings(parameters, opening)
    }

    func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
      guard let parts = try format.candidate(key) else { return nil }
      let search = LDAPSearch(
        base: format.query(LDAPTable.base, for: parts, quote: LDAPText.inName),
        scope: settings.scope.rawValue,
        filter: format.query(LDAPTable.filter, for: parts, quote: LDAPText.inFilter),
        attributes: settings.attributes.names)
      let entries: [LDAPEntry]
      do throws(LDAPError) {
        entries = try run(search)
      } catch {
        if error.code == LDAPTable.cannotConnect { throw unconnected(error) }
        if error.code == LDAP_NO_SUCH_OBJECT {
          // A place that the key names need not be there.
          guard format.isConstant(LDAPTable.base) else { return nil }
          throw failure(
            "dict_ldap_lookup: \(format.name): Search base '\(search.base.text)' not found: "
              + "\(error.code): \(error.text)")
        }
        throw failure("dict_ldap_lookup: Search error \(error.code): \(error.text) \(error.detail)")
      }
      var results = QueryFormat.Results()
      try collect(entries, key, depth: 1, &results)
      return results.value
    }

    /// Searches; once more where an old connection is gone.
    private func run(_ search: LDAPSearch) throws(LDAPError) -> [LDAPEntry] {
      if let old = connection {
        do throws(LDAPError) { return try old.entries(search) } catch {
          guard error.isLost else { throw error }
          connection = nil
          if error.code == LDAP_TIMEOUT { throw error }
        }
      }
      let new: LDAPConnection
      do throws(LDAPError) { new = try LDAPConnection(settings) } catch {
        unconnectedReason = ErrnoText.of(errno)
        throw LDAPError(code: LDAPTable.cannotConnect, detail: line(of: error))
      }
      do throws(LDAPError) {
        let entries = try new.entries(search)
        connection = new
        return entries
      } catch {
        if !error.isLost { connection = new }
        throw error
      }
    }

    /// Not a code of LDAP: `detail` holds the log line.
    private static let cannotConnect: CInt = -1000

    private func line(of error: LDAPError) -> String {
      let name = settings.bindName.isEmpty ? "empty or implicit" : settings.bindName
      return "dict_ldap_connect: Unable to bind to server \(settings.servers) with dn \(name): "
        + "\(error.code) (\(error.text))"
    }

    private func unconnected(_ error: LDAPError) -> LookupError {
      LookupError(
        .temporary, [PrintableText.of("warning: \(error.detail)".utf8, utf8: true)],
        reason: unconnectedReason)
    }

    private func failure(_ text: String) -> LookupError {
      LookupError(
        .temporary, [PrintableText.of("warning: \(text)".utf8, utf8: true)],
        reason: "Application error")
    }

    /// Adds what the entries hold, and what the entries hold that they name.
    private func collect(
      _ entries: [LDAPEntry], _ key: Span<UInt8>, depth: Int,
      _ results: inout QueryFormat.Results
    ) throws(LookupError) {
      let attributes = settings.attributes
      for entry in entries {
        func has(_ role: LDAPAttributes.Role) -> Bool {
          entry.attributes.contains { attributes.role(of: $0.name) == role && !$0.values.isEmpty }
        }
        let isTerminal = has(.terminal)
        let isGroup = !isTerminal && has(.special)
        for (name, values) in entry.attributes {
          switch attributes.role(of: name) {
          case .terminal: try add(values, key, depth, &results)
          case .ordinary where !isTerminal: try add(values, key, depth, &results)
          case .leaf where !isTerminal && !isGroup: try add(values, key, depth, &results)
          case .special where isGroup:
            for value in values { try follow(value, of: name, key, depth, &results) }
          case .ordinary, .leaf, .special, nil: continue
          }
        }
      }
    }

    private func add(
      _ values: [Bytes], _ key: Span<UInt8>, _ depth: Int, _ results: inout QueryFormat.Results
    ) throws(LookupError) {
      for value in values {
        _ = format.add(value, for: key, to: &results)
        if settings.expansionLimit > 0, results.count > settings.expansionLimit {
          throw failure(
            "dict_ldap_get_values[\(depth)]: \(format.name): Expansion limit exceeded for key: "
              + "'\(Bytes(copying: key).text)'")
        }
      }
    }

    /// Looks at the entries that a value names: a distinguished name or a URL.
    private func follow(
      _ value: Bytes, of name: String, _ key: Span<UInt8>, _ depth: Int,
      _ results: inout QueryFormat.Results
    ) throws(LookupError) {
      guard depth < settings.recursionLimit, depth < LDAPTable.deepest else {
        throw failure(
          "dict_ldap_get_values[\(depth)]: \(format.name): Recursion limit exceeded for special "
            + "attribute \(name)=\(value.text)")
      }
      let search: LDAPSearch
      if let url = LDAPConnection.search(value) {
        let names = settings.attributes.selected(by: url.attributes)
        guard !names.isEmpty else { return }
        search = LDAPSearch(
          base: url.base, scope: url.scope, filter: url.filter, attributes: names)
      } else {
        search = LDAPSearch(
          base: value, scope: LDAPSettings.Scope.base.rawValue, filter: Bytes("(objectclass=*)"),
          attributes: settings.attributes.names)
      }
      let entries: [LDAPEntry]
      do throws(LDAPError) { entries = try run(search) } catch {
        if error.code == LDAPTable.cannotConnect { throw unconnected(error) }
        // A member that is not there is none.
        guard error.code != LDAP_NO_SUCH_OBJECT else {
          let line =
            "warning: dict_ldap_get_values[\(depth)]: DN \(search.base.text) not found, skipping "
          return format.warn(PrintableText.of(line.utf8, utf8: true))
        }
        throw failure(
          "dict_ldap_get_values[\(depth)]: search error \(error.code): \(error.text)")
      }
      try collect(entries, key, depth: depth + 1, &results)
    }

    /// Whatever recursion_limit says: this is a stack.
    private static let deepest = 1000
  }
#endif
