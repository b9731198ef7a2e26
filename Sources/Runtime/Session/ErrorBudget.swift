import RestrictionDSL

/// How much a client may still do wrong.
///
/// - Source: facts smtp-session.md §3 "Counters"; postconf(5) smtpd_soft_error_limit,
///   smtpd_hard_error_limit, smtpd_junk_command_limit
struct ErrorBudget: Hashable, Sendable {
  private(set) var errors = 0
  private(set) var junk = 0

  mutating func countError() { errors += 1 }

  /// A command that does not help to deliver mail; beyond the limit each is an error.
  mutating func countJunk(limit: Int) {
    if junk > limit { errors += 1 }
    junk += 1
  }

  /// A message was accepted.
  mutating func forgive() { self = ErrorBudget() }
}
