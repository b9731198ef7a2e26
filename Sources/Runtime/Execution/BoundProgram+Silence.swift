import Compiler
import LookupTables
import RestrictionDSL

/// The short way through a program: nodes that are dunno or permit without a word.
///
/// Most nodes of most commands are: nothing is asked, logged or decided. What can be seen of that
/// without an ``Evaluation`` is seen here, in a tenth of the steps, with the same functions that the
/// operations use; all else is left to it, with what was found out (``Glimpse``).
extension BoundProgram {
  /// What the loop below has to know of a node: no reference in it.
  struct Cell {
    enum Kind {
      case enter(Stage)
      case leave(Stage), accept
      /// A list without element.
      case empty(Stage)
      /// The answer may be in a fact slot.
      case kept
      case applyDeferIfPermit
      /// Asks nothing without a login.
      case login
      /// Permits, and logs nothing.
      case permit
      case fullDomain(Subject)
      case authorized
      /// A table of the loop's own that says the same when it is asked again.
      case mailAccess(Subject)
      case unlisted(Subject)
      /// An implicit check that is switched off.
      case nothing
      case other
    }

    let kind: Kind
    /// The answer is kept for further recipients of the transaction.
    let isRecordable: Bool
    /// See ``Traits/betweenLists``.
    let isBetweenLists: Bool
    let slot: UInt16
    /// Behind what has no effect here.
    let next: Int
    let onPermit: Int

    fileprivate init(_ index: Int, _ steps: [Step], _ context: PolicyContext) {
      let step = steps[index]
      slot = step.node.slot
      isRecordable = step.isRecordable
      isBetweenLists = step.traits.contains(.betweenLists)
      let kind = Kind(step, context)
      let next = Int(step.node.next)
      if case .enter(let stage) = kind, case .leave = steps[next].operation,
        step.node.onPermit == step.node.next
      {
        self.kind = .empty(stage)
        self.next = Cell.effect(from: Int(steps[next].node.next), steps, context)
      } else {
        self.kind = kind
        self.next = Cell.effect(from: next, steps, context)
      }
      onPermit = Cell.effect(from: Int(step.node.onPermit), steps, context)
    }

    /// The first node from here on that is not passed in any case.
    private static func effect(from start: Int, _ steps: [Step], _ context: PolicyContext) -> Int {
      var pc = start
      while Kind(steps[pc], context).isWithoutEffect {
        let next = Int(steps[pc].node.next)
        // The end of a list from an access table leads nowhere.
        guard next > pc else { break }
        pc = next
      }
      return pc
    }
  }

  /// One for each step.
  static func cells(_ steps: [Step], _ context: PolicyContext) -> [Cell] {
    steps.indices.map { Cell($0, steps, context) }
  }

  /// Goes on as long as nodes are silent.
  ///
  /// - Returns: whether the program has ended. Otherwise the run stands at a node that an
  ///   ``Evaluation`` has to do.
  func passSilentNodes(
    _ run: inout PolicyRun, _ facts: Facts, _ state: inout PolicyState, _ context: PolicyContext
  ) -> Bool {
    guard run.pc != .max, run.book.trace == nil, run.frames.isEmpty else { return false }
    let cells = cells
    let parameters = context.parameters
    let isRecipient = run.entry == .rcpt
    var seen = SeenAddresses()
    var isAuthorized: Bool?
    var pc = run.pc
    while true {
      let cell = cells[pc]
      var isRecorded = cell.isRecordable && isRecipient
      // Whether the node permits, where it says no more than that or dunno.
      var answer: Bool?
      if isRecorded, let permits = state.slots.silentAnswer(cell.slot) {
        answer = permits
        isRecorded = false
      } else if !isRecorded || !state.slots.holdsRecord(cell.slot) {
        switch cell.kind {
        case .enter(let stage):
          run.begin(stage, facts, &state.flags, delaysReject: parameters.delaysReject)
          pc = run.entersList(facts, state.flags) ? cell.next : cell.onPermit
          continue
        case .leave:
          run.endStage(facts, &state.flags)
          pc = cell.next
          continue
        case .empty(let stage):
          run.begin(stage, facts, &state.flags, delaysReject: parameters.delaysReject)
          run.endStage(facts, &state.flags)
          pc = cell.next
          continue
        case .accept:
          run.endStage(facts, &state.flags)
          run.pc = pc
          return true
        case .nothing: answer = false
        case .applyDeferIfPermit: answer = state.flags.deferIfPermit ? nil : false
        case .login:
          // What stops the list is found out by the node itself.
          answer = facts.login == nil && !state.flags.stopsList ? false : nil
        case .permit: answer = true
        case .fullDomain(let subject): answer = facts.hasFullDomain(subject) ? false : nil
        case .authorized:
          let isOurs = isAuthorized ?? accepts(facts, context, &seen)
          isAuthorized = isOurs
          answer = isOurs ? false : nil
        case .mailAccess(let subject):
          answer = hasNoEntry(of: subject, at: pc, &run, facts, context, &seen) ? false : nil
        case .unlisted(let subject):
          if facts.hasAddress(of: subject), !state.flags.isChecked(subject), !state.flags.discard,
            parameters.checksUnlisted
          {
            guard isListed(subject, &run, facts, context, &seen) else { break }
            isRecorded = isRecorded && run.book.log.isEmpty
            run.flushLog(context)
            state.flags.noteChecked(subject)
          } else {
            isRecorded = false
          }
          answer = false
        case .kept, .other: break
        }
      }
      guard let permits = answer else {
        run.pc = pc
        return false
      }
      if isRecorded { state.slots.keepDunno(in: cell.slot) }
      if cell.isBetweenLists {
        pc = cell.next
      } else {
        run.certificateKey = 0
        pc = permits || state.flags.stopsList ? cell.onPermit : cell.next
      }
    }
  }

