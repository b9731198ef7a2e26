import LookupTables
import RestrictionDSL

/// What all sessions of one event loop share: one configuration, one policy, one set of services.
///
/// Replaced as a whole at reload; a session changes to the new one between transactions.
public final class SessionService {
  public let settings: SessionSettings
  public let lists: SessionLists
  public let executor: Executor
  public let cleanup: any Cleanup
  /// `nil` where nothing is counted.
  public let limiter: (any ConnectionLimiter)?
  public let log: any LogSink
  /// Name in master.cf, for instance `smtp` or `127.0.0.1:25`.
  public let serviceName: Bytes
  /// All dialogues are logged, as for clients of debug_peer_list: `-v` in master.cf.
  public let isVerbose: Bool
  /// Part of policy instances.
  public let processID: Int32

  /// Free space of the queue file system.
  public struct Space: Hashable, Sendable {
    /// Blocks that are free for everybody.
    public var freeBlocks: UInt64
    /// - Unit: bytes
    public var blockSize: UInt64

    public init(freeBlocks: UInt64, blockSize: UInt64) {
      self.freeBlocks = freeBlocks
      self.blockSize = blockSize
    }
  }

  /// Is told of every decision; `nil` but under `serve --shadow`.
  var watcher: (any DecisionWatcher)?

  /// Asks the file system; `nil` where that is not possible.
  let space: () -> Space?

  private var idleWork: [Work] = []
  private var sequence = 0
  private var capabilities: [UInt32: Bytes] = [:]
  private var date = HeaderDate()
  private var endpoints: [Endpoint: (address: Bytes, port: Bytes)] = [:]

  private struct Endpoint: Hashable {
    let address: IPAddress
    let port: UInt16
  }

  public init(
    settings: Settings, executor: Executor,
    cleanup: any Cleanup, limiter: (any ConnectionLimiter)?, log: any LogSink,
    serviceName: String, isVerbose: Bool = false, processID: Int32,
    tables: (TableSpec) -> OpenTable,
    space: @escaping () -> Space?
  ) {
    self.settings = SessionSettings(settings)
    lists = SessionLists(settings, tables: tables)
    self.executor = executor
    self.cleanup = cleanup
    self.limiter = self.settings.countsClients ? limiter : nil
    self.log = log
    self.serviceName = Bytes(serviceName)
    self.isVerbose = isVerbose
    self.processID = processID
    self.space = space
  }

  var resolver: AddressResolver { executor.context.resolver }
  var ownAddresses: OwnAddresses { executor.context.ownAddresses }

  /// ``Verb/name`` of each verb.
  let verbNames = Verb.allCases.map(\.name)

  /// A number that no other question or transaction of this service has.
  func nextSequence() -> Int {
    sequence += 1
    return sequence
  }

  /// Where lines are put together.
  var text = ByteBuffer(capacity: 512)

  /// The date of a header.
  struct HeaderDate {
    var seconds = Int64.min
    var text = Bytes()
    /// Printable ASCII: the name of a time zone may be something else.
    var isPlain = false
  }

  /// The date of a header; made once in a second.
  func headerDate(_ seconds: Int64) -> HeaderDate {
    if date.seconds != seconds {
      let text = MailDate.header(seconds)
      date = HeaderDate(seconds: seconds, text: text, isPlain: text.span.isPrintable)
    }
    return date
  }

  /// For the content of the next message.
  private var idleReception: Reception?

  /// Memory for the content of a message, used again and again.
  func takeReception(_ decoder: ContentDecoder) -> Reception {
    guard let idle = idleReception.take() else { return Reception(decoder: decoder) }
    idle.decoder = decoder
    return idle
  }

  /// Gives it back.
  func giveBack(_ reception: Reception) {
    reception.clear()
    idleReception = reception
  }

  private var reply = Bytes()

