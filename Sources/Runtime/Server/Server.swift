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
    /// `--strict`
    public var isStrict: Bool

    public init(
      directory: String, addresses: [ListenAddress], services: Services = .auto, isStrict: Bool
    ) {
      self.directory = directory
      self.addresses = addresses
      self.services = services
      self.isStrict = isStrict
    }

    var source: ServerPlan.Source {
      ServerPlan.Source(
        directory: directory, addresses: addresses, services: services, isStrict: isStrict)
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

  private let options: Options
  private let loop: EventLoop
  private let parts: SharedParts
  private let masterLog: ServiceLog
  private var signals: Signals?
  private var slots: [String: ServiceSlot] = [:]
  private var listeners: [Listener] = []
  private var connectionLimit = 1000
  private var isFull = false
  private var isReloading = false
  private var mustReloadAgain = false
  private var isDraining = false
  private var lastTableCheck: UInt64 = 0

  /// - Unit: milliseconds
  private static let drainLimit: UInt64 = 10_000
  private static let tableCheckInterval: UInt64 = 200
  /// Threads for commits: one syncs about 600 files a second, eight about 6,000.
  private static let workerCount = 8

  /// Starts serving.
  ///
  /// - Parameter output: `nil` chooses by the configuration
  /// - Throws: ``StartFailure`` whose lines were logged; the caller exits with its status.
  public init(_ options: Options, output: (any LogOutput)? = nil) throws(StartFailure) {
    self.options = options
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
        host: host, dns: try DNSClient(loop: loop),
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
    ProcessSetup.ignoreBrokenPipes()
    connectionLimit = max(16, ProcessSetup.raiseDescriptorLimit() / 4 * 3)
    do {
      signals = try Signals([SIGTERM, SIGINT, SIGHUP], loop: loop) { [unowned self] in
        received(signal: $0)
      }
      try ProcessSetup.enter(settings.string("queue_directory"))
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
      try ProcessSetup.dropPrivileges(
        to: settings.string("mail_owner"), queueDirectory: settings.string("queue_directory"))
    } catch let failure as StartFailure {
      throw failure
    } catch { throw StartFailure(["fatal: \(error)"], to: parts.output) }
    parts.host.connectionEnded = { [unowned self] in connectionEnded() }
    masterLog.write(
      "daemon started -- version \(settings.string("mail_version")), "
        + "configuration \(options.directory)")
    parts.output.flush()
    scheduleHousekeeping()
  }

  /// Serves until a signal ends it.
  public func run() { loop.run() }

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

  private func start(_ listener: Listener, _ service: String) {
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
    if isFull, parts.host.connectionCount < connectionLimit / 100 * 95 {
      isFull = false
      if !isDraining { for listener in listeners { listener.resume() } }
    }
    if isDraining, parts.host.connectionCount == 0 { loop.stop() }
  }

  // MARK: - Signals

  private func received(signal: CInt) {
    switch signal {
    case SIGHUP: reload()
    default:
      masterLog.write("terminating on signal \(signal)")
      drain()
    }
    parts.output.flush()
  }

  /// Takes no more connections, and ends when those that are open have ended, or after a while.
  private func drain() {
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
      parts.output.flush()
      scheduleHousekeeping()
    }
  }

  private func scheduleHousekeeping() {
    _ = loop.schedule(after: 1000, self, tag: Tick.housekeeping.rawValue)
  }

  // MARK: - Reload

  /// Reads the configuration beside the running one, and goes over to it where it is good.
  private func reload() {
    guard !isReloading else {
      mustReloadAgain = true
      return
    }
    isReloading = true
    parts.output.reopen()
    let source = options.source
    parts.host.workers.submit {
      Result { () throws(ServerPlan.Failure) in try ServerPlan(source) }
    } then: { [unowned self] result in
      isReloading = false
      switch result {
      case .success(let plan): adopt(plan)
      case .failure(.fatal(let lines)): refuse(lines)
      }
      parts.output.flush()
      if mustReloadAgain {
        mustReloadAgain = false
        reload()
      }
    }
  }

  private func adopt(_ plan: ServerPlan) {
    var fresh: [String: LiveService] = [:]
    let before = listeners
    do {
      for service in plan.services {
        let live = try LiveService(service, on: parts)
        let lines = StartLines(live)
        if lines.isFatal { return refuse(lines.all) }
        for line in lines.all { live.log.write(line) }
        fresh[service.name] = live
      }
      // Binding comes last: it is what a process without root's rights may not be allowed.
      let wanted = plan.services.flatMap(\.addresses)
      for address in wanted where !before.contains(where: { $0.address == address }) {
        listeners.append(try Listener(address, loop: loop))
      }
    } catch {
      for listener in listeners where !before.contains(where: { $0 === listener }) {
        listener.stop()
      }
      listeners = before
      return refuse(["fatal: \(error)"])
    }
    for (name, live) in fresh {
      if let slot = slots[name] {
        slot.service.answers.retire()
        slot.service = live
      } else {
        slots[name] = ServiceSlot(live)
      }
    }
    for name in slots.keys where fresh[name] == nil { slots[name] = nil }
    let services = plan.services.flatMap { service in
      service.addresses.map { (address: $0, name: service.name) }
    }
    for listener in listeners where !services.contains(where: { $0.address == listener.address }) {
      listener.stop()
    }
    listeners.removeAll { listener in
      !services.contains { $0.address == listener.address }
    }
    for (address, name) in services {
      if let listener = listeners.first(where: { $0.address == address }) { start(listener, name) }
    }
    let version = plan.services[0].settings.string("mail_version")
    masterLog.write("reload -- version \(version), configuration \(options.directory)")
  }

  private func refuse(_ lines: [String]) {
    for line in lines { masterLog.write(line) }
    masterLog.write("error: new configuration refused, the old one stays in use")
  }

  /// Before each new client, as the original does: a changed table is opened again.
  private func reopenChangedTables() {
    guard loop.now - lastTableCheck >= Server.tableCheckInterval else { return }
    lastTableCheck = loop.now
    for slot in slots.values {
      for table in slot.service.changedTables() {
        slot.service.log.write("table \(table) has changed -- restarting")
      }
      guard !slot.service.changedTables().isEmpty else { continue }
      do {
        let live = try LiveService(slot.service.plan, on: parts)
        for line in live.openLines { live.log.write(line) }
        slot.service.answers.retire()
        slot.service = live
      } catch { slot.service.log.write("error: \(error)") }
    }
  }
}
