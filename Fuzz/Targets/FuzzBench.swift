import Compiler
import Glibc
import LookupTables
import RestrictionDSL
import Runtime

/// One configuration with everything around a session but the network: real queue files, scripted answers.
final class FuzzBench {
  let settings: Settings
  let service: SessionService
  let log = FuzzLog()
  let queue: FuzzQueue
  /// The policy can throw accepted mail away.
  let discards: Bool
  /// Milliseconds; goes on with pauses only.
  var now: UInt64 = 1_000_000

  /// - Parameter directory: where the queue is made
  init(_ values: [String: String], in directory: String) throws(SystemError) {
    let base = [
      "myhostname": "mail.example.com", "mydomain": "example.com", "myorigin": "example.com",
      "mydestination": "$myhostname, localhost, $mydomain", "mynetworks": "127.0.0.0/8",
      "inet_interfaces": "127.0.0.1", "alias_maps": "", "queue_directory": directory,
      "local_recipient_maps": "inline:{ {postmaster=1}, {alice=1}, {bob=1} }",
      "smtpd_peername_lookup": "no", "smtpd_error_sleep_time": "0",
      // Not a regular expression of the C library: AddressSanitizer takes its keys for C strings.
      "smtpd_forbidden_commands": "CONNECT GET POST pcre:{ {/^[^A-Z]/ Bogus} }",
    ]
    settings = Settings.forTesting(base.merging(values) { $1 })
    discards = values.values.contains { $0.contains("DISCARD") }
    let tables = TableCache(settings: settings)
    let own = OwnAddresses(settings: settings, machine: [.v4(0x7F00_0001)]) { _ in [] }
    let resolver = AddressResolver(settings: settings, own: own, tables: tables.open, log: log)
    let validator = RecipientValidator(
      settings: settings, resolver: resolver, tables: tables.open)
    let context = PolicyContext(
      settings: settings, tables: tables, resolver: resolver, validator: validator,
      ownAddresses: own)
    queue = try FuzzQueue(settings, directory, log: log, resolver.classes, tables)
    service = SessionService(
      settings: settings,
      executor: Executor(
        program: PolicyCompiler(settings: settings).compile().program, context: context),
      cleanup: queue, limiter: nil, log: log, serviceName: "smtp", processID: 1,
      tables: tables.open, space: { nil })
  }

  /// What nobody but the network knows: made from the question, so that it is the same each time.
  func answer(_ question: Question, _ session: Session) -> Answer {
    var seed: UInt8 = 7
    switch question {
    case .dns(let name, let type):
      for byte in name { seed = seed &* 31 &+ byte }
      switch seed % 5 {
      case 0: return Answer(.dns(.noName))
      case 1: return Answer(.dns(.temporary))
      case 2: return Answer(.dns(.noData))
      case 3 where type == .mx:
        return Answer(.dns(.records([.mx(preference: 1, host: Bytes("mx.example.net"), ttl: 60)])))
      default: return Answer(.dns(.records([.address(.v4(0x7F00_0002), ttl: 60)])))
      }
    case .addresses: return Answer(.host(.addresses([.v4(0xC000_0201)])))
    case .name: return Answer(.host(.failed(temporary: false, reason: "Name or service not known")))
    case .policy: return Answer(.policy(.failed))
    case .verify: return Answer(.verify(.failed))
    case .flush: return Answer(.flush(0))
    case .table: return Answer(.table(.success(nil)))
    case .pause(let milliseconds, _):
      now += UInt64(milliseconds)
      return Answer(.elapsed)
    case .commitMessage:
      guard let job = session.takeCommitJob() else { return Answer(.commit(.failed(.writeError))) }
      let result = job.run()
      queue.settle(result)
      job.retire()
      return Answer(.commit(result))
    }
  }
}

/// Log lines in memory.
final class FuzzLog: LogSink {
  var lines: [Bytes] = []

  func write(_ line: Span<UInt8>) { lines.append(Bytes(copying: line)) }
}
