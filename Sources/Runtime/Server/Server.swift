import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// The daemon: listeners, services, reload, end.
///
/// Everything happens on one loop; only commits, remote tables and the reading of a new configuration
/// run on worker threads.
public final class Server: TimerHandler {
  /// What the command line says.
  public struct Options: Sendable {
    /// Absolute path of the configuration directory.
    public var directory: String
    /// Of `--listen`; empty means the services of master.cf.
    public var addresses: [ListenAddress]
    public var services: Services
    /// No start while the configuration has any error, `--strict`.
    public var isStrict: Bool
    /// Another configuration whose decisions are compared, `--shadow`; absolute.
    public var shadow: String?
    /// Changed files cause a reload, `--watch`.
    public var isWatching: Bool
    /// Where the name servers stand; another file and port in tests only.
    var resolver = (file: "/etc/resolv.conf", port: UInt16(53))

    public init(
      directory: String, addresses: [ListenAddress], services: Services = .auto, isStrict: Bool,
      shadow: String? = nil, isWatching: Bool = false
    ) {
      self.directory = directory
      self.addresses = addresses
      self.services = services
      self.isStrict = isStrict
      self.shadow = shadow
      self.isWatching = isWatching
    }

    var source: ServerPlan.Source {
      ServerPlan.Source(
        directory: directory, addresses: addresses, services: services, isStrict: isStrict)
    }

    /// The shadow's, where there is one.
    var shadowSource: ServerPlan.Source? {
      shadow.map {
        ServerPlan.Source(directory: $0, addresses: addresses, services: services, isStrict: false)
      }
    }
  }

  /// Which back ends are used, `--services`.
  public enum Services: String, Sendable, CaseIterable {
    /// Postfix's verify(8) and flush(8) where they listen, our own for the rest.
    case auto
    /// Our own only.
    case embedded
    /// Postfix's only.
    case postfix
  }

  private enum Tick: Int { case housekeeping, drained }

  let options: Options
  private let ownsProcess: Bool
  let loop: EventLoop
  let parts: SharedParts
  let masterLog: ServiceLog
  private var signals: Signals?
  var slots: [String: ServiceSlot] = [:]
  var listeners: [Listener] = []
  private var connectionLimit = 1000
  private var isFull = false
  var isReloading = false
  var mustReloadAgain = false
  private var isDraining = false
  var lastTableOpening: UInt64 = 0
  /// By the name of the service that each one stands beside.
  var shadows: [String: Shadow] = [:]
  var watch: FileWatch?

  /// - Unit: milliseconds
  private static let drainLimit: UInt64 = 10_000
  static let tableOpeningInterval: UInt64 = 200
  /// Threads for commits.
  ///
  /// A file system commits what is synced at the same moment together, so this is the number of
  /// messages that share a commit: fewer would make a slow disk the limit long before the
  /// processor.
  private static let workerCount = 64

  /// Starts serving.
  ///
  /// - Parameter output: `nil` chooses by the configuration
  /// - Parameter ownsProcess: the server may take signals, change the directory and give up root's
  ///   rights; not so in tests
  /// - Throws: ``StartFailure`` whose lines were logged; the caller exits with its status.
  public init(
    _ options: Options, output: (any LogOutput)? = nil, ownsProcess: Bool = true
  ) throws(StartFailure) {
    self.options = options
    self.ownsProcess = ownsProcess
    let plan: ServerPlan
    do { plan = try ServerPlan(options.source) } catch {
      guard case .fatal(let lines) = error else { throw StartFailure() }
      throw StartFailure(lines, to: output ?? LogChoice.standardError())
    }
    let output = output ?? LogChoice.output(plan.services[0].settings)
    do {
      loop = try EventLoop()
      let workers = WorkerPool(threads: Server.workerCount, loop: loop)
      let host = ConnectionHost(loop: loop, workers: workers, log: output)
      parts = SharedParts(
        host: host,
        dns: try DNSClient(
          loop: loop, resolverFile: options.resolver.file, port: options.resolver.port),
        limiter: EmbeddedLimiter(
          timeUnit: plan.services[0].settings.seconds("anvil_rate_time_unit")),
        output: output)
    } catch { throw StartFailure(["fatal: \(error)"], to: output) }
    masterLog = ServiceLog(
      output, name: plan.services[0].settings.string("syslog_name"), service: "master")
    try start(plan)
  }

