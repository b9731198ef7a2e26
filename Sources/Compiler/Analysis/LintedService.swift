import RestrictionDSL

/// One service of master.cf as lint rules see it: parameters, lists and graph.
public struct LintedService: Sendable {
  /// Who reaches the service.
  public enum Audience: Hashable, Sendable {
    /// Port 25 or a port that nothing is known about: other servers.
    case exchange
    /// Ports 587 and 465: our own users.
    case submission
    /// Listens on loopback addresses only.
    case loopback
  }

  /// One element of a list, classes inlined.
  public struct Item: Sendable {
    public let operation: Operation
    /// As written.
    public let name: String
    public let range: SourceRange?
    public let warns: Bool
    public let stage: Stage
  }

  /// `smtp inet`, for messages.
  public let name: String
  public let audience: Audience
  public let settings: Settings
  /// Parameters that master.cf or the command line set for this service alone.
  public let overridden: Set<String>
  public let source: PolicySource
  /// What is known about tables.
  public let tables: [TableSpec: TableFacts]
  /// Tables whose rows were read.
  public var contents: [TableSpec: TableContent] = [:]
  private let items: [Stage: [Item]]

  public init(
    name: String, audience: Audience, settings: Settings, overridden: Set<String> = [],
    tables: [TableSpec: TableFacts] = [:]
  ) {
    self.name = name
    self.audience = audience
    self.settings = settings
    self.overridden = overridden
    self.tables = tables
    let compiler = PolicyCompiler(settings: settings, tables: tables)
    source = compiler.source
    items = LintedService.items(compiler.graph(passes: .none))
  }

  /// Elements of the list of a stage in order.
  public func items(_ stage: Stage) -> [Item] { items[stage] ?? [] }

  /// Elements of all lists.
  public var allItems: [Item] { Stage.allCases.flatMap(items) }

  /// What is known about a table.
  func facts(_ table: TableSpec) -> TableFacts? {
    contents[table]?.facts ?? tables[table] ?? TableFacts(table)
  }

  /// Where a parameter is set, or `nil` for a default.
  func range(_ parameter: String) -> SourceRange? { settings.entry(parameter)?.range }

  private static func items(_ graph: DecisionGraph) -> [Stage: [Item]] {
    var items: [Stage: [Item]] = [:]
    for start in graph.entries.compactMap(\.self) {
      var found: [Stage: [Item]] = [:]
      var stage: Stage?
      var cursor: Int? = start
      while let index = cursor, let node = graph.nodes[index] {
        cursor = node.next
        guard let operation = node.operation else { continue }
        switch operation {
        case .enter(let list): stage = list
        case .leave: stage = nil
        default:
          // What stands for an unset list is not written by anybody.
          guard let stage, !node.source.name.isEmpty else { continue }
          found[stage, default: []].append(
            Item(
              operation: operation, name: node.source.name, range: node.source.range,
              warns: node.warns, stage: stage))
        }
      }
      items.merge(found) { first, _ in first }
    }
    return items
  }
}
