import RestrictionDSL

/// `proxy:type:name` – asks proxymap(8); where none serves us, the table itself.
///
/// - Source: proxymap(8), postconf(5) proxy_read_maps; facts postfix-ipc §7
final class ProxyTable: LookupTable {
  private enum Way {
    case direct(OpenTable)
    case service(ProxymapClient, flags: Int)
  }

  private let name: String
  private let way: Way
  let kind: TableKind

  let foldsKeys = false
  let encodesFiles = false

  /// Flags of dict(3) in requests: lock, fold_fix, utf8_request.
  private static let lock = 64
  private static let foldFix = 16384
  private static let utf8Request = 524_288
  /// In the reply to `open`: keys are patterns.
  private static let pattern = 32

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    self.name = name
    guard let spec = TableSpec(name) else { throw ProxyTable.denied(name) }
    if !opening.options.changesNothing, opening.proxymap.isServed {
      let flags =
        ProxyTable.lock | (opening.options.foldsKeys ? ProxyTable.foldFix : 0)
        | (opening.options.smtputf8 ? ProxyTable.utf8Request : 0)
      way = .service(opening.proxymap, flags: flags)
      kind = try ProxyTable.open(spec, flags, opening.proxymap)
      opening.noteRemote(isVolatile: TableRegistry.type(named: spec.type)?.isVolatile ?? true)
    } else {
      guard opening.options.proxyReadTables?.contains(name) ?? true else {
        throw ProxyTable.denied(name)
      }
      let table = opening.openMember(spec)
      way = .direct(table)
      kind = table.kind
    }
  }

  private static func denied(_ name: String) -> OpenFailure {
    OpenFailure("proxymap service is not configured for table \"\(name)\"", isFatal: true)
  }

  /// Asks what kind of table it is; where nobody answers, its type tells.
  private static func open(
    _ spec: TableSpec, _ flags: Int, _ service: ProxymapClient
  ) throws(OpenFailure) -> TableKind {
    let request: [AttributeCodec.Attribute] = [
      ("request", Bytes("open")), ("table", Bytes(spec.description)), ("flags", Bytes("0")),
    ]
    let answer = try? service.ask(request, expecting: ["flags"])
    switch answer?.0 {
    case .denied: throw denied(spec.description)
    case .bad:
      throw OpenFailure(
        "proxymap open failed for table \"\(spec)\": invalid request", isFatal: true)
    case .ok:
      let flags = answer.flatMap { AttributeCodec.number($0.1[0]) } ?? 0
      return flags & pattern != 0 ? .pattern : .fixed
    case .noKey, .retry, .configuration, nil:
      let patterns: Set = ["regexp", "pcre", "cidr", "tcp", "socketmap", "randmap", "fail"]
      return patterns.contains(spec.type) ? .pattern : .fixed
    }
  }

  /// The table that is proxied; `nil` where proxymap(8) has it.
  var inner: OpenTable? {
    if case .direct(let table) = way { table } else { nil }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    switch way {
    case .direct(let table): return try table.uncheckedValue(for: key)
    case .service(let service, let flags): return try ask(service, flags, Bytes(copying: key))
    }
  }

  private func ask(
    _ service: ProxymapClient, _ flags: Int, _ key: Bytes
  ) throws(LookupError) -> Bytes? {
    let request: [AttributeCodec.Attribute] = [
      ("request", Bytes("lookup")), ("table", Bytes(name)), ("flags", Bytes("\(flags)")),
      ("key", key),
    ]
    let status: ProxymapClient.Status
    let values: [Bytes]
    do throws(StreamError) {
      (status, values) = try service.ask(request, expecting: ["value"])
    } catch {
      throw LookupError(
        .temporary, ["warning: problem talking to service \(service.name): \(error.reason)"],
        reason: error.reason)
    }
    switch status {
    case .ok: return values[0]
    case .noKey: return nil
    case .retry: throw LookupError(.temporary, [], reason: "Application error")
    case .configuration: throw LookupError(.configuration, [])
    case .bad:
      throw LookupError(
        .configuration,
        ["fatal: \(service.name) lookup failed for table \"\(name)\": invalid request"])
    case .denied: throw LookupError(.configuration, ["fatal: \(ProxyTable.denied(name).reason)"])
    }
  }
}
