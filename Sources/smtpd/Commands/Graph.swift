import Analysis
import ArgumentParser
import Compiler
import Glibc
import RestrictionDSL

/// `smtpd graph`: the decision graph as a drawing.
struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw the policy as a graph.",
    discussion: """
      One cluster per command and in it one per list; solid edges are taken on dunno, dashed ones on \
      permit. svg needs the program dot of Graphviz. --slice leaves out what is decided when a fact is known: \
      client=ADDRESS, helo=NAME, sender=ADDRESS or recipient=ADDRESS.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case dot, mermaid, svg }

  @Option(name: .short, help: "Configuration directory.")
  var config = ConfigReader.defaultDirectory

  @Option(help: "Service of master.cf; the first one by default.")
  var service: String?

  @Option(
    help: "Draw one list alone: client, helo, sender, relay, recipient, etrn, data or end-of-data.")
  var stage: String?

  @Option(help: "dot, mermaid or svg.")
  var format = Format.dot

  @Option(help: "Passes of the compiler that are applied: all, none, or names separated by commas.")
  var passes = "all"

  @Flag(help: "Show what every node costs.")
  var cost = false

  @Option(help: "A known fact; may be given more than once.")
  var slice: [String] = []

  func run() throws {
    guard let selection = PassSelection(passes) else {
      throw ValidationError(
        "--passes: no such pass; there are \(PassSelection.all.names.sorted().joined(separator: ", "))"
      )
    }
    var list: Stage?
    if let stage {
      list = Stage.allCases.first { $0.listName == stage || $0.parameterName == stage }
      if list == nil { throw ValidationError("--stage: no list '\(stage)'") }
    }
    var known: [GraphSlice.Known] = []
    for text in slice {
      guard let fact = GraphSlice.Known(text) else {
        throw ValidationError("--slice '\(text)': need client=, helo=, sender= or recipient=")
      }
      known.append(fact)
    }
    let analysed = try Analysed.configuration(config, command: "graph")
    guard let chosen = analysed.service(service) else {
      throw ValidationError("no service '\(service ?? "")' in master.cf")
    }
    var graph = PolicyCompiler(settings: chosen.settings).graph(passes: selection)
    if !known.isEmpty {
      graph = GraphSlice(settings: chosen.settings, knowing: known).apply(to: graph)
    }
    var style = GraphRenderer.Style()
    style.showsCost = cost
    style.abbreviations = [(analysed.directory + "/", "")]
    let renderer = GraphRenderer(graph, stage: list, style: style)
    switch format {
    case .dot: print(renderer.dot, terminator: "")
    case .mermaid: print(renderer.mermaid, terminator: "")
    case .svg: try draw(renderer.dot)
    }
  }

  /// dot(1) reads the graph from us and writes to our standard output.
  private func draw(_ dot: String) throws {
    fflush(nil)
    guard let pipe = popen("dot -Tsvg", "w") else {
      StandardError.write("smtpd graph: cannot start dot")
      throw ExitCode(69)
    }
    fputs(dot, pipe)
    guard pclose(pipe) == 0 else {
      StandardError.write("smtpd graph: --format svg needs the program dot of Graphviz")
      throw ExitCode(69)
    }
  }
}
