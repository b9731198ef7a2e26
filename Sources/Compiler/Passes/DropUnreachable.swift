/// Removes what no path reaches: elements behind `permit`, `reject` and the like.
public struct DropUnreachable: Pass {
  public static let name = "drop-unreachable"

  public init() {}

  /// Nodes and dunno edges.
  public func measure(_ graph: DecisionGraph) -> Int {
    graph.nodes.reduce(0) { count, node in
      guard let node else { return count }
      return count + 1 + (node.next == nil ? 0 : 1)
    }
  }

  public func run(_ graph: inout DecisionGraph, _ context: PassContext) {
    for index in graph.indices where isFinal(index, in: graph) { graph.nodes[index]?.next = nil }
    let reachable = Set(graph.order())
    for index in graph.indices where !reachable.contains(index) { graph.nodes[index] = nil }
  }

  /// Whether dunno is impossible here.
  private func isFinal(_ index: Int, in graph: DecisionGraph) -> Bool {
    guard let node = graph.nodes[index], node.leave != nil, let operation = node.operation else {
      return false
    }
    if operation.isFinal { return true }
    // Under warn_if_reject a reject is logged and evaluation goes on; around a fragment it may be
    // on.
    return operation.alwaysDecides && !node.warns && !graph.isFragment
  }
}
