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
  let entry: Entry
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

  /// Something was allocated for it.
  var holdsMemory: Bool { !effects.isEmpty || !frames.isEmpty || book.holdsMemory }

  init(entry: Entry, pc: Int) {
    self.entry = entry
    self.pc = pc
  }
}

/// What the owner of a run does next.
public enum PolicyStep: Hashable, Sendable {
  /// Get the answer, file it in ``PolicyRun/book``, step again.
  case ask(Question)
  case verdict(Verdict)
}
