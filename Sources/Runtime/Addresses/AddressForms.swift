import RestrictionDSL

/// Rewriting of one address to the form `user@fully.qualified.domain`.
///
/// - Source: trivial-rewrite(8) "STANDARDS/rewrite"; facts restrictions.md §7.2 step A
struct AddressForms: Sendable {
  /// What is added to addresses that lack a domain, and to domains that lack a dot.
  struct Context: Hashable, Sendable {
    /// Empty: nothing is added.
    let origin: Bytes
    let domain: Bytes
  }

  /// Whose addresses are rewritten.
  enum Clients: Hashable, Sendable { case local, remote }

  let swapsBangPaths: Bool
  let allowsPercentHack: Bool
  private let appendsOrigin: Bool
  private let appendsDomain: Bool
  private let local: Context
  private let remote: Context

  init(settings: Settings) {
    swapsBangPaths = settings.bool("swap_bangpath")
    allowsPercentHack = settings.bool("allow_percent_hack")
    appendsOrigin = settings.bool("append_at_myorigin")
    appendsDomain = settings.bool("append_dot_mydomain")
    local = Context(
      origin: Bytes(settings.string("myorigin")), domain: Bytes(settings.string("mydomain")))
    let other = Bytes(settings.string("remote_header_rewrite_domain"))
    remote = Context(origin: other, domain: other)
  }

  /// Rewrites the external form of an address.
  func rewrite(external address: Bytes, for clients: Clients) -> Bytes {
    if clients == .local && isComplete(address) { return address }
    var tokens = AddressToken.scan(address.isEmpty ? Bytes("\"\"") : address)
    rewrite(&tokens, for: clients)
    return MailAddress.external(tokens.internalText)
  }

  /// Rewrites the internal form of an address.
  func rewrite(internal address: Bytes, for clients: Clients) -> Bytes {
    if clients == .local && isComplete(address) { return address }
    return MailAddress.internal(rewrite(external: MailAddress.external(address), for: clients))
  }

  /// Whether nothing is to be done: atoms and dots, one `@`, a domain with a dot inside.
  private func isComplete(_ address: Bytes) -> Bool {
    let dot = UInt8(ascii: ".")
    var previous = dot
    var hasDomain = false
    var hasDot = false
    for byte in address {
      switch byte {
      case UInt8(ascii: "@"):
        guard !hasDomain, previous != dot else { return false }
        hasDomain = true
      case dot:
        guard hasDomain || previous != dot else { return false }
        hasDot = hasDomain
      case UInt8(ascii: "\\"), 0...0x20, 0x7F: return false
      case _ where AddressToken.isOperatorCharacter(byte): return false
      default: break
      }
      previous = byte
    }
    return hasDot && previous != dot
  }

  /// Rewrites the tokens of one address.
  func rewrite(_ tokens: inout [AddressToken], for clients: Clients) {
    let context = clients == .local ? local : remote
    guard let first = tokens.first, tokens != [.quoted([])] else { return }
    if tokens == [.op(UInt8(ascii: "@"))] {
      tokens = [.quoted([])]
      return
    }
    if first.isOperator(UInt8(ascii: "@")),
      let colon = tokens.firstIndex(where: { $0.isOperator(UInt8(ascii: ":")) }),
      colon != tokens.count - 1
    {
      tokens.removeSubrange(...colon)
    }
    if tokens.lastOperator("@") == nil { addDomain(&tokens, context) }
    completeDomain(&tokens, context)
    Self.dropTrailingDot(&tokens)
  }

  /// `site!user` and `user%site` become `user@site`; what has neither gets the origin.
  private func addDomain(_ tokens: inout [AddressToken], _ context: Context) {
    if swapsBangPaths,
      let bang = tokens.firstIndex(where: { $0.isOperator(UInt8(ascii: "!")) })
    {
      let site = tokens[..<bang]
      let user = Array(tokens[(bang + 1)...])
      // Observed: without a site the words of the user grow together.
      tokens = (bang == 0 ? user.joined : user) + [.op(UInt8(ascii: "@"))] + site
    } else if allowsPercentHack, let percent = tokens.lastOperator("%") {
      tokens[percent] = .op(UInt8(ascii: "@"))
    } else if appendsOrigin, !context.origin.isEmpty {
      tokens.append(.op(UInt8(ascii: "@")))
      tokens += AddressToken.scan(context.origin)
    }
  }

  private func completeDomain(_ tokens: inout [AddressToken], _ context: Context) {
    guard appendsDomain, !context.domain.isEmpty, let at = tokens.lastOperator("@"),
      at != tokens.count - 1
    else { return }
    let isComplete = tokens[at...].contains { token in
      if case .literal = token { return true }
      return token.isOperator(UInt8(ascii: "."))
    }
    guard !isComplete else { return }
    tokens.append(.op(UInt8(ascii: ".")))
    tokens += AddressToken.scan(context.domain)
  }

  /// One dot at the end, but not `..` and not `@.`: broken forms are left alone.
  static func dropTrailingDot(_ tokens: inout [AddressToken]) {
    guard tokens.count > 1, tokens[tokens.count - 1].isOperator(UInt8(ascii: ".")),
      !tokens[tokens.count - 2].isOperator(UInt8(ascii: ".")),
      !tokens[tokens.count - 2].isOperator(UInt8(ascii: "@"))
    else { return }
    tokens.removeLast()
  }
}

extension Array where Element == AddressToken {
  /// Index of the last operator of this kind.
  func lastOperator(_ character: Unicode.Scalar) -> Int? {
    let byte = UInt8(ascii: character)
    return lastIndex { $0.isOperator(byte) }
  }
}
