import RestrictionDSL

/// Graph to program: nodes in an order in which every edge goes forward, equal operations stored
/// once.
enum Linearizer {
  /// - Precondition: ``InlineClasses`` has run.
  static func program(of graph: DecisionGraph) -> DecisionProgram {
    let order = graph.order()
    var address: [Int: UInt32] = [:]
    for (position, index) in order.enumerated() { address[index] = UInt32(position) }
    var operations = Interner<Operation>()
    var sources = Interner<DecisionProgram.Source>()
    var nodes: [DecisionProgram.Node] = []
    var slotCount = 0
    for (position, index) in order.enumerated() {
      guard let node = graph.nodes[index], let operation = node.operation else { continue }
      var flags: DecisionProgram.Flags = []
      if node.warns { flags.insert(.warn) }
      if operation.isVolatile { flags.insert(.volatile) }
      if node.continuesTable { flags.insert(.continuesTable) }
      // An edge that is never taken points to the end of the list, or to the node itself at the
      // very end.
      let here = UInt32(position)
      let leave = node.leave.flatMap { address[$0] }
      let next = node.next.flatMap { address[$0] } ?? leave ?? here
      nodes.append(
        DecisionProgram.Node(
          operation: operations.index(of: operation), next: next, onPermit: leave ?? next,
          source: sources.index(of: node.source), slot: node.slot ?? .max,
          scope: operation.scope, flags: flags))
      if let slot = node.slot { slotCount = max(slotCount, Int(slot) + 1) }
    }
    var entries = graph.entries.map { $0.flatMap { address[$0] } ?? UInt32.max }
    if graph.isFragment { entries = entries.map { _ in UInt32.max } }
    return DecisionProgram(
      nodes: nodes, operations: operations.values, sources: sources.values, entries: entries,
      slotCount: slotCount)
  }
}

/// Equal values get one index, in order of first appearance.
private struct Interner<Value: Hashable> {
  private(set) var values: [Value] = []
  private var indices: [Value: UInt32] = [:]

  mutating func index(of value: Value) -> UInt32 {
    if let index = indices[value] { return index }
    let index = UInt32(values.count)
    values.append(value)
    indices[value] = index
    return index
  }
}
