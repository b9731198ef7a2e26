import RestrictionDSL

/// Decision graphs as drawings: DOT for Graphviz, Mermaid for Markdown.
///
/// One cluster per command, edges by outcome: solid on dunno, dashed on permit. A node that ends
/// its list whatever happens has no solid edge.
public struct GraphRenderer: Sendable {
  private let graph: DecisionGraph
  private let stage: Stage?

  /// - Parameter stage: draws this list alone; `nil` draws every command.
  public init(_ graph: DecisionGraph, stage: Stage? = nil) {
    self.graph = graph
    self.stage = stage
  }

  private struct Edge {
    let from: Int
    let to: Int
    let isPermit: Bool
  }

  private struct Cluster {
    let name: String
    var nodes: [Int] = []
  }

  /// The language of Graphviz.
  public var dot: String {
    var lines = [
      "digraph policy {", "  rankdir=TB;", "  node [shape=box, fontname=\"monospace\"];",
    ]
    for (index, cluster) in clusters.enumerated() {
      lines.append("  subgraph cluster_\(index) {")
      lines.append("    label=\"\(escaped(cluster.name))\";")
      lines += cluster.nodes.map { "    n\($0) [label=\"\(escaped(label($0)))\"\(shape($0))];" }
      lines.append("  }")
    }
    lines += edges.map { edge in
      "  n\(edge.from) -> n\(edge.to)"
        + (edge.isPermit ? " [style=dashed, label=\"permit\"];" : ";")
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  /// The language of Mermaid flowcharts.
  public var mermaid: String {
    var lines = ["flowchart TB"]
    for (index, cluster) in clusters.enumerated() {
      lines.append("  subgraph c\(index)[\"\(quoted(cluster.name))\"]")
      lines += cluster.nodes.map { "    n\($0)[\"\(quoted(label($0)))\"]" }
      lines.append("  end")
    }
    lines += edges.map { edge in
      "  n\(edge.from) " + (edge.isPermit ? "-. permit .->" : "-->") + " n\(edge.to)"
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Nodes of each command, or of the one list, in order of execution.
  private var clusters: [Cluster] {
    let order = graph.order()
    if let stage {
      let cluster = Cluster(name: stage.parameterName, nodes: nodes(of: stage))
      return cluster.nodes.isEmpty ? [] : [cluster]
    }
    var owner: [Int: Int] = [:]
    var clusters: [Cluster] = []
    for entry in Entry.allCases {
      guard let start = graph.entries[Int(entry.rawValue)] else { continue }
      if let shared = owner[start] {
        clusters[shared] = Cluster(
          name: "\(clusters[shared].name), \(entry.name)", nodes: clusters[shared].nodes)
        continue
      }
      let reached = reachable(from: start)
      owner[start] = clusters.count
      clusters.append(Cluster(name: entry.name, nodes: order.filter(reached.contains)))
    }
    return clusters
  }

  /// The list of a stage where it is evaluated first.
  private func nodes(of stage: Stage) -> [Int] {
    let order = graph.order()
    guard let enter = order.first(where: { graph.nodes[$0]?.operation == .enter(stage) }),
      let leave = graph.nodes[enter]?.leave
    else { return [] }
    let reached = reachable(from: enter).subtracting(reachable(from: leave)).union([leave])
    return order.filter(reached.contains)
  }

  private func reachable(from start: Int) -> Set<Int> {
    var seen: Set<Int> = []
    var stack = [start]
    while let index = stack.popLast() {
      guard seen.insert(index).inserted else { continue }
      stack += graph.successors(of: index)
    }
    return seen
  }

  private var edges: [Edge] {
    let drawn = Set(clusters.flatMap(\.nodes))
    return clusters.flatMap(\.nodes).flatMap { index -> [Edge] in
      guard let node = graph.nodes[index] else { return [] }
      var edges: [Edge] = []
      if let next = node.next, drawn.contains(next) {
        edges.append(Edge(from: index, to: next, isPermit: false))
      }
      if let leave = node.leave, drawn.contains(leave), node.operation?.permits == true {
        edges.append(Edge(from: index, to: leave, isPermit: true))
      }
      return edges
    }
  }

  private func label(_ index: Int) -> String {
    guard let node = graph.nodes[index], let operation = node.operation else { return "" }
    return (node.warns ? "warn " : "") + operation.mnemonic
  }

  /// What waits for the network stands out.
  private func shape(_ index: Int) -> String {
    guard let node = graph.nodes[index], let operation = node.operation else { return "" }
    switch operation {
    case .enter, .leave, .applyDeferIfPermit, .implicitUnlistedSender, .implicitUnlistedRecipient:
      return ", shape=plaintext"
    case .accept: return ", shape=doublecircle"
    case .checkPolicyService, .rejectDNSList, .permitDNSList, .rejectMapsRBL, .serverAccess,
      .rejectUnknownDomain, .rejectUnknownHelo, .rejectUnverified, .permitMXBackup:
      return ", style=filled, fillcolor=lightyellow"
    default: return ""
    }
  }

  /// - Source: graphviz.org/doc/info/lang.html: quotes and backslashes inside a quoted string
  private func escaped(_ text: String) -> String {
    text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
  }

  /// - Source: mermaid.js.org/syntax/flowchart.html: entity codes in quoted labels
  private func quoted(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\"": "#quot;"
      case "#": "#35;"
      case "<": "#lt;"
      case ">": "#gt;"
      default: String(character)
      }
    }.joined()
  }
}
