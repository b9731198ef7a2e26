import Compiler
import RestrictionDSL

/// A list from an access table being evaluated on top of the program that found it.
struct Frame {
  /// What the end of the list means for the restriction that found it.
  enum Continuation {
    case plain
    /// OK is a configuration error, because the restriction may not permit.
    /// The name is that of the message.
    case permitIsError(Bytes)
    /// OK counts as dunno (source-routed recipient).
    case permitIsDunno
    /// Dunno asks for the key with this number of the same restriction.
    case nextKey(Int)
  }

  let bound: BoundProgram
  var pc: Int
  /// The program whose restriction found the list.
  let caller: BoundProgram
  /// The restriction that found the list is under warn_if_reject.
  let isWarning: Bool
  let name: ReplyName
  let continuation: Continuation
  /// The list is the default action of a policy service that failed.
  let isDefaultAction: Bool
}

/// The evaluation of one SMTP command's program: where it is, what it knows, what it has done.
public struct PolicyRun {
  /// Answers for this command.
  ///
  /// File them here before the next step.
  public var book = AnswerBook()
  /// What was done so far, in order, log lines included.
  ///
  /// The session performs them after each step.
  public var effects: [Effect] = []
  private(set) var entry: Entry
  var pc: Int
  var stage: Stage?
  var frames: [Frame] = []
  /// The first of the relay and recipient lists that was entered.
  var firstRecipientList: Stage?
  /// The sender list was evaluated in this command.
  var didSender = false
  /// Where the recipient leads to, once it was asked.
  var resolvedRecipient: Resolution?
  /// Which key of a certificate table is asked next.
  var certificateKey = 0
  /// What was found out about the next node without doing it.
  var glimpse: Glimpse?

  /// Something was allocated for it.
  var holdsMemory: Bool { !effects.isEmpty || !frames.isEmpty || book.holdsMemory }

  init(entry: Entry, pc: Int) {
    self.entry = entry
    self.pc = pc
  }

  /// The same as a new one, in the same memory.
  @inline(__always)
  mutating func restart(_ entry: Entry, pc: Int) {
    if holdsMemory { return self = PolicyRun(entry: entry, pc: pc) }
    self.entry = entry
    self.pc = pc
    stage = nil
    firstRecipientList = nil
    didSender = false
    resolvedRecipient = nil
    certificateKey = 0
    glimpse = nil
  }
}

/// What a node was found to need, looking whether it is silent: it is not asked a second time.
indirect enum Glimpse {
  /// The entry of the access table.
  case entry(Bytes)
  case validity(AddressValidity)
}

extension PolicyRun {
  mutating func takeEntry() -> Bytes? {
    guard case .entry(let entry) = glimpse else { return nil }
    glimpse = nil
    return entry
  }

  mutating func takeValidity() -> AddressValidity? {
    guard case .validity(let validity) = glimpse else { return nil }
    glimpse = nil
    return validity
  }

  /// Moves collected lines into the effects, to keep the order of lines and effects.
  @inline(__always)
  mutating func flushLog(_ context: PolicyContext) {
    if context.hasTableWarnings || !book.log.isEmpty { flushLines(context) }
  }

  private mutating func flushLines(_ context: PolicyContext) {
    book.log.insert(contentsOf: context.takeTableWarnings(), at: 0)
    for line in book.log {
      var bytes = Bytes(line)
      LogLines.makePrintable(
        &bytes, replacement: 0x3F, keepsUTF8: context.parameters.usesUTF8)
      effects.append(.log(bytes))
    }
    book.log.removeAll()
  }
}

/// What the owner of a run does next.
public enum PolicyStep: Hashable, Sendable {
  /// Get the answer, file it in ``PolicyRun/book``, step again.
  case ask(Question)
  case verdict(Verdict)
}
