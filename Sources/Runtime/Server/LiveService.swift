import CSystem
import Compiler
import Glibc
import LookupTables
import RestrictionDSL

/// A service at work: its plan with everything opened, on one loop.
///
/// Never changed: a reload makes another, and sessions go over to it between transactions.
final class LiveService {
  let plan: ServicePlan
  let session: SessionService
  let answers: AnswerFinder
  let log: ServiceLog
  /// - Unit: milliseconds
  let writeLimit: UInt64
  private let caches: [TableCache]

  /// What opening the tables had to say, in order, with severity prefixes.
  let openLines: [String]

  /// - Throws: ``SystemError`` where the queue cannot be used; the caller stops, or keeps what it has.
  init(_ plan: ServicePlan, on shared: SharedParts) throws(SystemError) {
    self.plan = plan
    let settings = plan.settings
    let name = settings.string("syslog_name")
    let output = shared.output
    log = ServiceLog(output, name: name)
    let resolverLog = ServiceLog(output, name: name, service: "trivial-rewrite")
    let cleanupLog = ServiceLog(output, name: name, service: "cleanup")

    // Postfix has three programs here, each with its own tables and its own log lines.
    let options = TableOptions(settings: settings)
    let isFatal = settings.bool("daemon_table_open_error_is_fatal")
    // What they remember of their last lookups ends together, with each transaction.
    let period = LookupPeriod()
    func makeCache() -> TableCache {
      TableCache(
        options: options, openErrorIsFatal: isFatal, period: period, locks: shared.host.locks)
    }
    let own = OwnAddresses(
      settings: settings, machine: InterfaceAddresses.current(),
      resolve: MachineFacts.addresses(ofHost:))
    let policy = OpenPolicy(
      settings, plan.policy, own: own, period: period, resolverLog: resolverLog,
      makeCache: makeCache)
    let (tables, resolverTables) = (policy.tables, policy.resolverTables)
    let context = policy.context
    let resolver = context.resolver
    let cleanupTables = makeCache()
    // Texts of messages are not folded, and need not be UTF-8.
    let contentOptions = LiveService.contentOptions(options)
    let contentTables = TableCache(options: contentOptions, openErrorIsFatal: isFatal)
    caches = [tables, resolverTables, cleanupTables, contentTables]

    let mapping = AddressMapping(
      settings: settings, classes: resolver.classes, tables: cleanupTables.open)
    let writer = try QueueWriter(
      settings: settings, log: cleanupLog, addresses: mapping, tables: contentTables.open)
    let cleanupBlocks =
      !cleanupTables.remoteTables.isEmpty || !contentTables.remoteTables.isEmpty
      || mapping.asksClasses && !resolverTables.remoteTables.isEmpty
    let cleanup: any Cleanup =
      cleanupBlocks
      ? DeferredQueueWriter(
        writer, settings: settings, own: own, options: options, contentOptions: contentOptions)
      : writer
    let queueDirectory = Array(settings.string("queue_directory").utf8CString)
    session = SessionService(
      settings: settings, executor: Executor(program: plan.policy.program, context: context),
      cleanup: cleanup, limiter: shared.limiter, log: log, serviceName: plan.name,
      isVerbose: plan.isVerbose,
      processID: getpid(), tables: tables.open,
      space: { FileSystemSpace.of(queueDirectory) })
    let remote = RemoteTables(workers: shared.tableWorkers, options: options)
    remote.open(tables.remoteTables + resolverTables.remoteTables)
    answers = AnswerFinder(
      loop: shared.host.loop, dns: shared.dns,
      hosts: HostResolver(dns: shared.dns, protocols: settings.list("inet_protocols")),
      settings: settings, tables: remote)
    writeLimit = UInt64(max(settings.seconds("smtpd_timeout"), 1)) * 1000
    openLines = policy.openLines(session, settings)
    for line in resolverTables.openMessages { resolverLog.write(line) }
    for line in cleanupTables.openMessages + contentTables.openMessages { cleanupLog.write(line) }
  }

  static func contentOptions(_ options: TableOptions) -> TableOptions {
    var options = options
    options.smtputf8 = false
    options.foldsKeys = false
    return options
  }

  /// The tables that changed on disk, as Postfix names them.
  func changedTables() -> [String] { caches.compactMap { $0.changedTable() } }
}

/// What all services of one loop share.
final class SharedParts {
  let host: ConnectionHost
  /// For lookups that block: a table that hangs keeps no message from being stored.
  let tableWorkers: WorkerPool
  let dns: DNSClient
  let limiter: any ConnectionLimiter
  let output: any LogOutput

  /// Lookups under way at the same time, over all tables; threads start when they are needed.
  private static let tableWorkerCount = 64

  init(
    host: ConnectionHost, dns: DNSClient, limiter: any ConnectionLimiter, output: any LogOutput
  ) {
    self.host = host
    tableWorkers = WorkerPool(threads: SharedParts.tableWorkerCount, loop: host.loop)
    self.dns = dns
    self.limiter = limiter
    self.output = output
  }
}

/// Free space, as the file system says.
enum FileSystemSpace {
  static func of(_ directory: [CChar]) -> SessionService.Space? {
    var status = statvfs()
    guard statvfs(directory, &status) == 0 else { return nil }
    return SessionService.Space(
      freeBlocks: UInt64(status.f_bavail), blockSize: UInt64(status.f_frsize))
  }
}