  private func start(_ plan: ServerPlan) throws(StartFailure) {
    let settings = plan.services[0].settings
    for note in plan.notes { masterLog.write(note) }
    do {
      if ownsProcess { try prepareProcess(settings) }
      for service in plan.services {
        let live = try LiveService(service, on: parts)
        let lines = StartLines(live)
        for line in lines.all { live.log.write(line) }
        if lines.isFatal { throw StartFailure([], to: parts.output) }
        slots[service.name] = ServiceSlot(live)
      }
      for service in plan.services {
        for address in service.addresses { try listen(address, service.name) }
      }
      if ownsProcess {
        try ProcessSetup.dropPrivileges(
          to: settings.string("mail_owner"), queueDirectory: settings.string("queue_directory"))
      }
    } catch let failure as StartFailure {
      throw failure
    } catch { throw StartFailure(["fatal: \(error)"], to: parts.output) }
    if let source = options.shadowSource { try startShadow(source) }
    if options.isWatching { watch = FileWatch(watchedFiles(plan)) }
    parts.host.connectionEnded = { [unowned self] in connectionEnded() }
    masterLog.write(
      "daemon started -- version \(MachineFacts.mailVersion), configuration \(options.directory)")
    parts.output.flush()
    scheduleHousekeeping()
  }

  private func prepareProcess(_ settings: Settings) throws(SystemError) {
    ProcessSetup.ignoreBrokenPipes()
    connectionLimit = max(16, ProcessSetup.raiseDescriptorLimit() / 4 * 3)
    signals = try Signals([SIGTERM, SIGINT, SIGHUP, SIGUSR1], loop: loop) { [unowned self] in
      received(signal: $0)
    }
    try ProcessSetup.enter(settings.string("queue_directory"))
  }

  /// Serves until a signal ends it.
  public func run() {
    loop.run()
    if !shadows.isEmpty { logShadowSummary() }
  }

  /// Connections that are open.
  var connectionCount: Int { parts.host.connectionCount }

  /// Ports that are listened on, in the order of configuration.
  public var ports: [UInt16] { listeners.map(\.port) }

  // MARK: - Connections

  private func listen(_ address: ListenAddress, _ service: String) throws(SystemError) {
    if let kept = listeners.first(where: { $0.address == address }) {
      return start(kept, service)
    }
    let listener = try Listener(address, loop: loop)
    listeners.append(listener)
    start(listener, service)
  }

  func start(_ listener: Listener, _ service: String) {
    listener.start(
      accept: { [unowned self] in accept($0, service) },
      report: { [unowned self] line in
        slots[service]?.service.log.write(line)
        parts.output.flush()
      })
  }

  private func accept(_ arrival: Listener.Arrival, _ name: String) {
    reopenChangedTables()
    guard let slot = slots[name] else {
      close(arrival.descriptor)
      return
    }
    let facts = ConnectionFacts(
      clientAddress: arrival.client.address, clientPort: arrival.client.port,
      serverAddress: arrival.server.address, serverPort: arrival.server.port)
    Connection(
      arrival.descriptor, host: parts.host, dialogue: SessionDialogue(slot, facts),
      writeLimit: slot.service.writeLimit
    ).start()
    if parts.host.connectionCount >= connectionLimit, !isFull {
      isFull = true
      slot.service.log.write("warning: \(connectionLimit) connections: new clients have to wait")
      for listener in listeners { listener.suspend() }
    }
  }

  private func connectionEnded() {
    if isFull, parts.host.connectionCount < connectionLimit - connectionLimit / 20 {
      isFull = false
      if !isDraining { for listener in listeners { listener.resume() } }
    }
    if isDraining, parts.host.connectionCount == 0 { loop.stop() }
  }

  // MARK: - Signals

  private func received(signal: CInt) {
    switch signal {
    case SIGHUP: reload()
    case SIGUSR1: logShadowSummary()
    default:
      masterLog.write("terminating on signal \(signal)")
      drain()
    }
    parts.output.flush()
  }

  /// Takes no more connections, and ends when those that are open have ended, or after a while.
  func drain() {
    guard !isDraining else { return loop.stop() }
    isDraining = true
    for listener in listeners { listener.stop() }
    if parts.host.connectionCount == 0 { return loop.stop() }
    _ = loop.schedule(after: Server.drainLimit, self, tag: Tick.drained.rawValue)
  }

  public func timeout(tag: Int) {
    switch Tick(rawValue: tag) {
    case .drained, nil: loop.stop()
    case .housekeeping:
      parts.dns.refreshConfiguration()
      for slot in slots.values { slot.service.answers.tick() }
      for shadow in shadows.values { shadow.engine.answers.tick() }
      reloadIfChanged()
      parts.output.flush()
      scheduleHousekeeping()
    }
  }

  private func scheduleHousekeeping() {
    _ = loop.schedule(after: 1000, self, tag: Tick.housekeeping.rawValue)
  }
}
