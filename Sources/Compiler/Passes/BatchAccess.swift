import RestrictionDSL

/// Marks access checks that directly follow another check of the same table.
///
/// The executor may keep the table's read transaction for them. Nothing else changes: the
/// checks stay apart, because each has its own keys, reply name and permit line.
public struct BatchAccess: Pass {
  public static let name = "batch-access"

  public init() {}

  /// Unmarked neighbours with the same table.
  public func measure(_ graph: DecisionGraph) -> Int { pairs(graph).count }

  public func run(_ graph: inout DecisionGraph, _ context: PassContext) {
    for index in pairs(graph) { graph.nodes[index]?.continuesTable = true }
  }

  private func pairs(_ graph: DecisionGraph) -> [Int] {
    graph.indices.compactMap { index in
      guard let node = graph.nodes[index], let next = node.next, let follower = graph.nodes[next],
        !follower.continuesTable, let table = node.operation?.table,
        table == follower.operation?.table
      else { return nil }
      return next
    }
  }
}
