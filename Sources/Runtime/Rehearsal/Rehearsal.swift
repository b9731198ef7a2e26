import Compiler
import LookupTables
import RestrictionDSL

/// A service of a configuration without sockets: sessions are played in memory, questions are answered
/// by the caller, and nothing is stored but in a ``ScratchQueue``.
///
/// Session, program and executor are those of the daemon.
public final class Rehearsal {
  public let settings: Settings
  public let policy: PolicyCompiler.Result
  public let executor: Executor
  public let trace = Trace()
  private let start: StartLines
  /// What the daemon logs before it takes its first client, with severity prefixes.
  public var startLines: [String] { start.all }
  /// The daemon does not start; the last line says why.
  public var doesNotStart: Bool { start.isFatal }
  /// The domains of the DNS lists that the policy asks.
  public let listDomains: [String]
  private let service: SessionService
  private let log = MemoryLog()
  private let limiter: RenewableLimiter
  private let scratch: ScratchQueue?
  /// Why messages are not checked although there is a queue for them.
  public private(set) var storageFailure: SystemError?
  /// Clients are counted over all conversations, as the daemon does; otherwise each one begins anew.
  public var remembersClients = false

  /// - Parameters:
  ///   - name: of the service, as master.cf has it.
  ///   - seesDisk: free space of the queue's file system counts.
  ///   - queue: messages are written here, and checked as the daemon does; without one they are
  ///     forgotten.
  ///   - diagnostics: what reading the parameters had to say.
  ///   - passes: for another program than the daemon's.
  ///   - tables: opens tables; by default as the daemon does.
  public init(
    settings: Settings, name: String = "smtp", diagnostics: [Diagnostic] = [],
    passes: PassSelection = .all, seesDisk: Bool = false, queue: ScratchQueue? = nil,
    tables given: TableCache? = nil
  ) {
    self.settings = settings
    policy = PolicyCompiler(settings: settings).compile(passes: passes)
    let own = OwnAddresses(
      settings: settings, machine: InterfaceAddresses.current(),
      resolve: MachineFacts.addresses(ofHost:))
    let open = OpenPolicy(
      settings, policy, own: own, period: nil, resolverLog: MemoryLog(),
      makeCache: { given ?? TableCache(settings: settings, changesNothing: true) })
    executor = Executor(program: policy.program, context: open.context, trace: trace)
    limiter = RenewableLimiter(timeUnit: settings.seconds("anvil_rate_time_unit"))
    scratch = queue
    let queueDirectory = Array(settings.string("queue_directory").utf8CString)
    var cleanup: any Cleanup = NoStorage()
    if let queue {
      do throws(SystemError) {
        cleanup = try Rehearsal.writer(settings, open, queue, log)
      } catch { storageFailure = error }
    }
    service = SessionService(
      settings: settings, executor: executor, cleanup: cleanup, limiter: limiter, log: log,
      serviceName: name, processID: 1, tables: open.tables.open,
      space: { seesDisk ? FileSystemSpace.of(queueDirectory) : nil })
    start = StartLines(
      ServicePlan.lines(diagnostics) + open.openLines(service, settings)
        + ServicePlan.lines(policy.diagnostics))
    listDomains = Rehearsal.listDomains(policy.program, settings)
  }

  private static func writer(
    _ settings: Settings, _ policy: OpenPolicy, _ queue: ScratchQueue, _ log: any LogSink
  ) throws(SystemError) -> QueueWriter {
    let tables = TableCache(settings: settings, changesNothing: true)
    let mapping = AddressMapping(
      settings: settings, classes: policy.context.resolver.classes, tables: tables.open)
    return try QueueWriter(
      settings: queue.settings(settings), log: CleanupLog(log), addresses: mapping,
      tables: TableCache(
        options: LiveService.contentOptions(TableOptions(settings: settings)),
        openErrorIsFatal: false
      ).open)
  }

  private static func listDomains(_ program: DecisionProgram, _ settings: Settings) -> [String] {
    program.operations.flatMap { operation -> [String] in
      switch operation {
      case .rejectDNSList(_, let argument), .permitDNSList(_, let argument):
        [String(argument.prefix { $0 != "=" }).lowercased()]
      case .rejectMapsRBL: settings.list("maps_rbl_domains").map { $0.lowercased() }
      default: []
      }
    }
  }

  /// Plays a conversation to its end.
  ///
  /// Without a script of its own DATA and the end of an empty message follow where a recipient was
  /// accepted.
  ///
  /// - Parameter answer: finds what only others know; asked about the client's own name where the
  ///   conversation does not give it.
  public func play(
    _ conversation: Conversation, answer: @escaping (Question) -> Answer
  ) -> [Exchange] {
    trace.clear()
    executor.context.resolver.forget()
    if !remembersClients { limiter.renew() }
    let play = Play(service, conversation, trace, log, answer)
    play.run()
    return play.exchanges
  }
}
