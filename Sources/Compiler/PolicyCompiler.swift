import RestrictionDSL

/// Text to program: parses the restriction lists of a service, lowers, optimises and linearises
/// them.
public struct PolicyCompiler: Sendable {
  /// The program and what was found on the way.
  public struct Result: Sendable {
    public let program: DecisionProgram
    public let diagnostics: [Diagnostic]
    /// Every table that a restriction names, each once, in order of appearance: opened at start.
    public let tables: [TableSpec]
    /// Every policy service endpoint as written.
    public let policyServices: [String]

    public init(
      program: DecisionProgram, diagnostics: [Diagnostic], tables: [TableSpec],
      policyServices: [String]
    ) {
      self.program = program
      self.diagnostics = diagnostics
      self.tables = tables
      self.policyServices = policyServices
    }
  }

  /// The lists as parsed, for analyses.
  public let source: PolicySource
  private let settings: Settings
  private let context: PassContext

  /// - Parameters:
  ///   - settings: the parameters of the service.
  ///   - tables: what is known about tables besides their text; better folding, same behaviour.
  public init(settings: Settings, tables: [TableSpec: TableFacts] = [:]) {
    self.settings = settings
    source = PolicySource(settings: settings)
    context = PassContext(settings: settings, tables: tables)
  }

  /// Compiles the lists of all stages.
  public func compile(passes: PassSelection = .all) -> Result {
    let program = Linearizer.program(of: graph(passes: passes))
    return Result(
      program: checked(program),
      diagnostics: PolicyChecks.diagnostics(source, settings: settings),
      tables: tables, policyServices: policyServices)
  }

  /// The graph after the passes: what `smtpd graph` draws and analyses read.
  public func graph(passes: PassSelection = .all) -> DecisionGraph {
    var graph = CommandLowering.graph(of: source, options: PolicyOptions(settings: settings))
    PassPipeline.run(&graph, passes, context)
    return graph
  }

  /// Compiles the right-hand side of an access table that is a restriction list.
  ///
  /// The program has no entries: it starts at node 0 and ends in ``Operation/leave(_:)``. It has
  /// no fact slots. What it says of `ignored` names holds only while warn_if_reject is off.
  ///
  /// - Parameter stage: stage of the list that is being evaluated, for bare tables.
  public func compileFragment(_ text: String, stage: Stage) -> DecisionProgram {
    let parser = RestrictionParser(classes: Set(source.classes.keys))
    var graph = CommandLowering.fragment(parser.parse(text), stage: stage, of: source)
    PassPipeline.run(&graph, PassSelection(names: [DropUnreachable.name]), context)
    return checked(Linearizer.program(of: graph))
  }

  /// A program that breaks its own rules is our mistake, never the administrator's.
  private func checked(_ program: DecisionProgram) -> DecisionProgram {
    let problems = ProgramVerifier.problems(in: program)
    precondition(problems.isEmpty, problems.joined(separator: "; "))
    return program
  }

  /// Postfix opens every element that looks like a table, whatever stands in front of it.
  private var tables: [TableSpec] {
    var seen: Set<TableSpec> = []
    return words.filter { !isPolicyService($0.before) }.compactMap {
      TableReference($0.text)?.table
    }
    .filter { seen.insert($0).inserted }
  }

  private var policyServices: [String] {
    var seen: Set<String> = []
    return words.filter { isPolicyService($0.before) }.map(\.text)
      .filter { seen.insert($0).inserted }
  }

  private func isPolicyService(_ word: String) -> Bool {
    word.lowercased() == RestrictionName.checkPolicyService.rawValue
  }

  /// Every word with the word before it in its list.
  private var words: [(before: String, text: String)] {
    source.allLists.flatMap { list in
      zip([""] + list.elements.map(\.text), list.elements.map(\.text)).map { ($0, $1) }
    }
  }
}
