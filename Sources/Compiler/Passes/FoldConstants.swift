import RestrictionDSL

/// Removes tests whose answer is known when the program is made.
///
/// Only tests that would say dunno without a log line, a deferral or a record go; a table that
/// always decides loses its dunno edge. A pinned element stays: see
/// ``DecisionGraph/Node/isPinned``.
public struct FoldConstants: Pass {
  public static let name = "fold-constants"

  public init() {}

  /// Nodes and dunno edges of reachable commands.
  public func measure(_ graph: DecisionGraph) -> Int {
    DropUnreachable().measure(graph) + graph.entries.compactMap(\.self).count
  }

  public func run(_ graph: inout DecisionGraph, _ context: PassContext) {
    for index in graph.indices {
      guard let node = graph.nodes[index], let operation = node.operation, node.leave != nil else {
        continue
      }
      if !node.isPinned && isNothing(operation, context) {
        graph.bypass(index)
      } else if node.next != nil && decides(operation, node, graph, context) {
        graph.nodes[index]?.next = nil
      }
    }
    for entry in [Entry.connect, .data, .endOfData] where isEmpty(entry, graph) {
      graph.entries[Int(entry.rawValue)] = nil
    }
  }

  /// Whether the answer is always dunno and nothing else happens.
  private func isNothing(_ operation: Operation, _ context: PassContext) -> Bool {
    switch operation {
    case .permitMynetworks: return context.mynetworksIsEmpty
    case .permitSASLAuthenticated: return context.saslIsOff
    case .permitTLSClientCerts, .permitTLSAllClientCerts: return context.tlsIsOff
    case .access(let subject, let table) where subject == .client || subject == .reverseClient:
      // Other subjects may be unknown, unresolvable or no UTF-8, and that shows.
      guard !table.isInBraces, let facts = context.facts(table) else { return false }
      return facts.actions.allSatisfy { $0 == .dunno }
    default: return false
    }
  }

  /// Whether the answer is never dunno.
  private func decides(
    _ operation: Operation, _ node: DecisionGraph.Node, _ graph: DecisionGraph,
    _ context: PassContext
  ) -> Bool {
    let rejectIsFinal = !node.warns && !graph.isFragment
    switch operation {
    case .rejectPlaintextSession: return context.tlsIsOff && rejectIsFinal
    case .access(let subject, let table) where subject == .client || subject == .reverseClient:
      guard !table.isInBraces, let facts = context.facts(table), facts.matchesEveryKey else {
        return false
      }
      return facts.actions.allSatisfy { action in
        switch action {
        case .ok: subject == .client
        case .reject, .defer, .code: rejectIsFinal
        default: false
        }
      }
    default: return false
    }
  }

  /// Whether nothing can happen at a command that begins with a clean deferral state.
  private func isEmpty(_ entry: Entry, _ graph: DecisionGraph) -> Bool {
    var cursor = graph.entries[Int(entry.rawValue)]
    guard cursor != nil else { return false }
    while let index = cursor, let node = graph.nodes[index] {
      switch node.operation {
      case .enter, .leave, .applyDeferIfPermit, .accept: cursor = node.next
      default: return false
      }
    }
    return true
  }
}
