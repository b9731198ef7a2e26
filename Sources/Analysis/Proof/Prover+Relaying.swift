import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// `no-open-relay` and `no-backscatter`: mail that is accepted for whom it should not be.
extension Prover {
  func relays(_ outcome: Explorer.Outcome) -> [Region] {
    guard outcome.ending.isAccepted,
      !outcome.ending.effects.contains(where: { if case .redirect = $0 { true } else { false } })
    else { return [] }
    var region = outcome.region
    region[.recipient] = region[.recipient].filter { index in
      var choice = region.first
      choice[.recipient] = index
      return isForeign(choice)
    }
    return region[.recipient].isEmpty ? [] : untrusted(region)
  }

  func isAcceptedForeign(_ played: Played) -> Bool {
    played.rcpt?.isAccepted == true && played.isDelivered
  }

  func scatters(_ outcome: Explorer.Outcome) -> [Region] {
    guard outcome.ending.isAccepted else { return [] }
    var region = outcome.region
    region[.sender] = region[.sender].filter { !space.senders[$0].isEmpty }
    region[.recipient] = region[.recipient].filter { index in
      var choice = region.first
      choice[.recipient] = index
      return isUnlisted(choice)
    }
    return region[.recipient].isEmpty || region[.sender].isEmpty ? [] : untrusted(region)
  }

  /// A recipient of ours that no table has, or in a class of domains whose tables are not set.
  private func isUnlisted(_ choice: [Int]) -> Bool {
    let recipient = space.recipients[choice[.recipient]]
    guard !explorer.isAlwaysAccepted(recipient), !isForeign(choice) else { return false }
    if !always(.rejectUnlisted(.recipient), choice, is: { $0 == .dunno }) { return true }
    var book = AnswerBook()
    guard let resolved = try? model.context.resolver.resolve(recipient, book: &book) else {
      return true
    }
    let parameter: String
    switch resolved.addressClass {
    case .local: parameter = "local_recipient_maps"
    case .virtualMailbox: parameter = "virtual_mailbox_maps"
    case .relay: parameter = "relay_recipient_maps"
    case .virtualAlias, .default: return false
    }
    // Names that every server has.
    let local = MailAddress.localPart(of: resolved.address)
    if local.equalsIgnoringCase("postmaster".utf8) || local.equalsIgnoringCase("mailer-daemon".utf8)
      || local.equalsIgnoringCase(service.settings.string("double_bounce_sender").utf8)
    {
      return false
    }
    return service.settings.list(parameter).isEmpty && !isInAliases(choice)
  }

  /// An alias or canonical table has the address.
  private func isInAliases(_ choice: [Int]) -> Bool {
    guard let runner = observers[.rejectUnlisted(.recipient)] else { return false }
    return runner.leaves(space.facts(choice, at: .rcpt)).allSatisfy { leaf in
      leaf.step?.probes.contains { if case .found = $0.finding { true } else { false } } ?? false
    }
  }
}
