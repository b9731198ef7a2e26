import RestrictionDSL

/// Gives tests with the same operation and operands one fact slot.
///
/// The executor keeps an answer without effects in the slot until the scope of the operation
/// ends: at the next recipient the part of the program that does not depend on the recipient
/// costs nothing.
public struct ShareFacts: Pass {
  public static let name = "share-facts"

  public init() {}

  /// Tests without slot that could have one.
  public func measure(_ graph: DecisionGraph) -> Int {
    graph.nodes.reduce(0) { $0 + ($1.map(wantsSlot) == true ? 1 : 0) }
  }

  public func run(_ graph: inout DecisionGraph, _ context: PassContext) {
    var slots: [Operation: UInt16] = [:]
    var uses: [Operation: Int] = [:]
    for index in graph.order() {
      guard let node = graph.nodes[index], let operation = node.operation else { continue }
      if let slot = node.slot { slots[operation] = slot }
      uses[operation, default: 0] += 1
    }
    for index in graph.order() {
      guard let node = graph.nodes[index], wantsSlot(node), let operation = node.operation,
        isWorthwhile(operation, uses[operation] ?? 0)
      else { continue }
      let slot = slots[operation] ?? UInt16(clamping: slots.count)
      guard slot < .max else { continue }
      slots[operation] = slot
      graph.nodes[index]?.slot = slot
    }
  }

  private func wantsSlot(_ node: DecisionGraph.Node) -> Bool {
    node.slot == nil && node.leave != nil && (node.operation?.isMemoizable ?? false)
  }

  /// A test of the recipient is made once per command: keeping its answer pays where it is named
  /// twice.
  private func isWorthwhile(_ operation: Operation, _ uses: Int) -> Bool {
    operation.scope < .recipient || uses > 1
  }
}
