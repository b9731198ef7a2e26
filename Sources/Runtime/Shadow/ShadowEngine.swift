import Compiler
import LookupTables
import RestrictionDSL

/// The policy of another configuration beside the running one: its program, tables and services, without
/// a queue and without sessions.
final class ShadowEngine {
  let plan: ServicePlan
  let executor: Executor
  let answers: AnswerFinder
  /// soft_bounce shows in every reply.
  let softBounce: Bool
  /// What opening the tables had to say, in order, with severity prefixes.
  let openLines: [String]
  private let caches: [TableCache]

  init(_ plan: ServicePlan, on shared: SharedParts) {
    self.plan = plan
    let settings = plan.settings
    let tables = TableCache(settings: settings)
    let resolverTables = TableCache(settings: settings)
    caches = [tables, resolverTables]
    let own = OwnAddresses(
      settings: settings, machine: InterfaceAddresses.current(),
      resolve: MachineFacts.addresses(ofHost:))
    let resolver = AddressResolver(
      settings: settings, own: own, tables: resolverTables.open, log: NoLog())
    let lines = TableOrder.open(settings, plan.policy.tables, in: tables)
    let context = PolicyContext(
      settings: settings, tables: tables, resolver: resolver,
      validator: RecipientValidator(settings: settings, resolver: resolver, tables: tables.open),
      ownAddresses: own, localTime: WallClock.logStamp)
    executor = Executor(program: plan.policy.program, context: context)
    softBounce = settings.bool("soft_bounce")
    let remote = RemoteTables(workers: shared.tableWorkers, options: tables.options)
    remote.open(tables.remoteTables + resolverTables.remoteTables)
    answers = AnswerFinder(
      loop: shared.host.loop, dns: shared.dns,
      hosts: HostResolver(dns: shared.dns, protocols: settings.list("inet_protocols")),
      settings: settings, tables: remote)
    openLines = lines + context.openMessages
  }

  /// Whether a table changed on disk.
  var hasChangedTables: Bool { caches.contains { $0.changedTable() != nil } }

  /// Does to a command what the session would do under this configuration.
  ///
  /// Where this configuration does not delay rejections and the running one does, the lists of the
  /// earlier commands have not been asked yet: they come first.
  func entries(of entry: Entry, _ facts: Facts, runningDelays: Bool) -> [Entry] {
    guard entry == .rcpt, runningDelays, !executor.context.parameters.delaysReject else {
      return [entry]
    }
    return [.connect] + (facts.helo == nil ? [] : [.helo]) + [.mail, .rcpt]
  }

  /// Policy services that this program asks.
  var policyServices: Set<String> { ShadowEngine.policyServices(executor) }

  static func policyServices(_ executor: Executor) -> Set<String> {
    Set(
      executor.bound.program.operations.compactMap { operation in
        if case .checkPolicyService(let endpoint) = operation { endpoint } else { nil }
      })
  }
}

/// The shadow logs its differences, not what its restrictions have to say.
private final class NoLog: LogSink {
  func write(_ line: Span<UInt8>) {}
}
