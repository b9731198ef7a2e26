import RestrictionDSL

/// Decision graphs as drawings: DOT for Graphviz, Mermaid for Markdown.
///
/// One cluster per command and in it one per list; edges by outcome: solid on dunno, dashed on
/// permit. A node that ends its list whatever happens has no solid edge.
public struct GraphRenderer: Sendable {
  /// What a drawing shows besides the restrictions.
  public struct Style: Sendable {
    /// What each node costs is written and coloured, instead of what it can do.
    public var showsCost = false
    /// Texts that are shortened in labels, for instance the configuration directory.
    public var abbreviations: [(text: String, short: String)] = []

    public init() {}
  }

  private let graph: DecisionGraph
  private let stage: Stage?
  private let style: Style

  /// - Parameter stage: draws this list alone; `nil` draws every command.
  public init(_ graph: DecisionGraph, stage: Stage? = nil, style: Style = Style()) {
    self.graph = graph
    self.stage = stage
    self.style = style
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
      for (place, part) in lists(in: cluster).enumerated() {
        let indent = part.name == nil ? "    " : "      "
        if let name = part.name {
          lines.append("    subgraph cluster_\(index)_\(place) {")
          lines.append("      label=\"\(escaped(name))\"; labeljust=l; style=dashed;")
        }
        lines += part.nodes.map { node in
          "\(indent)n\(node) [label=\"\(escaped(label(node)))\"\(shape(node))];"
        }
        if part.name != nil { lines.append("    }") }
      }
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
      for (place, part) in lists(in: cluster).enumerated() {
        let indent = part.name == nil ? "    " : "      "
        if let name = part.name {
          lines.append("    subgraph c\(index)_\(place)[\"\(quoted(name))\"]")
        }
        lines += part.nodes.map { "\(indent)n\($0)[\"\(quoted(label($0)))\"]" }
        if part.name != nil { lines.append("    end") }
      }
      lines.append("  end")
    }
    lines += edges.map { edge in
      "  n\(edge.from) " + (edge.isPermit ? "-. permit .->" : "-->") + " n\(edge.to)"
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The lists of a command, and what stands between them.
  private func lists(in cluster: Cluster) -> [(name: String?, nodes: [Int])] {
    guard stage == nil else { return [(nil, cluster.nodes)] }
    var parts: [(name: String?, nodes: [Int])] = [(nil, [])]
    for index in cluster.nodes {
      let operation = graph.nodes[index]?.operation
      if case .enter(let list)? = operation { parts.append((list.listName, [])) }
      parts[parts.count - 1].nodes.append(index)
      if case .leave? = operation { parts.append((nil, [])) }
    }
    return parts.filter { !$0.nodes.isEmpty }
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
      // One edge is enough where both ways lead to the same place.
      if let leave = node.leave, leave != node.next, drawn.contains(leave),
        node.operation?.permits == true
      {
        edges.append(Edge(from: index, to: leave, isPermit: true))
      }
      return edges
    }
  }

  private func label(_ index: Int) -> String {
    guard let node = graph.nodes[index], let operation = node.operation else { return "" }
    var text = (node.warns ? "warn " : "") + operation.mnemonic
    for (long, short) in style.abbreviations { text = text.replacing(long, with: short) }
    if style.showsCost, let cost = operation.cost { text += " (\(cost))" }
    return text
  }

  /// What waits for the network stands out.
  private func shape(_ index: Int) -> String {
    guard let node = graph.nodes[index], let operation = node.operation else { return "" }
    switch operation {
    case .enter, .leave: return stage == nil ? ", shape=point" : ", shape=plaintext"
    case .applyDeferIfPermit, .implicitUnlistedSender, .implicitUnlistedRecipient:
      return ", shape=plaintext"
    case .accept: return ", shape=doublecircle"
    case .checkPolicyService, .rejectDNSList, .permitDNSList, .rejectMapsRBL, .serverAccess,
      .rejectUnknownDomain, .rejectUnknownHelo, .rejectUnverified, .permitMXBackup:
      return ", style=filled, fillcolor=\(style.showsCost ? "gold" : "lightyellow")"
    default:
      guard let colour = style.showsCost ? operation.costColour : operation.kindColour else {
        return ""
      }
      return ", style=filled, fillcolor=\(colour)"
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
