import RestrictionDSL

/// The members of `unionmap:{…}` and `pipemap:{…}`.
enum MemberList {
  /// Opens the members in the order they are written.
  static func open(
    _ type: String, _ name: String, _ opening: TableOpening
  ) throws(OpenFailure) -> [OpenTable] {
    let failure = OpenFailure(
      "bad syntax: \"\(type):\(name)\"; need \"\(type):{type:name...}\"")
    guard let body = BraceText.body(ofName: Bytes(name)) else { throw failure }
    var specs: [TableSpec] = []
    for token in BraceText.tokens(body) {
      guard let spec = TableSpec(token.text) else { throw failure }
      specs.append(spec)
    }
    guard !specs.isEmpty else { throw failure }
    return specs.map(opening.openMember)
  }
}

/// `unionmap:{type:name, …}` – the values of all members, joined with commas.
///
/// - Source: DATABASE_README "unionmap"
final class UnionTable: LookupTable {
  let kind: TableKind
  let foldsKeys = false
  let encodesFiles = false
  let members: [OpenTable]

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    members = try MemberList.open("unionmap", name, opening)
    kind = members[0].kind
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    var joined: Bytes = []
    for member in members {
      guard let value = try member.uncheckedValue(for: key), !value.isEmpty else { continue }
      if !joined.isEmpty { joined.append(0x2C) }
      joined += value
    }
    return joined.isEmpty ? nil : joined
  }
}

/// `pipemap:{type:name, …}` – the value of one member is the key of the next.
///
/// - Source: DATABASE_README "pipemap"
final class PipeTable: LookupTable {
  let kind: TableKind
  let foldsKeys = false
  let encodesFiles = false
  let members: [OpenTable]

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    members = try MemberList.open("pipemap", name, opening)
    kind = members[0].kind
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    guard var value = try members[0].uncheckedValue(for: key) else { return nil }
    for member in members.dropFirst() {
      guard let next = try member.uncheckedValue(for: value.span) else { return nil }
      value = next
    }
    return value
  }
}
