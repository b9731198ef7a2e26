import RestrictionDSL

/// What XFORWARD said about the client behind a proxy.
///
/// - Source: facts smtp-session.md §4 "XFORWARD", proxies-and-extensions.md §3
struct Forwarding {
  var name = Forwarding.unknown
  /// Bare form; `unknown` where not known.
  var address = Forwarding.unknown
  var ip: IPAddress?
  var port = Forwarding.unknown
  var helo: Bytes?
  var protocolName = Forwarding.unknown
  var ident: Bytes?
  /// SOURCE=LOCAL or REMOTE.
  var isLocal: Bool?

  /// A successful command named the client: its values take the place of the real client's.
  var namesClient = false
  /// A successful command named the source.
  var namesSource = false

  /// What SOURCE= said, where the command was accepted.
  var source: Bool? { namesSource ? isLocal : nil }

  /// `name[address]`, only the name where the address is not known.
  var nameAndAddress: Bytes {
    address == Forwarding.unknown ? name : name + Bytes("[") + address + Bytes("]")
  }

  static let unknown = Bytes("unknown")
}
