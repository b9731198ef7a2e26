import LookupTables
import RestrictionDSL

/// Hides subdomains: `user@host.example.com` becomes `user@example.com`.
///
/// - Source: postconf(5) masquerade_domains, masquerade_exceptions, masquerade_classes
struct Masquerade {
  private struct Entry {
    let domain: Bytes
    /// `false` where `!` stands in front: what lies below keeps its name.
    let hides: Bool
  }

  let places: AddressRewriter.Places
  private let entries: [Entry]
  private let exceptions: MatchList
  private let foldsUnicode: Bool

  init(settings: Settings, tables: (TableSpec) -> OpenTable) {
    places = AddressRewriter.Places(settings.list("masquerade_classes"))
    let utf8 = settings.bool("smtputf8_enable")
    foldsUnicode = utf8
    entries = settings.list("masquerade_domains").map { word in
      let domain = word.drop { $0 == "!" }
      return Entry(
        domain: CaseFolding.fold(Bytes(String(domain)), unicode: utf8),
        hides: (word.count - domain.count).isMultiple(of: 2))
    }
    exceptions = MatchList(
      "masquerade_exceptions", style: .strings, settings: settings, tables: tables)
  }

  var isEmpty: Bool { entries.isEmpty }

  /// The first domain of the list that is a parent of the address's decides.
  func applied(to address: Bytes, book: inout AnswerBook) throws(Suspension) -> Bytes {
    guard !entries.isEmpty, let at = address.lastIndex(of: UInt8(ascii: "@")) else {
      return address
    }
    if !exceptions.isEmpty {
      let user = Bytes(MailAddress.localPart(of: MailAddress.internal(address)))
      if try exceptions.matches(user, book: &book) { return address }
    }
    let domain = address.span.extracting((at + 1)..<address.count)
    for entry in entries {
      let start = domain.count - entry.domain.count
      guard start >= 0 else { continue }
      let tail = domain.extracting(start..<domain.count)
      guard CaseFolding.equal(tail, entry.domain.span, unicode: foldsUnicode) else { continue }
      if start == 0 { return address }
      guard domain[start - 1] == UInt8(ascii: ".") else { continue }
      return entry.hides ? Bytes(address[...at]) + entry.domain : address
    }
    return address
  }
}
