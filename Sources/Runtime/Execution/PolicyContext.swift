import Compiler
import LookupTables
import RestrictionDSL

/// What access decisions need besides facts: parameters, tables, lists, and the resolver of addresses.
///
/// Built once per configuration and event loop.
public final class PolicyContext {
  public let parameters: PolicyParameters
  public let keys: AccessKeys
  public let resolver: AddressResolver
  public let validator: RecipientValidator
  let finder: AddressFinder
  public let ownAddresses: OwnAddresses
  public let mynetworks: MatchList
  public let relayDomains: MatchList
  public let mxBackupNetworks: MatchList
  /// smtpd_log_access_permit_actions, or `nil` where it is empty.
  let loggedPermits: MatchList?
  public let rblReplyMaps: [OpenTable]
  public let relayClientCertificates: [OpenTable]
  public let dnsReplyFilter: TableList
  public let senderLogins: TableList
  /// The time as `Mon DD HH:MM:SS`.
  let localTime: () -> Bytes

  private let settings: Settings
  private let compiler: PolicyCompiler
  private let tables: TableCache
  private let period: LookupPeriod?
  private var fragments: [Fragment: BoundProgram] = [:]
  /// Texts that hold a part of the key have no end.
  private static let fragmentLimit = 1000
  private var warned: Set<String> = []
  /// DNS list names whose failure was logged.
  var failedLists = RecentNames(capacity: 100)

  private struct Fragment: Hashable {
    let text: Bytes
    let stage: Stage
  }

  /// Lines of opening the lists, logged once at start.
  public let openMessages: [String]

  /// - Parameter period: of the tables; ended at the start of each transaction
  /// - Parameter localTime: wall clock for `$localtime` of reply templates.
  public init(
    settings: Settings, tables: TableCache, resolver: AddressResolver,
    validator: RecipientValidator, ownAddresses: OwnAddresses,
    period: LookupPeriod? = nil, localTime: @escaping () -> Bytes = { [] }
  ) {
    func list(_ parameter: String, _ style: MatchList.Style) -> MatchList {
      MatchList(parameter, style: style, settings: settings, tables: tables.open)
    }
    func maps(_ parameter: String) -> [OpenTable] {
      TableList(parameter, settings: settings, tables: tables.open).tables
    }
    self.settings = settings
    parameters = PolicyParameters(settings)
    keys = AccessKeys(settings: settings)
    self.resolver = resolver
    self.validator = validator
    finder = AddressFinder(settings: settings)
    self.ownAddresses = ownAddresses
    mynetworks = list("mynetworks", .clients)
    relayDomains = list("relay_domains", .domains)
    mxBackupNetworks = list("permit_mx_backup_networks", .clients)
    let permits = list("smtpd_log_access_permit_actions", .strings)
    loggedPermits = permits.isEmpty ? nil : permits
    rblReplyMaps = maps("rbl_reply_maps")
    relayClientCertificates = maps("relay_clientcerts")
    dnsReplyFilter = TableList("smtpd_dns_reply_filter", settings: settings, tables: tables.open)
    senderLogins = TableList("smtpd_sender_login_maps", settings: settings, tables: tables.open)
    compiler = PolicyCompiler(settings: settings)
    self.tables = tables
    self.period = period
    self.localTime = localTime
    openMessages =
      mynetworks.openMessages + relayDomains.openMessages + mxBackupNetworks.openMessages
      + permits.openMessages
  }

  /// The table of an access check.
  ///
  /// One in braces is not opened: its lookups find out by themselves.
  public func open(_ spec: TableSpec) -> OpenTable {
    guard spec.isInBraces else { return tables.open(spec) }
    return OpenTable(spec: spec, table: BracedTable(), foldsUnicode: false)
  }

  func endpoint(_ text: String) -> PolicyEndpoint? { PolicyEndpoint(text, settings: settings) }

  /// A transaction begins: what tables said before counts no more.
  func beginTransaction() {
    period?.end()
    resolver.forgetOld()
  }

  /// Whether ``takeTableWarnings()`` has any.
  var hasTableWarnings: Bool { tables.hasWarnings }

  /// Warnings that tables had during lookups since the last call.
  func takeTableWarnings() -> [String] { tables.takeWarnings() }

  /// The program of a restriction list found in an access table; kept as long as there is room.
  func fragment(_ text: Bytes, stage: Stage) -> BoundProgram {
    let key = Fragment(text: text, stage: stage)
    if let known = fragments[key] { return known }
    let bound = BoundProgram(compiler.compileFragment(text.text, stage: stage), self)
    if fragments.count >= PolicyContext.fragmentLimit { fragments = [:] }
    fragments[key] = bound
    return bound
  }

  /// Whether a deprecation was logged already.
  func hasWarned(_ line: String) -> Bool { warned.contains(line) }

  func noteWarned(_ line: String) { warned.insert(line) }
}

/// The names met last.
struct RecentNames {
  private let capacity: Int
  private var names: Set<Bytes> = []
  private var order: [Bytes] = []
  private var oldest = 0

  init(capacity: Int) { self.capacity = capacity }

  func contains(_ name: Bytes) -> Bool { names.contains(name) }

  mutating func insert(_ name: Bytes) {
    guard names.insert(name).inserted else { return }
    guard order.count == capacity else {
      order.append(name)
      return
    }
    names.remove(order[oldest])
    order[oldest] = name
    oldest = (oldest + 1) % capacity
  }
}
