import LookupTables
import RestrictionDSL

/// How far virtual alias expansion may go.
///
/// - Source: postconf(5) virtual_alias_expansion_limit, virtual_alias_recursion_limit,
///   virtual_alias_address_length_limit
struct AliasLimits: Hashable, Sendable {
  let expansion: Int
  let recursion: Int
  let addressLength: Int

  init(settings: Settings) {
    expansion = settings.int("virtual_alias_expansion_limit")
    recursion = settings.int("virtual_alias_recursion_limit")
    addressLength = settings.int("virtual_alias_address_length_limit")
  }
}

extension AddressRewriter {
  /// The recipients that virtual_alias_maps make of one, internal form, in cleanup's order: the first
  /// result takes the place of its alias, further ones go to the end.
  ///
  /// - Returns: the address alone where there is no alias.
  public func aliases(
    of address: Bytes, queueID: Bytes, book: inout AnswerBook
  ) throws(Failure) -> [Bytes] {
    guard !virtualAlias.isEmpty else { return [address] }
    var list = [address]
    // An address that expanded into itself is final.
    var finished: Set<Bytes> = []
    var index = 0
    while index < list.count {
      if list.count > limits.expansion {
        throw unreasonable("map expansion size for \(address.text)", queueID)
      }
      var depth = 0
      while !finished.contains(CaseFolding.fold(list[index], unicode: foldsUnicode)) {
        if depth >= limits.recursion {
          throw unreasonable("map nesting for \(address.text)", queueID)
        }
        depth += 1
        let alias = list[index]
        let found = try results(
          of: virtualAlias, for: MailAddress.external(alias), propagates: propagatesVirtual,
          queueID, &book)
        guard let found else { break }
        for (position, result) in found.enumerated() {
          let plain = MailAddress.internal(result)
          if plain.count > limits.addressLength {
            throw unreasonable("result \(plain.prefix(300).text)...", queueID)
          }
          if position == 0 { list[index] = plain } else { list.append(plain) }
          if CaseFolding.equal(plain.span, alias.span, unicode: foldsUnicode) {
            finished.insert(CaseFolding.fold(alias, unicode: foldsUnicode))
          }
        }
        if found.isEmpty { break }
      }
      index += 1
    }
    return list
  }

  private func unreasonable(_ what: String, _ queueID: Bytes) -> Failure {
    .unreasonable(
      "warning: \(queueID.text): unreasonable virtual_alias_maps \(what) -- \(Self.later)")
  }
}