  /// reject_unauth_destination.
  @inline(__always)
  private func accepts(
    _ facts: Facts, _ context: PolicyContext, _ seen: inout SeenAddresses
  ) -> Bool {
    guard facts.hasAddress(of: .recipient) else { return true }
    guard let resolved = seen.resolution(.recipient, facts, context) else { return false }
    let parameters = context.parameters
    return switch resolved.acceptance(allowsUntrustedRouting: parameters.allowsUntrustedRouting) {
    case .ours: true
    case .relayed: !parameters.compatibility.relayDomains
    case .refused: false
    }
  }

  /// check_sender_access and check_recipient_access.
  private func hasNoEntry(
    of subject: Subject, at pc: Int, _ run: inout PolicyRun, _ facts: Facts,
    _ context: PolicyContext, _ seen: inout SeenAddresses
  ) -> Bool {
    // The null sender has a key of its own.
    guard facts.hasAddress(of: subject), let table = steps[pc].table,
      let resolved = seen.resolution(subject, facts, context), resolved.isFolded,
      let shape = resolved.shape
    else { return false }
    do throws(LookupError) {
      let entry = try table.entry(ofMail: resolved.address, shape, context.keys)
      if let entry {
        run.glimpse = .entry(entry)
        return false
      }
    } catch {
      return false
    }
    run.flushLog(context)
    return true
  }

  /// reject_unlisted_sender and reject_unlisted_recipient.
  private func isListed(
    _ subject: Subject, _ run: inout PolicyRun, _ facts: Facts, _ context: PolicyContext,
    _ seen: inout SeenAddresses
  ) -> Bool {
    guard let resolved = seen.resolution(subject, facts, context) else { return false }
    do throws(Suspension) {
      let validity = try context.validator.check(
        resolved, role: subject == .sender ? .sender : .recipient, book: &run.book)
      guard case .valid = validity,
        !context.parameters.compatibility.relayDomains || resolved.addressClass != .relay
      else {
        run.glimpse = .validity(validity)
        return false
      }
      return true
    } catch {
      // The node itself asks, and logs what the answers brought.
      run.book.log.removeAll()
      return false
    }
  }
}

/// Where sender and recipient lead to, as far as that is known already; looked up once.
private struct SeenAddresses {
  private var sender: Resolution?
  private var recipient: Resolution?

  @inline(__always)
  mutating func resolution(
    _ subject: Subject, _ facts: Facts, _ context: PolicyContext
  ) -> Resolution? {
    if subject == .recipient {
      if recipient == nil { recipient = facts.recipient.flatMap { context.resolver.known($0) } }
      return recipient
    }
    if sender == nil { sender = facts.sender.flatMap { context.resolver.known($0) } }
    return sender
  }
}

extension BoundProgram.Cell.Kind {
  /// Nothing happens at the node, whatever the run.
  fileprivate var isWithoutEffect: Bool {
    switch self {
    case .nothing, .leave(.relay), .leave(.recipient): true
    default: false
    }
  }

  fileprivate init(_ step: BoundProgram.Step, _ context: PolicyContext) {
    let parameters = context.parameters
    self =
      switch step.operation {
      case .enter(let stage): .enter(stage)
      case .leave(let stage): .leave(stage)
      case .accept: .accept
      case .applyDeferIfPermit: .applyDeferIfPermit
      case .permitSASLAuthenticated: .login
      case .permit(let ignored) where ignored.isEmpty && context.loggedPermits == nil: .permit
      case .implicitUnlistedSender: parameters.rejectsUnlistedSender ? .unlisted(.sender) : .nothing
      case .implicitUnlistedRecipient:
        parameters.rejectsUnlistedRecipient ? .unlisted(.recipient) : .nothing
      case .rejectUnlisted(let subject): .unlisted(subject)
      case .rejectNonFQDN(let subject): .fullDomain(subject)
      case .rejectUnauthDestination, .deferUnauthDestination: .authorized
      case .access(let subject, _) where subject == .sender || subject == .recipient:
        step.table.map { $0.isSteady && $0.kind == .fixed } == true ? .mailAccess(subject) : .kept
      default: .kept
      }
    switch self {
    // Under warn_if_reject it does not count that the address was checked.
    case .unlisted where step.node.flags.contains(.warn): self = .kept
    default: break
    }
    if case .kept = self, !step.isRecordable { self = .other }
  }
}

extension PolicyState.Flags {
  /// Whether reject_unlisted_sender or reject_unlisted_recipient was done.
  func isChecked(_ subject: Subject) -> Bool {
    subject == .sender ? senderIsChecked : recipientIsChecked
  }

  mutating func noteChecked(_ subject: Subject) {
    if subject == .sender { senderIsChecked = true } else { recipientIsChecked = true }
  }
}
