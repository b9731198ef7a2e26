import Compiler
import RestrictionDSL

/// What analyses see of a run between two nodes.
extension Executor {
  /// The node that ``stepNode(_:_:_:)`` will do.
  public struct NextNode: Hashable, Sendable {
    public let operation: Operation
    public let name: String
    public let range: SourceRange?
    public let stage: Stage?
    /// How many lists from access tables stand around it.
    public let depth: Int
    /// Index in the program; of a list from an access table, in that list's own program.
    public let index: Int
    /// Identifies the program of ``index``.
    public let program: ObjectIdentifier
  }

  /// - Returns: `nil` where the command has no checks.
  public func nextNode(of run: PolicyRun) -> NextNode? {
    guard run.pc != Int.max else { return nil }
    let program = run.frames.last?.bound ?? bound
    let index = run.frames.last?.pc ?? run.pc
    let node = program.program.nodes[index]
    let source = program.program.sources[Int(node.source)]
    return NextNode(
      operation: program.program.operations[Int(node.operation)], name: source.name,
      range: source.range, stage: run.stage, depth: run.frames.count, index: index,
      program: ObjectIdentifier(program))
  }
}

extension PolicyRun {
  /// Everything that the rest of a run depends on besides the facts: two runs with the same position
  /// go on in the same way.
  ///
  /// Names and addresses inside stored texts do not count.
  public struct Position: Hashable, Sendable {
    private struct FramePosition: Hashable, Sendable {
      let program: ObjectIdentifier
      let pc: Int
      let continuation: UInt8
      let isWarning: Bool
      let isDefaultAction: Bool
    }

    /// Of the node evaluated next; grows along every path.
    public let pc: Int
    private let frames: [FramePosition]
    private let entry: Entry
    private let stage: Stage?
    private let first: Stage?
    private let didSender: Bool
    private let certificateKey: Int
    private let flags: PolicyState.Flags
    private let slots: FactSlots
    private let permitCode: Int?
    private let rejectCode: Int?
    private let permitText: Bytes?
    private let rejectText: Bytes?
    private let effects: [Effect]
    /// Lists from access tables around the node.
    public var depth: Int { frames.count }
    /// DISCARD is in effect.
    public var isDiscarding: Bool { flags.discard }
    /// Reply code of the pending defer_if_permit.
    public var deferIfPermitCode: Int? { flags.deferIfPermit ? permitCode : nil }

    fileprivate init(
      _ run: PolicyRun, _ state: PolicyState, text: ((Bytes) -> Bytes)?
    ) {
      pc = run.pc
      frames = run.frames.map { frame in
        FramePosition(
          program: ObjectIdentifier(frame.bound), pc: frame.pc,
          continuation: frame.continuation.kind, isWarning: frame.isWarning,
          isDefaultAction: frame.isDefaultAction)
      }
      entry = run.entry
      stage = run.stage
      first = run.firstRecipientList
      didSender = run.didSender
      certificateKey = run.certificateKey
      var flags = state.flags
      flags.serial = 0
      self.flags = flags
      slots = state.slots
      permitCode = state.permitDeferral?.code
      rejectCode = state.flags.deferIfReject ? state.rejectDeferral?.code : nil
      if let text {
        permitText = state.permitDeferral.map { text($0.status + [0x20] + $0.text) }
        rejectText =
          state.flags.deferIfReject
          ? state.rejectDeferral.map { text($0.status + [0x20] + $0.text) } : nil
        effects = run.effects.filter { if case .log = $0 { false } else { true } }
      } else {
        permitText = nil
        rejectText = nil
        // Where mail goes instead counts; what is logged does not.
        effects = run.effects.filter {
          if case .redirect = $0 { true } else { $0 == .discard }
        }
      }
    }
  }

  /// - Parameter text: what of stored texts counts; `nil` where only codes do.
  public func position(_ state: PolicyState, text: ((Bytes) -> Bytes)? = nil) -> Position {
    Position(self, state, text: text)
  }
}

extension PolicyState {
  /// An earlier command of the transaction has checked the sender already.
  public mutating func assumeSenderIsChecked() { flags.senderIsChecked = true }

  /// Replaces the texts of postponed rejections, for analyses that compare them.
  public mutating func replaceTexts(_ replacement: (Bytes) -> Bytes) {
    permitDeferral = permitDeferral?.with(replacement)
    rejectDeferral = rejectDeferral?.with(replacement)
  }
}

extension Deferral {
  fileprivate func with(_ replacement: (Bytes) -> Bytes) -> Deferral {
    Deferral(code: code, status: status, text: replacement(text), errorClass: errorClass)
  }
}

extension Frame.Continuation {
  fileprivate var kind: UInt8 {
    switch self {
    case .plain: 0
    case .permitIsError: 1
    case .permitIsDunno: 2
    case .nextKey: 3
    }
  }
}
