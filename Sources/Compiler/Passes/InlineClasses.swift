/// Puts the elements of a class where the class is named.
///
/// Exact because a class shares reply name, class and deferral state with its list: its permit is
/// the permit of the list, its dunno goes on behind the call, `warn_if_reject` before the call
/// covers all of it. A call that leads back to its own class becomes a configuration error at
/// that place.
public struct InlineClasses: Pass {
  public static let name = "inline-classes"

  public init() {}

  /// Calls in the chains.
  public func measure(_ graph: DecisionGraph) -> Int {
    graph.nodes.reduce(0) { count, node in
      guard case .call = node?.work else { return count }
      return count + 1
    }
  }

  public func run(_ graph: inout DecisionGraph, _ context: PassContext) {
    for index in graph.indices {
      guard let call = graph.nodes[index], case .call(let name) = call.work else { continue }
      let elements = expand(name, graph.classes, warns: call.warns, open: [])
      replace(index, call, with: elements, in: &graph)
    }
  }

  /// The operations of a class, calls inside included.
  private func expand(
    _ name: String, _ classes: [String: DecisionGraph.ClassBody], warns: Bool, open: Set<String>
  ) -> [DecisionGraph.Element] {
    let open = open.union([name])
    return (classes[name]?.elements ?? []).flatMap { element -> [DecisionGraph.Element] in
      var copy = element
      copy.warns = element.warns || warns
      guard case .call(let inner) = element.work else { return [copy] }
      guard !open.contains(inner) else {
        copy.work = .operation(.misconfigured(.classCycle(ClassReference.name(inner))))
        return [copy]
      }
      return expand(inner, classes, warns: copy.warns, open: open)
    }
  }

  /// The call's own index becomes the first element, so that edges to it stay.
  private func replace(
    _ index: Int, _ call: DecisionGraph.Node, with elements: [DecisionGraph.Element],
    in graph: inout DecisionGraph
  ) {
    guard let first = elements.first else {
      graph.bypass(index)
      return
    }
    var next = call.next
    for element in elements.dropFirst().reversed() {
      next = graph.add(
        DecisionGraph.Node(
          work: element.work, source: element.source, next: next, leave: call.leave,
          warns: element.warns))
    }
    graph.nodes[index] = DecisionGraph.Node(
      work: first.work, source: first.source, next: next, leave: call.leave, warns: first.warns,
      isPinned: call.isPinned)
  }
}
