import RestrictionDSL

/// What relay and recipient lists do with a recipient we are not responsible for and a client
/// whom nothing makes trusted: outside mynetworks, not logged in, without a certificate that is
/// listed.
///
/// Exact about the lists; what a table or a policy service answers counts as "may permit" unless
/// known.
struct RelayAnalysis {
  /// How a list ends for such mail.
  enum Ending: Hashable {
    /// A rejecting element comes in the end.
    case stops
    /// The list permits, or ends without deciding.
    case passes
  }

  /// What may permit before the list ends.
  let doors: [LintedService.Item]
  let ending: Ending
  /// The element that stops or passes; `nil` at the end of the list.
  let last: LintedService.Item?

  init(_ service: LintedService, _ stage: Stage) {
    var doors: [LintedService.Item] = []
    for item in service.items(stage) {
      switch RelayAnalysis.effect(of: item, in: service) {
      case .none: continue
      case .mayPermit: doors.append(item)
      case .permits:
        self.init(doors: doors, ending: .passes, last: item)
        return
      case .rejects:
        self.init(doors: doors, ending: .stops, last: item)
        return
      }
    }
    self.init(doors: doors, ending: .passes, last: nil)
  }

  private init(doors: [LintedService.Item], ending: Ending, last: LintedService.Item?) {
    self.doors = doors
    self.ending = ending
    self.last = last
  }

  private enum Effect { case none, mayPermit, permits, rejects }

  private static func effect(of item: LintedService.Item, in service: LintedService) -> Effect {
    switch item.operation {
    case .permit: return .permits
    case .reject, .defer, .rejectUnauthDestination, .deferUnauthDestination, .checkRelayDomains,
      .deferIfPermit:
      return item.warns ? .none : .rejects
    case .misconfigured: return .rejects
    case .permitTLSAllClientCerts, .permitNakedIPAddress, .checkPolicyService: return .mayPermit
    case .permitMXBackup:
      return service.settings.list("permit_mx_backup_networks").isEmpty ? .mayPermit : .none
    case .access(let subject, let table):
      guard subject != .reverseClient, subject != .sasl else { return .none }
      if permitsEverybody(table, in: service) { return .permits }
      return tableEffect(table, warns: item.warns, in: service)
    case .certificateAccess(let table, _):
      return tableEffect(table, warns: item.warns, in: service) == .mayPermit ? .mayPermit : .none
    default: return .none
    }
  }

  private static func tableEffect(
    _ table: TableSpec, warns: Bool, in service: LintedService
  ) -> Effect {
    guard let facts = service.facts(table) else { return .mayPermit }
    return facts.actions.contains(where: \.mayPermit) ? .mayPermit : .none
  }

  /// The table answers every key with OK.
  private static func permitsEverybody(_ table: TableSpec, in service: LintedService) -> Bool {
    guard let facts = service.facts(table), facts.matchesEveryKey else { return false }
    return facts.actions.allSatisfy { if case .ok = $0 { true } else { false } }
  }

  /// Both lists of a service, the one with the gate first.
  static func lists(_ service: LintedService) -> (relay: RelayAnalysis, recipient: RelayAnalysis) {
    (RelayAnalysis(service, .relay), RelayAnalysis(service, .recipient))
  }

  /// Elements through which foreign mail may pass although a list stops it in the end: those of
  /// the only list that stops.
  static func openDoors(_ service: LintedService) -> [LintedService.Item] {
    let (relay, recipient) = lists(service)
    switch (relay.ending, recipient.ending) {
    case (.stops, .passes): return relay.doors
    case (.passes, .stops): return recipient.doors
    case (.stops, .stops):
      // Mail has to get through both.
      return recipient.doors.isEmpty ? [] : relay.doors
    case (.passes, .passes): return []
    }
  }
}
