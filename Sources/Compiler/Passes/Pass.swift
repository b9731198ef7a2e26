import RestrictionDSL

/// A change of the graph that no client and no log can tell.
///
/// A pass that says it changed something must have made its measure smaller; so the pipeline ends.
public protocol Pass: Sendable {
  /// Name for `--passes`, a verb.
  static var name: String { get }

  init()

  /// What the pass makes smaller.
  func measure(_ graph: DecisionGraph) -> Int

  /// Improves the graph once.
  func run(_ graph: inout DecisionGraph, _ context: PassContext)
}

/// What passes may know about the service.
public struct PassContext: Sendable {
  /// `permit_mynetworks` matches nobody.
  public var mynetworksIsEmpty = false
  /// SASL is off, so nobody is ever authenticated.
  public var saslIsOff = false
  /// TLS is off: every session is in clear.
  public var tlsIsOff = false
  /// A destination that is accepted logs that relay_domains has its old default.
  public var relayDomainsWarns = false
  /// What is known about tables, by specification.
  public var tables: [TableSpec: TableFacts] = [:]

  public init() {}

  /// - Parameter tables: facts about opened tables; `inline:` and `static:` are known anyway.
  public init(settings: Settings, tables: [TableSpec: TableFacts] = [:]) {
    mynetworksIsEmpty = settings.entry("mynetworks") != nil && settings.list("mynetworks").isEmpty
    saslIsOff = !settings.bool("smtpd_sasl_auth_enable")
    let level = settings.string("smtpd_tls_security_level")
    tlsIsOff =
      (level.isEmpty || level == "none") && !settings.bool("smtpd_use_tls")
      && !settings.bool("smtpd_enforce_tls") && !settings.bool("smtpd_tls_wrappermode")
    relayDomainsWarns =
      !settings.isSet("relay_domains") && !settings.list("relay_domains").isEmpty
    self.tables = tables
  }

  /// What is known about a table: from its text, or from who opened it.
  public func facts(_ table: TableSpec) -> TableFacts? { tables[table] ?? TableFacts(table) }
}

/// What a table can answer, as a value.
public struct TableFacts: Hashable, Sendable {
  /// Every right-hand side that the table holds.
  public let actions: [AccessAction]
  /// Every key has an entry (`static:`).
  public let matchesEveryKey: Bool

  public init(actions: [AccessAction], matchesEveryKey: Bool = false) {
    self.actions = actions
    self.matchesEveryKey = matchesEveryKey
  }

  /// Reads `static:` and `inline:` tables; `nil` for others and for what does not parse.
  public init?(_ table: TableSpec) {
    switch table.type {
    case "static":
      let text = table.name.trimmedInsideBraces ?? table.name
      guard !text.isEmpty else { return nil }
      self.init(actions: [AccessAction.parse(Bytes(text))], matchesEveryKey: true)
    case "inline":
      guard let text = table.name.trimmedInsideBraces else { return nil }
      var actions: [AccessAction] = []
      for entry in Settings.split(text) {
        let pair = entry.trimmedInsideBraces ?? entry
        guard let equals = pair.firstIndex(of: "=") else { return nil }
        let value = Bytes(String(pair[pair.index(after: equals)...])).trimmedASCIISpace
        guard !value.isEmpty else { return nil }
        actions.append(AccessAction.parse(Bytes(value)))
      }
      self.init(actions: actions)
    default: return nil
    }
  }
}

extension String {
  /// What stands between braces at both ends, trimmed.
  fileprivate var trimmedInsideBraces: String? {
    guard utf8.first == 0x7B, utf8.last == 0x7D, utf8.count >= 2 else { return nil }
    return Bytes(utf8.dropFirst().dropLast()).trimmedASCIISpace.text
  }
}
