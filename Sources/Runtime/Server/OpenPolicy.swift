import Compiler
import LookupTables
import RestrictionDSL

/// The policy of a service with its tables opened: the same for the daemon and for a rehearsal.
struct OpenPolicy {
  let tables: TableCache
  let resolverTables: TableCache
  let context: PolicyContext
  private let tableLines: [String]
  private let known: Int

  /// - Parameters:
  ///   - period: ends with each transaction; see ``TableCache``.
  ///   - makeCache: Postfix has several programs here, each with its own tables and log lines.
  ///   - resolverLog: the log of `trivial-rewrite`.
  init(
    _ settings: Settings, _ policy: PolicyCompiler.Result, own: OwnAddresses, period: LookupPeriod?,
    resolverLog: any LogSink, makeCache: () -> TableCache
  ) {
    tables = makeCache()
    resolverTables = makeCache()
    let resolver = AddressResolver(
      settings: settings, own: own, tables: resolverTables.open, log: resolverLog)
    tableLines = TableOrder.open(settings, policy.tables, in: tables)
    known = tables.openMessages.count
    let validator = RecipientValidator(
      settings: settings, resolver: resolver, tables: tables.open)
    context = PolicyContext(
      settings: settings, tables: tables, resolver: resolver, validator: validator,
      ownAddresses: own, period: period, localTime: WallClock.logStamp)
  }

  /// What opening had to say, in order, with severity prefixes; asked when the session's lists are
  /// open too.
  func openLines(_ session: SessionService, _ settings: Settings) -> [String] {
    OpenPolicy.withoutRepeatedFiles(
      tableLines + tables.openMessages[known...] + session.lists.earlyMessages
        + context.openMessages + session.lists.lateMessages
        + context.resolver.classes.destination.openMessages)
      + SessionSettings.findings(settings)
  }

  /// A list file that cannot be read is one error, however many lists name it.
  private static func withoutRepeatedFiles(_ lines: [String]) -> [String] {
    var files: Set<String> = []
    return lines.filter { !$0.hasPrefix("error: open file ") || files.insert($0).inserted }
  }
}
