import Compiler
import RestrictionDSL
import Testing

@Suite struct `Drawing of a graph` {
  private var graph: DecisionGraph {
    PolicyCompiler(
      settings: settings([
        "smtpd_client_restrictions":
          "permit_mynetworks, check_client_access inline:{\"a\"=OK}, warn_if_reject reject"
      ])
    ).graph(passes: .none)
  }

  // Source: the list above; the syntax is that of graphviz.org/doc/info/lang.html.
  @Test func `is DOT`() {
    #expect(
      GraphRenderer(graph, stage: .client).dot == """
        digraph policy {
          rankdir=TB;
          node [shape=box, fontname="monospace"];
          subgraph cluster_0 {
            label="smtpd_client_restrictions";
            n0 [label="enter client", shape=plaintext];
            n2 [label="permit_mynetworks", style=filled, fillcolor=honeydew];
            n3 [label="check_client_access inline:{\\"a\\"=OK}", style=filled, fillcolor=lightcyan];
            n4 [label="warn reject", style=filled, fillcolor=mistyrose];
            n1 [label="leave client", shape=plaintext];
          }
          n0 -> n2;
          n2 -> n3;
          n2 -> n1 [style=dashed, label="permit"];
          n3 -> n4;
          n3 -> n1 [style=dashed, label="permit"];
          n4 -> n1;
        }

        """)
  }

  // Source: mermaid.js.org/syntax/flowchart.html.
  @Test func `is Mermaid`() {
    #expect(
      GraphRenderer(graph, stage: .client).mermaid == """
        flowchart TB
          subgraph c0["smtpd_client_restrictions"]
            n0["enter client"]
            n2["permit_mynetworks"]
            n3["check_client_access inline:{#quot;a#quot;=OK}"]
            n4["warn reject"]
            n1["leave client"]
          end
          n0 --> n2
          n2 --> n3
          n2 -. permit .-> n1
          n3 --> n4
          n3 -. permit .-> n1
          n4 --> n1

        """)
  }

  @Test func `has a cluster for every command and in it one for every list`() {
    let labels = GraphRenderer(graph).dot.split(separator: "\n").map { $0.drop { $0 == " " } }
      .filter { $0.hasPrefix("label=") }
    #expect(
      labels.map { $0.dropFirst(7).prefix { $0 != "\"" } } == [
        "rcpt, vrfy", "client", "helo", "sender", "relay", "recipient", "etrn", "client", "helo",
        "etrn", "data", "data", "end-of-data", "end-of-data",
      ])
  }

  @Test func `can show what nodes cost`() {
    var style = GraphRenderer.Style()
    style.showsCost = true
    style.abbreviations = [("inline:", "in:")]
    let dot = GraphRenderer(graph, stage: .client, style: style).dot
    #expect(
      dot.contains(
        #"n3 [label="check_client_access in:{\"a\"=OK} (table)", style=filled, fillcolor=lightcyan];"#
      ))
  }
}
