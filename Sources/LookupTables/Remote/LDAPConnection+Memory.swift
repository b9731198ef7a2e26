#if LDAP
  import CLDAP
  import Glibc
  import RestrictionDSL

  /// An entry of the directory: its attributes with their values, as they came.
  struct LDAPEntry {
    let attributes: [(name: String, values: [Bytes])]
  }

  /// A search as a URL says it.
  struct LDAPSearch {
    let base: Bytes
    let scope: CInt
    let filter: Bytes
    let attributes: [String]
  }

  /// libldap did not do what was asked.
  struct LDAPError: Error {
    /// LDAP_TIMEOUT …, or the result code of the server.
    let code: CInt
    /// What the server adds.
    var detail = ""

    var text: String { String(cString: ldap_err2string(code)) }

    /// The connection is of no more use.
    var isLost: Bool { [LDAP_SERVER_DOWN, LDAP_CONNECT_ERROR, LDAP_TIMEOUT].contains(code) }
  }

  /// A connection of libldap.
  ///
  /// Messages are freed where they were received, after their values were copied; the handle is
  /// unbound once, in `deinit`.
  final class LDAPConnection {
    private let handle: OpaquePointer
    private let settings: LDAPSettings

    /// - Throws: where no server of the list can be used
    init(_ settings: LDAPSettings) throws(LDAPError) {
      self.settings = settings
      var handle: OpaquePointer?
      let status = ldap_initialize(&handle, settings.servers)
      guard status == LDAP_SUCCESS, let handle else { throw LDAPError(code: status) }
      self.handle = handle
      setOptions()
      if settings.startsTLS {
        let status = ldap_start_tls_s(handle, nil, nil)
        guard status == LDAP_SUCCESS else { throw LDAPError(code: status) }
      }
      if settings.binds { try bind() }
    }

    deinit { ldap_unbind_ext_s(handle, nil, nil) }

    private var timeLimit: timeval { timeval(tv_sec: settings.timeLimit, tv_usec: 0) }

    private func setOptions() {
      func set(_ option: CInt, _ value: Int) {
        guard var number = CInt(exactly: value) else { return }
        ldap_set_option(handle, option, &number)
      }
      func set(_ option: CInt, _ text: String) {
        if !text.isEmpty { ldap_set_option(handle, option, text) }
      }
      set(LDAP_OPT_PROTOCOL_VERSION, settings.version)
      set(LDAP_OPT_DEREF, settings.dereference)
      set(LDAP_OPT_SIZELIMIT, settings.sizeLimit)
      if settings.debugLevel > 0 { set(LDAP_OPT_DEBUG_LEVEL, settings.debugLevel) }
      var limit = timeLimit
      ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &limit)
      ldap_set_option(handle, LDAP_OPT_TIMEOUT, &limit)
      ldap_set_option(
        handle, LDAP_OPT_REFERRALS,
        settings.chasesReferrals ? smtpd_ldap_option_on() : smtpd_ldap_option_off())
      guard settings.startsTLS || settings.servers.contains("ldaps://") else { return }
      set(LDAP_OPT_X_TLS_CACERTDIR, settings.authorityFolder)
      set(LDAP_OPT_X_TLS_CACERTFILE, settings.authorityFile)
      set(LDAP_OPT_X_TLS_CERTFILE, settings.certificate)
      set(LDAP_OPT_X_TLS_KEYFILE, settings.key)
      set(LDAP_OPT_X_TLS_CIPHER_SUITE, settings.ciphers)
      set(
        LDAP_OPT_X_TLS_REQUIRE_CERT,
        Int(settings.requiresCertificate ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER))
      set(LDAP_OPT_X_TLS_NEWCTX, 0)
    }

    private func bind() throws(LDAPError) {
      var identifier: CInt = 0
      let status = settings.password.withCString { password in
        var credentials = berval(
          bv_len: ber_len_t(strlen(password)), bv_val: UnsafeMutablePointer(mutating: password))
        return ldap_sasl_bind(
          handle, settings.bindName, nil, &credentials, nil, nil, &identifier)
      }
      guard status == LDAP_SUCCESS else { throw LDAPError(code: status) }
      let (result, message) = try receive(identifier)
      ldap_msgfree(message)
      guard result.code == LDAP_SUCCESS else { throw result }
    }

    /// Waits for all of a result.
    private func receive(
      _ identifier: CInt
    ) throws(LDAPError) -> (LDAPError, OpaquePointer?) {
      var limit = timeLimit
      var message: OpaquePointer?
      switch ldap_result(handle, identifier, CInt(LDAP_MSG_ALL), &limit, &message) {
      case -1:
        var code: CInt = 0
        ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code)
        throw LDAPError(code: code)
      case 0:
        ldap_abandon_ext(handle, identifier, nil, nil)
        throw LDAPError(code: LDAP_TIMEOUT)
      default:
        var code: CInt = 0
        var text: UnsafeMutablePointer<CChar>?
        let status = ldap_parse_result(handle, message, &code, nil, &text, nil, nil, 0)
        defer { ldap_memfree(text) }
        let detail = text.map { String(cString: $0) } ?? ""
        return (LDAPError(code: status == LDAP_SUCCESS ? code : status, detail: detail), message)
      }
    }

    /// Searches.
    ///
    /// - Throws: the server's result, unless it is success
    func entries(_ search: LDAPSearch) throws(LDAPError) -> [LDAPEntry] {
      var limit = timeLimit
      var identifier: CInt = 0
      let names = search.attributes.map { strdup($0) }
      defer { for name in names { free(name) } }
      var list = names + [nil]
      let status = ldap_search_ext(
        handle, search.base.text, search.scope, search.filter.text, &list, 0, nil, nil, &limit,
        CInt(clamping: settings.sizeLimit), &identifier)
      guard status == LDAP_SUCCESS else { throw LDAPError(code: status) }
      let (result, message) = try receive(identifier)
      defer { ldap_msgfree(message) }
      guard result.code == LDAP_SUCCESS else { throw result }
      var entries: [LDAPEntry] = []
      var next = ldap_first_entry(handle, message)
      while let entry = next {
        entries.append(LDAPEntry(attributes: attributes(of: entry)))
        next = ldap_next_entry(handle, entry)
      }
      return entries
    }

    private func attributes(of entry: OpaquePointer) -> [(name: String, values: [Bytes])] {
      var attributes: [(name: String, values: [Bytes])] = []
      var element: OpaquePointer?
      var next = ldap_first_attribute(handle, entry, &element)
      while let name = next {
        var values: [Bytes] = []
        if let list = ldap_get_values_len(handle, entry, name) {
          var index = 0
          while let value = list[index] {
            let length = Int(value.pointee.bv_len)
            // What goes on is a C string to Postfix.
            values.append(
              Bytes(
                Bytes(UnsafeRawBufferPointer(start: value.pointee.bv_val, count: length))
                  .prefix { $0 != 0 }))
            index += 1
          }
          ldap_value_free_len(list)
        }
        attributes.append((String(cString: name), values))
        ldap_memfree(name)
        next = ldap_next_attribute(handle, entry, element)
      }
      ber_free(element, 0)
      return attributes
    }

    /// What a URL asks for; `nil` where the text is none.
    static func search(_ url: Bytes) -> LDAPSearch? {
      let text = url.text
      guard ldap_is_ldap_url(text) != 0 else { return nil }
      var parsed: UnsafeMutablePointer<LDAPURLDesc>?
      guard ldap_url_parse(text, &parsed) == LDAP_SUCCESS, let parsed else { return nil }
      defer { ldap_free_urldesc(parsed) }
      func copied(_ text: UnsafeMutablePointer<CChar>?, _ fallback: String) -> Bytes {
        Bytes(text.map { String(cString: $0) } ?? fallback)
      }
      var names: [String] = []
      if let list = parsed.pointee.lud_attrs {
        var index = 0
        while let name = list[index] {
          names.append(String(cString: name))
          index += 1
        }
      }
      return LDAPSearch(
        base: copied(parsed.pointee.lud_dn, ""), scope: parsed.pointee.lud_scope,
        filter: copied(parsed.pointee.lud_filter, "(objectclass=*)"), attributes: names)
    }
  }
#endif
