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
      case leave, accept
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
    let next: Int
    let onPermit: Int

    init(_ step: Step, _ context: PolicyContext) {
      slot = step.node.slot
      next = Int(step.node.next)
      onPermit = Int(step.node.onPermit)
      isRecordable = step.isRecordable
      isBetweenLists = step.traits.contains(.betweenLists)
      kind = Kind(step, context)
    }
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
    var seen = SeenAddresses()
    var pc = run.pc
    while true {
      let cell = cells[pc]
      switch cell.kind {
      case .enter(let stage):
        run.begin(stage, facts, &state.flags, delaysReject: context.parameters.delaysReject)
        pc = run.entersList(facts, state.flags) ? cell.next : cell.onPermit
        continue
      case .leave:
        run.endStage(facts, &state.flags)
        pc = cell.next
        continue
      case .accept:
        run.endStage(facts, &state.flags)
        run.pc = pc
        return true
      case .nothing:
        pc = cell.next
        continue
      case .applyDeferIfPermit:
        if !state.flags.deferIfPermit {
          pc = cell.next
          continue
        }
      case .kept, .login, .permit, .fullDomain, .authorized, .mailAccess, .unlisted:
        run.pc = pc
        if let permits = silentAnswer(cell, &run, facts, &state, context, &seen) {
          if cell.isBetweenLists {
            pc = cell.next
          } else {
            run.certificateKey = 0
            pc = permits || state.flags.stopsList ? cell.onPermit : cell.next
          }
          continue
        }
      case .other: break
      }
      run.pc = pc
      return false
    }
  }

  /// Whether a node permits, where it says no more than that or dunno.
  private func silentAnswer(
    _ cell: Cell, _ run: inout PolicyRun, _ facts: Facts, _ state: inout PolicyState,
    _ context: PolicyContext, _ seen: inout SeenAddresses
  ) -> Bool? {
    let isRecorded = cell.isRecordable && run.entry == .rcpt
    if isRecorded {
      if let permits = state.slots.silentAnswer(cell.slot) { return permits }
      if state.slots.holdsRecord(cell.slot) { return nil }
    }
    switch cell.kind {
    case .login:
      // What stops the list is found out by the node itself.
      return facts.login == nil && !state.flags.stopsList ? false : nil
    case .permit: return true
    case .fullDomain(let subject):
      guard facts.hasFullDomain(subject) else { return nil }
    case .authorized:
      guard isAuthorized(facts, context, &seen) else { return nil }
    case .mailAccess(let subject):
      guard hasNoEntry(of: subject, &run, facts, context, &seen) else { return nil }
    case .unlisted(let subject):
      guard facts.hasAddress(of: subject), !state.flags.isChecked(subject),
        !state.flags.discard, context.parameters.checksUnlisted
      else { return false }
      guard isListed(subject, &run, facts, context, &seen) else { return nil }
      let isKept = isRecorded && run.book.log.isEmpty
      run.flushLog(context)
      state.flags.noteChecked(subject)
      if isKept { state.slots.keepDunno(in: cell.slot) }
      return false
    case .enter, .leave, .accept, .kept, .applyDeferIfPermit, .nothing, .other: return nil
    }
    if isRecorded { state.slots.keepDunno(in: cell.slot) }
    return false
  }

  /// reject_unauth_destination.
  private func isAuthorized(
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
    of subject: Subject, _ run: inout PolicyRun, _ facts: Facts, _ context: PolicyContext,
    _ seen: inout SeenAddresses
  ) -> Bool {
    // The null sender has a key of its own.
    guard facts.hasAddress(of: subject), let table = steps[run.pc].table,
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
  fileprivate init(_ step: BoundProgram.Step, _ context: PolicyContext) {
    let parameters = context.parameters
    self =
      switch step.operation {
      case .enter(let stage): .enter(stage)
      case .leave: .leave
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
