import RestrictionDSL

/// Removes a test that was made before on every path to it, with the same facts.
///
/// A pure test that went on found nothing, so it finds nothing again. Under warn_if_reject going on
/// proves nothing, and a node that leaves its list early proves nothing about those behind it.
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
      // Nothing is known about the node itself where its list is left early.
      if let leave = node.leave { meet(&known, leave, before) }
    }
  }

  private func isRemovable(_ operation: Operation, _ context: PassContext) -> Bool {
    switch operation {
    case .rejectUnauthDestination, .deferUnauthDestination, .permitAuthDestination:
      !context.relayDomainsWarns
    default: operation.isPure
    }
  }

  /// What is known on every path.
  private func meet(_ known: inout [Int: Set<Operation>], _ node: Int, _ facts: Set<Operation>) {
    known[node] = known[node]?.intersection(facts) ?? facts
  }
}
