#if LDAP
  import RestrictionDSL

  /// The parameters of an LDAP table but for its queries.
  ///
  /// - Source: ldap_table(5)
  struct LDAPSettings {
    enum Scope: CInt {
      case base = 0
      case one = 1
      case sub = 2
    }

    /// URLs, separated by blanks.
    let servers: String
    let timeLimit: Int
    let scope: Scope
    /// Bind at all.
    let binds: Bool
    let bindName: String
    let password: String
    let version: Int
    let dereference: Int
    let chasesReferrals: Bool
    let sizeLimit: Int
    let expansionLimit: Int
    let recursionLimit: Int
    let debugLevel: Int
    let startsTLS: Bool
    let authorityFolder: String
    let authorityFile: String
    let certificate: String
    let key: String
    let requiresCertificate: Bool
    let ciphers: String
    let attributes: LDAPAttributes

    init(_ parameters: TableParameters, _ opening: TableOpening) throws(OpenFailure) {
      let port = try parameters.integer("server_port", 389)
      servers = Settings.split(parameters.string("server_host", "localhost")).map { word in
        if word.contains("://") { return word }
        return word.contains(":") ? "ldap://\(word)" : "ldap://\(word):\(port)"
      }.joined(separator: " ")
      timeLimit = try parameters.integer("timeout", 10, minimum: 1)
      switch parameters.string("scope", "sub").lowercased() {
      case "sub": scope = .sub
      case "one": scope = .one
      case "base": scope = .base
      default:
        opening.warn(
          "warning: dict_ldap_open: \(parameters.name): Unrecognized value "
            + "\(parameters.string("scope")) specified for scope; using sub")
        scope = .sub
      }
      let bind = parameters.string("bind", "yes")
      switch bind.lowercased() {
      case "yes", "simple": binds = true
      case "no", "none": binds = false
      case "sasl":
        throw OpenFailure(
          "\(parameters.name): bind = sasl is not supported; use proxy:ldap", isFatal: true)
      default:
        throw OpenFailure(
          "\(parameters.name): unsupported parameter value: bind = \(bind)", isFatal: true)
      }
      bindName = parameters.string("bind_dn")
      password = parameters.string("bind_pw")
      version = try parameters.integer("version", 3)
      dereference = try parameters.integer("dereference", 0)
      chasesReferrals = try parameters.integer("chase_referrals", 0) != 0
      expansionLimit = try parameters.integer("expansion_limit", 0)
      sizeLimit = try parameters.integer("size_limit", expansionLimit)
      recursionLimit = try parameters.integer("recursion_limit", 1000, minimum: 1)
      debugLevel = try parameters.integer("debuglevel", 0)
      startsTLS = try parameters.boolean("start_tls", false)
      authorityFolder = parameters.string("tls_ca_cert_dir")
      authorityFile = parameters.string("tls_ca_cert_file")
      certificate = parameters.string("tls_cert")
      key = parameters.string("tls_key")
      requiresCertificate = try parameters.boolean("tls_require_cert", false)
      ciphers = parameters.string("tls_cipher_suite")
      attributes = LDAPAttributes(parameters)
      for old in ["cache", "cache_expiry", "cache_size"] where parameters.optional(old) != nil {
        opening.warn("warning: dict_ldap_open: \(parameters.name) ignoring \(old)")
      }
    }
  }

  /// Which attributes of an entry are results.
  struct LDAPAttributes {
    /// What an attribute is for.
    enum Role {
      /// A value of the result.
      case ordinary
      /// A value, which leaves no other in the result.
      case terminal
      /// A value of entries that name no others.
      case leaf
      /// Names other entries.
      case special
    }

    private let roles: [String: Role]
    /// As written, for the server.
    let names: [String]

    init(_ parameters: TableParameters) {
      var roles: [String: Role] = [:]
      var names: [String] = []
      let lists: [(String, Role)] = [
        (parameters.string("result_attribute", "maildrop"), .ordinary),
        (parameters.string("special_result_attribute"), .special),
        (parameters.string("terminal_result_attribute"), .terminal),
        (parameters.string("leaf_result_attribute"), .leaf),
      ]
      for (list, role) in lists {
        for name in Settings.split(list) {
          names.append(name)
          roles[name.lowercased()] = role
        }
      }
      self.roles = roles
      self.names = names
    }

    func role(of name: String) -> Role? { roles[name.lowercased()] }

    /// Those of a URL that are results too; all where the URL names none.
    func selected(by names: [String]) -> [String] {
      names.isEmpty ? self.names : names.filter { role(of: $0) != nil }
    }
  }

  /// Quoting of text for LDAP.
  enum LDAPText {
    /// In a search filter.
    ///
    /// - Source: RFC 2254
    static func inFilter(_ text: Bytes) -> Bytes {
      escaped(text) { byte, _ in "*()\\".utf8.contains(byte) || byte == 0 }
    }

    /// In a distinguished name.
    ///
    /// - Source: RFC 2253
    static func inName(_ text: Bytes) -> Bytes {
      escaped(text) { byte, index in
        ",+\"\\<>;=#".utf8.contains(byte) || byte == 0
          || byte == 0x20 && (index == 0 || index == text.count - 1)
      }
    }

    private static func escaped(_ text: Bytes, _ isSpecial: (UInt8, Int) -> Bool) -> Bytes {
      let digits = Bytes("0123456789ABCDEF")
      var escaped = Bytes()
      for (index, byte) in text.enumerated() {
        if isSpecial(byte, index) {
          escaped += [0x5C, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        } else {
          escaped.append(byte)
        }
      }
      return escaped
    }
  }
#endif
