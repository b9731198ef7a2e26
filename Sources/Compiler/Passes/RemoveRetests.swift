import RestrictionDSL

/// Removes a test that was made before on every path to it, with the same facts.
///
/// A pure test that went on found nothing, so it finds nothing again. Under warn_if_reject going on
/// proves nothing. What is known at the end of a list is known on every way there: see
/// ``leaving(_:_:_:)``.
public struct RemoveRetests: Pass {
  public static let name = "remove-retests"

  public init() {}

  /// Nodes.
  public func measure(_ graph: DecisionGraph) -> Int { graph.count }

  public func run(_ graph: inout DecisionGraph, _ context: PassContext) {
    var known: [Int: Set<Operation>] = [:]
    for entry in graph.entries.compactMap(\.self) { known[entry] = [] }
    for index in graph.order() {
      guard let node = graph.nodes[index], let before = known[index] else { continue }
      var after = before
      if let operation = node.operation, isRemovable(operation, context) {
        if before.contains(operation) && !node.isPinned && node.leave != nil {
          if let next = node.next { meet(&known, next, before) }
          graph.bypass(index)
          continue
        }
        let goingOnProves = (!node.warns && !graph.isFragment) || operation.permits
        if goingOnProves { after.insert(operation) }
      }
      if let next = node.next { meet(&known, next, after) }
      if let leave = node.leave, let facts = leaving(node, before, after) {
        meet(&known, leave, facts)
      }
    }
  }

  private func isRemovable(_ operation: Operation, _ context: PassContext) -> Bool {
    switch operation {
    case .rejectUnauthDestination, .deferUnauthDestination, .permitAuthDestination:
      !context.relayDomainsWarns
    default: operation.isPure
    }
  }

  /// What is known where the list is left at this node; `nil` where that cannot happen.
  ///
  /// DISCARD leaves every list, but then no later test is made at all. Both deferrals are active
  /// only behind an element that set one of them, or behind the first element of the second
  /// recipient list.
  private func leaving(
    _ node: DecisionGraph.Node, _ before: Set<Operation>, _ after: Set<Operation>
  ) -> Set<Operation>? {
    guard let operation = node.operation else { return before }
    if case .enter(let stage) = operation {
      // Skipped without HELO or MAIL.
      return stage == .helo || stage == .sender ? before : nil
    }
    if operation.permits { return before }
    return operation.isPure && !node.isPinned ? nil : after
  }

  /// What is known on every path.
  private func meet(_ known: inout [Int: Set<Operation>], _ node: Int, _ facts: Set<Operation>) {
    known[node] = known[node]?.intersection(facts) ?? facts
  }
}
