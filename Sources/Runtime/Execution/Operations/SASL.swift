import Compiler
import RestrictionDSL

/// Restrictions about the login.
///
/// - Source: facts restrictions.md §5.2, §5.4
extension Evaluation {
  func permitSASLAuthenticated(_ action: String) throws(Suspension) -> Outcome {
    guard facts.saslIsActive, let login = facts.login,
      !login.method.equalsIgnoringCase("anonymous")
    else { return .dunno }
    return try permit(Bytes(action), .subject(.client))
  }

  /// Whether SASL can be used at all; says so where not.
  func hasSASL(_ restriction: String) -> Bool {
    if parameters.saslIsEnabled { return true }
    log("warning: restriction `\(restriction)' ignored: no SASL support")
    return false
  }

  func rejectSenderLoginMismatch(_ check: LoginCheck) throws(Suspension) -> Outcome {
    guard hasSASL(check.restriction) else { return .dunno }
    guard let sender = facts.sender, !sender.isEmpty else { return .dunno }
    switch (check, facts.login) {
    case (.authenticated, let login?), (.known, let login?):
      guard let owners = try owners(of: sender) else {
        return check == .known ? .dunno : rejectNotOwned(by: login)
      }
      let isOwner = owners.split { $0 == 0x2C || $0.isASCIISpace }
        .contains { $0.equalsIgnoringCase(login.user) }
      return isOwner ? .dunno : rejectNotOwned(by: login)
    case (.unauthenticated, nil), (.known, nil):
      guard try owners(of: sender) != nil else { return .dunno }
      return reject(
        Rejection(553, "5.7.1", .subject(.sender), ReplyTexts.notLoggedIn))
    case (.authenticated, nil), (.unauthenticated, _?): return .dunno
    }
  }

  private func rejectNotOwned(by login: Login) -> Outcome {
    reject(Rejection(553, "5.7.1", .subject(.sender), ReplyTexts.notOwned(by: login.user)))
  }

  /// The logins that smtpd_sender_login_maps gives for the resolved sender.
  private func owners(of sender: Bytes) throws(Suspension) -> Bytes? {
    let resolved = try resolve(sender, .sender)
    let classes = context.resolver.classes
    do throws(Suspension) {
      return try context.finder.find(
        resolved.address, in: context.senderLogins, book: &run.book
      ) { (domain, book) throws(Suspension) in
        try classes.isLocal(domain, book: &book)
      }?.value
    } catch {
      recording = nil
      failureName = sender
      throw error
    }
  }
}

extension LoginCheck {
  /// The restriction as messages name it, also where a list names two at once.
  fileprivate var restriction: String {
    switch self {
    case .authenticated: "reject_authenticated_sender_login_mismatch"
    case .unauthenticated: "reject_unauthenticated_sender_login_mismatch"
    case .known: "reject_known_sender_login_mismatch"
    }
  }
}
