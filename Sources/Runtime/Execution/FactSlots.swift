import Compiler
import RestrictionDSL

/// One thing that an operation did, in a form that can be done again for another recipient.
enum Act: Hashable, Sendable {
  case line(String)
  case report(LogLines.Event, Bytes)
  case effect(Effect)
  case hold(Bytes)
  case reject(Rejection)
  case deferIfPermit(Rejection)
  case deferIfReject(Rejection)
  case permit(action: Bytes, ReplyTarget, table: Bytes?)
}

/// A recorded answer of a decision node.
struct FactRecord: Hashable, Sendable {
  let acts: [Act]
  let permits: Bool
}

/// Answers of decision nodes that do not depend on the recipient, for the length of a transaction.
///
/// The usual answer, dunno without a word, is one bit: recording it allocates nothing.
struct FactSlots: Hashable, Sendable {
  private var silentDunno: UInt64 = 0
  private var silentPermit: UInt64 = 0
  private var records: [UInt16: FactRecord] = [:]
  /// Answers that outlive the transaction.
  private var lasting: UInt64 = 0

  /// The answer recorded for a slot.
  func record(_ slot: UInt16) -> FactRecord? {
    if slot < 64 {
      if silentDunno >> UInt64(slot) & 1 == 1 { return FactRecord(acts: [], permits: false) }
      if silentPermit >> UInt64(slot) & 1 == 1 { return FactRecord(acts: [], permits: true) }
    }
    return records.isEmpty ? nil : records[slot]
  }

  /// The answer recorded for a slot, where it says no more than whether to permit.
  func silentAnswer(_ slot: UInt16) -> Bool? {
    guard slot < 64 else { return nil }
    if silentDunno >> UInt64(slot) & 1 == 1 { return false }
    return silentPermit >> UInt64(slot) & 1 == 1 ? true : nil
  }

  /// Whether an answer is recorded that says more than ``silentAnswer(_:)`` tells.
  func holdsRecord(_ slot: UInt16) -> Bool { !records.isEmpty && records[slot] != nil }

  /// Keeps dunno without a word.
  mutating func keepDunno(in slot: UInt16) {
    if slot < 64 {
      silentDunno |= 1 << UInt64(slot)
    } else {
      records[slot] = FactRecord(acts: [], permits: false)
    }
  }

  /// - Parameter lasts: the answer outlives the transaction.
  mutating func keep(_ record: FactRecord, in slot: UInt16, lasts: Bool = false) {
    guard slot < 64, record.acts.isEmpty else {
      records[slot] = record
      return
    }
    if lasts { lasting |= 1 << UInt64(slot) }
    if record.permits {
      silentPermit |= 1 << UInt64(slot)
    } else {
      silentDunno |= 1 << UInt64(slot)
    }
  }

  /// The transaction is over: what depends on the client alone stays.
  mutating func endTransaction() {
    silentDunno &= lasting
    silentPermit &= lasting
    if !records.isEmpty { records = [:] }
  }

  /// Forgets everything.
  mutating func clear() { self = FactSlots() }
}

extension Operation {
  /// Whether the answer is worth keeping for the transaction, and safe to keep: it costs a lookup, and
  /// does not change before the transaction ends.
  var isRecordable: Bool {
    switch self {
    case .access(let subject, _): subject != .recipient && subject != .etrn
    case .serverAccess(let subject, _, _): subject != .recipient
    case .certificateAccess, .permitMynetworks, .permitInetInterfaces, .rejectUnknownHelo,
      .rejectInvalidHelo, .rejectNonFQDNHelo, .rejectUnknownClientHostname,
      .rejectUnknownReverseClientHostname:
      true
    case .rejectNonFQDN(let subject): subject == .sender
    case .rejectUnknownDomain(let subject): subject == .sender
    case .rejectDNSList(let subject, _): subject != .recipient
    case .rejectSenderLoginMismatch: true
    case .rejectUnlisted(let subject): subject == .sender
    default: false
    }
  }
}
