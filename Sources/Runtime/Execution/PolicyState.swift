import RestrictionDSL

/// A postponed rejection: the first reason of its kind.
struct Deferral: Hashable, Sendable {
  let code: Int
  let status: Bytes
  let text: Bytes
  let errorClass: ErrorClass
}

/// What one session's access decisions carry from one command to the next.
///
/// - Source: facts restrictions.md §2
public struct PolicyState: Sendable {
  /// The part that is put back when a step is suspended: no reference in it.
  struct Flags: Hashable, Sendable {
    /// A deferral waits for a permit; a deferral waits for a reject.
    var deferIfPermit = false
    var deferIfReject = false
    /// `deferIfPermit` as it was after the stage.
    var afterClient = false
    var afterHelo = false
    var afterSender = false
    /// HOLD was logged in this transaction.
    var hold = false
    /// DISCARD is in effect until the end of the transaction.
    var discard = false
    /// reject_unlisted_sender was done since the sender list began, reject_unlisted_recipient since RCPT.
    var senderIsChecked = false
    var recipientIsChecked = false
    /// Makes policy requests and pauses unique.
    var serial = 0

    /// DISCARD, or both kinds of deferral pending: no further element of the list can change anything.
    var stopsList: Bool { discard || deferIfPermit && deferIfReject }
  }

  var flags = Flags()
  /// Kept when the flag is cleared: a later stage may switch the flag on again (§2, carry-over).
  var permitDeferral: Deferral?
  var rejectDeferral: Deferral?
  var slots = FactSlots()
  /// Names of DNS lists that could not be asked: not asked again in this session.
  var failedLists: Set<Bytes> = []

  public init() {}

  /// DISCARD is in effect: everything is accepted until the end of the transaction.
  public var isDiscarding: Bool { flags.discard }

  /// RSET, HELO, commit, disconnect, a rejected MAIL: access actions are forgotten.
  public mutating func endTransaction() {
    flags.hold = false
    flags.discard = false
    slots.endTransaction()
  }

  /// What the start of a list without element comes to, at DATA and at the end of data.
  mutating func beginStage() {
    flags.deferIfPermit = false
    flags.deferIfReject = false
  }

  /// HELO or EHLO is about to be checked, or the client is another one (XCLIENT).
  public mutating func forgetFacts() { slots.clear() }
}