  /// `250 2.0.0 Ok: queued as ID`.
  ///
  /// - Parameter size: shown where the message came in chunks
  func queuedReply(_ id: Bytes?, size: Int?) -> Bytes {
    text.clear()
    text.append("250 2.0.0 Ok: ")
    if let size {
      text.append(decimal: UInt64(max(0, size)))
      text.append(" bytes ")
    }
    text.append("queued as ")
    if let id { text.append(id) }
    // Into the memory of the last one, which has gone out.
    text.copy(0..<text.count, to: &reply)
    return reply
  }

  /// Memory for the command being run, used again and again.
  func takeWork() -> Work { idleWork.popLast() ?? Work() }

  /// Gives it back.
  func giveBack(_ work: Work) {
    work.clear()
    if idleWork.count < 16 { idleWork.append(work) }
  }

  /// Our own end of a connection as text; sessions share it.
  func endpoint(_ address: IPAddress, _ port: UInt16) -> (address: Bytes, port: Bytes) {
    let key = Endpoint(address: address, port: port)
    if let known = endpoints[key] { return known }
    let text = (address: address.bytes, port: Bytes(String(port)))
    if endpoints.count < 64 { endpoints[key] = text }
    return text
  }

  /// The EHLO reply for a client; made once for each kind of client.
  func ehloReply(hiding keywords: EHLOKeywords, offers: EHLOOffers) -> Bytes {
    let key = UInt32(keywords.rawValue) << 8 | UInt32(offers.rawValue)
    if let reply = capabilities[key] { return reply }
    let reply = EHLOReply.text(settings, hiding: keywords, offers: offers)
    capabilities[key] = reply
    return reply
  }
}

/// Memory for one command: the line, what is known about it, answers.
///
/// A session holds one only between the arrival of a command and its reply.
final class Work {
  /// The command line without its end; replaced by smtpd_command_filter.
  var line = Bytes()
  /// The line was cut at line_length_limit.
  var isCut = false
  var isBare = false
  var words = CommandWords()
  var verb = Verb.unknown

  /// How far the command has come: each part is done once, however often the step is run again.
  enum Progress: UInt8, Comparable {
    case received, filtered, dispatched
    static func < (left: Progress, right: Progress) -> Bool { left.rawValue < right.rawValue }
  }
  var progress = Progress.received
  /// The tests of the line as a whole are done.
  var isChecked = false
  /// Position in the opening of a session.
  var opening = OpeningStep.lists
  /// The limiter has counted this command.
  var isCounted = false
  /// MAIL: everything about the command itself was found good.
  var isPrepared = false
  /// RCPT and VRFY: the same, with the result.
  var recipient: ParsedRecipient?
  var rewritesLocally: Bool?

  var book = AnswerBook()
  /// The access decision being made, while ``isRunning``.
  var run = PolicyRun(entry: .connect, pc: .max)
  var isRunning = false
  var verdict: Verdict?

  func clear() {
    if line.capacity > 4096 { line = [] }
    words.removeAll()
    if run.holdsMemory { run = PolicyRun(entry: .connect, pc: .max) }
    isCut = false
    isBare = false
    isChecked = false
    isPrepared = false
    progress = .received
    opening = .lists
    recipient = nil
    rewritesLocally = nil
    clearDecision()
    book.clear()
  }

  /// Forgets the access decision, not the answers.
  func clearDecision() {
    isCounted = false
    isRunning = false
    verdict = nil
  }

  /// The word at a position of the command.
  func word(_ index: Int) -> ArraySlice<UInt8> { line[words[index].range] }

  /// Files an answer where the one who asked looks for it.
  func file(_ answer: Answer, to question: Question) {
    if isRunning {
      run.book.file(answer, to: question)
    } else {
      book.file(answer, to: question)
    }
  }
}

/// What comes before the greeting, in order.
enum OpeningStep: UInt8 { case lists, earlyInput, limits, keywords, clientRestrictions, greeting }

/// A recipient that has passed all syntax checks.
struct ParsedRecipient {
  /// Internal form.
  var address: Bytes
  var original: Bytes
  var notify: Int
}
