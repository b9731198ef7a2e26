import RestrictionDSL

/// The order of commands in one session, as a value: no socket, no clock, no log.
///
/// - Source: facts smtp-session.md §4; RFC 5321 §4.1.4, RFC 3030 §2
public struct SessionState: Hashable, Sendable {
  /// A sequence of BDAT commands.
  public enum Chunks: UInt8, Hashable, Sendable {
    case none
    /// At least one chunk was accepted, LAST has not come.
    case open
    /// A chunk was refused: all following ones are read and dropped up to LAST.
    case failed
  }

  /// MAIL was accepted.
  public private(set) var hasSender = false
  /// Accepted recipients.
  public private(set) var recipients = 0
  /// Recipients beyond smtpd_recipient_limit.
  public private(set) var overshoot = 0
  public private(set) var chunks = Chunks.none
  /// The message was refused at its end: without a new recipient there is nothing to receive.
  public private(set) var isSpent = false

  public init() {}

  // MARK: What a command may do; `nil` is "go on".

  /// Whether MAIL is possible now.
  ///
  /// - Parameter needsHelo: smtpd_helo_required, and the client has no HELO name.
  public func refusalOfMail(needsHelo: Bool) -> SessionReply? {
    if needsHelo { return .sendHelo }
    if hasSender { return .nestedMail }
    if chunks != .none { return .mailAfterBDAT }
    return nil
  }

  /// Whether RCPT is possible now.
  public func refusalOfRcpt() -> SessionReply? {
    if !hasSender { return .needMail }
    if chunks != .none { return .rcptAfterBDAT }
    return nil
  }

  /// Whether DATA is possible now.
  public func refusalOfData() -> SessionReply? {
    if chunks != .none { return .dataAfterBDAT }
    return refusalOfContent()
  }

  /// Whether there is somebody to receive content for.
  public func refusalOfContent() -> SessionReply? {
    if recipients == 0 || isSpent { return hasSender && !isSpent ? .noRecipients : .needRcpt }
    return nil
  }

  // MARK: What happened.

  /// MAIL was accepted.
  public mutating func openTransaction() { hasSender = true }

  /// A recipient was accepted.
  public mutating func addRecipient() {
    recipients += 1
    isSpent = false
  }

  /// One more recipient than allowed.
  ///
  /// - Returns: whether this is an error already.
  public mutating func overshoot(limit: Int) -> Bool {
    overshoot += 1
    return overshoot > limit
  }

  /// A chunk was accepted that was not the last.
  public mutating func continueChunks() { chunks = .open }

  /// A chunk was refused that was not the last: sender and recipients stay.
  public mutating func failChunk() { chunks = .failed }

  /// The message was refused by smtpd_end_of_data_restrictions: sender and recipients stay.
  ///
  /// - Parameter inChunks: it came with BDAT; the sequence then goes on for RCPT and DATA (observed).
  public mutating func spend(inChunks: Bool) {
    isSpent = true
    chunks = inChunks ? .open : .none
  }

  /// RSET, HELO, XCLIENT, end of message, failed MAIL.
  public mutating func endTransaction() {
    hasSender = false
    recipients = 0
    overshoot = 0
    chunks = .none
    isSpent = false
  }
}
